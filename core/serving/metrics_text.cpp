// SPDX-License-Identifier: GPL-3.0-or-later
// /metrics and /metrics/prometheus. The names are documented in README.md and do not change.
#include "core/serving/server_impl.h"

#include "core/base/json.h"
#include "core/serving/labels_look.h"

namespace pilothouse::serving {

using Q = QLatin1String;

namespace {

/// Label values of the exposition format: backslash, quote and newline are escaped.
std::string label(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\\' || c == '"')
            out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out + '"';
}

void head(std::string &out, const char *name, const char *type, const char *help) {
    out += std::string("# HELP ") + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n';
}

void sample(std::string &out, const char *name, const std::string &labels, double value) {
    out += name;
    if (!labels.empty())
        out += '{' + labels + '}';
    out += ' ';
    appendNumber(out, value);
    out += '\n';
}

} // namespace

void InferenceServer::Impl::metricsJson(const HttpRequest &, const std::string &, HttpReply &reply) {
    std::uint64_t good = 0, bad = 0, micros = 0, rows = 0, rescued = 0;
    double p50 = 0, p95 = 0, p99 = 0;
    std::uint64_t busiest = 0;
    QJsonObject versions;
    for (const auto &[version, c] : control->counters()) {
        const std::uint64_t here = c->byClass[2].load(), failed = c->byClass[4].load() + c->byClass[5].load();
        good += here;
        bad += failed;
        micros += c->latency.sumMicros();
        rows += c->rows.load();
        rescued += c->rescued.load();
        if (here + failed > busiest) { // the quantiles of the version that answers most stand at the top
            busiest = here + failed;
            p50 = c->latency.quantileMs(0.5);
            p95 = c->latency.quantileMs(0.95);
            p99 = c->latency.quantileMs(0.99);
        }
        versions.insert(fromUtf8(version), QJsonObject{{Q("requests"), qint64(here + failed)}, {Q("failed"), qint64(failed)}, {Q("rows"), qint64(c->rows.load())},
                                                       {Q("rescued"), qint64(c->rescued.load())}, {Q("p50_ms"), c->latency.quantileMs(0.5)},
                                                       {Q("p95_ms"), c->latency.quantileMs(0.95)}, {Q("p99_ms"), c->latency.quantileMs(0.99)}});
    }
    std::uint64_t refused = 0;
    for (const auto &count : m_withoutModel)
        refused += count.load();
    const std::uint64_t total = good + bad;
    QJsonObject out{{Q("total_requests"), qint64(total)}, {Q("successful_requests"), qint64(good)}, {Q("failed_requests"), qint64(bad)},
                    {Q("success_rate"), total > 0 ? double(good) / double(total) : 1.0}, {Q("avg_response_time_ms"), total > 0 ? double(micros) / double(total) / 1000.0 : 0.0},
                    {Q("p50_response_time_ms"), p50}, {Q("p95_response_time_ms"), p95}, {Q("p99_response_time_ms"), p99},
                    {Q("uptime_seconds"), std::chrono::duration<double>(SteadyClock::now() - m_started).count()}, {Q("rows"), qint64(rows)}, {Q("rescued"), qint64(rescued)},
                    {Q("refused_requests"), qint64(refused)}, {Q("connections"), http->connections()},
                    {Q("memory"), QJsonObject{{Q("resident_bytes"), residentNow()}, {Q("limit_bytes"), o.memoryBytes}, {Q("full"), m_memoryFull.load()}, {Q("refused"), qint64(m_memoryRefused.load())}}},
                    {Q("together"), QJsonObject{{Q("calls"), qint64(m_passes.load())}, {Q("requests"), qint64(m_passRequests.load())}}}, {Q("versions"), versions},
                    {Q("log"), QJsonObject{{Q("written"), qint64(log->written())}, {Q("dropped"), qint64(log->dropped())}, {Q("waiting"), qint64(log->waiting())},
                                           {Q("error"), fromUtf8(log->lastError())}}}};
    if (const auto look = lastLabelsLook(*store->database()); look && *look)
        out.insert(Q("labels_source"), (*look)->toJson());
    writeJson(reply, out);
}

void InferenceServer::Impl::metricsPrometheus(const HttpRequest &, const std::string &, HttpReply &reply) {
    std::string &out = reply.body;
    reply.contentType = "text/plain; version=0.0.4; charset=utf-8";
    const auto counters = control->counters();
    const SplitPtr split = control->split();
    const std::string model = "model=" + label(utf8(o.model));
    head(out, "pilothouse_requests_total", "counter", "Prediction requests by the version that answered (none: refused before) and HTTP status class or code.");
    static constexpr const char *classNames[] = {nullptr, nullptr, "2xx", nullptr, "4xx", "5xx"};
    for (const auto &[version, c] : counters)
        for (const int k : {2, 4, 5})
            sample(out, "pilothouse_requests_total", model + ",version=" + label(version) + ",status=\"" + classNames[k] + '"', double(c->byClass[std::size_t(k)].load()));
    for (std::size_t status = 0; status < m_withoutModel.size(); ++status)
        if (const auto n = m_withoutModel[status].load(); n > 0)
            sample(out, "pilothouse_requests_total", model + ",version=\"none\",status=\"" + std::to_string(status) + '"', double(n));
    head(out, "pilothouse_rows_total", "counter", "Rows predicted.");
    for (const auto &[version, c] : counters)
        sample(out, "pilothouse_rows_total", model + ",version=" + label(version), double(c->rows.load()));
    head(out, "pilothouse_rescued_total", "counter", "Requests this version could not answer and the stable one did.");
    for (const auto &[version, c] : counters)
        sample(out, "pilothouse_rescued_total", model + ",version=" + label(version), double(c->rescued.load()));
    head(out, "pilothouse_request_seconds", "histogram", "Time from a read request to its written answer, without the network.");
    for (const auto &[version, c] : counters) {
        const std::string labels = model + ",version=" + label(version);
        for (int octave = 3; octave < LatencyHistogram::octaves; octave += 1) {
            std::string le;
            appendNumber(le, double(1ull << octave) / 1e6);
            sample(out, "pilothouse_request_seconds_bucket", labels + ",le=\"" + le + '"', double(c->latency.below(octave)));
        }
        const double count = double(c->latency.count());
        sample(out, "pilothouse_request_seconds_bucket", labels + ",le=\"+Inf\"", count);
        sample(out, "pilothouse_request_seconds_sum", labels, double(c->latency.sumMicros()) / 1e6);
        sample(out, "pilothouse_request_seconds_count", labels, count);
    }
    head(out, "pilothouse_model_info", "gauge", "1 for each version that is live, with its role: stable, canary or shadow.");
    for (const auto &[role, live] : {std::pair("stable", split->stable), std::pair("canary", split->canary), std::pair("shadow", split->shadow)})
        if (live)
            sample(out, "pilothouse_model_info", model + ",version=" + label(live->versionText) + ",digest=" + label(utf8(live->revision.digest)) + ",role=\"" + role + '"', 1);
    head(out, "pilothouse_canary_share", "gauge", "Wanted share of the canary, 0 to 1.");
    sample(out, "pilothouse_canary_share", model, split->canary ? split->share : 0);
    head(out, "pilothouse_log_written_total", "counter", "Requests written to the prediction log.");
    sample(out, "pilothouse_log_written_total", model, double(log->written()));
    head(out, "pilothouse_log_dropped_total", "counter", "Requests that the prediction log had no room for.");
    sample(out, "pilothouse_log_dropped_total", model, double(log->dropped()));
    head(out, "pilothouse_log_waiting", "gauge", "Requests that wait to be written.");
    sample(out, "pilothouse_log_waiting", model, double(log->waiting()));
    if (const auto look = lastLabelsLook(*store->database()); look && *look) {
        head(out, "pilothouse_labels_source_ok", "gauge", "1: the last look at the model's source of labels could read it.");
        sample(out, "pilothouse_labels_source_ok", model, (*look)->problem.isEmpty() ? 1 : 0);
        head(out, "pilothouse_labels_source_look_seconds", "gauge", "When that look was, in seconds since 1970.");
        sample(out, "pilothouse_labels_source_look_seconds", model, double((*look)->atMs / 1000));
    }
    head(out, "pilothouse_resident_bytes", "gauge", "Resident memory of this server.");
    sample(out, "pilothouse_resident_bytes", model, double(residentNow()));
    head(out, "pilothouse_memory_limit_bytes", "gauge", "Resident memory above which predictions are refused; 0: no limit.");
    sample(out, "pilothouse_memory_limit_bytes", model, double(o.memoryBytes));
    head(out, "pilothouse_memory_refused_total", "counter", "Predictions refused at the memory limit.");
    sample(out, "pilothouse_memory_refused_total", model, double(m_memoryRefused.load()));
    head(out, "pilothouse_together_calls_total", "counter", "Calls of a model that answered several requests at once.");
    sample(out, "pilothouse_together_calls_total", model, double(m_passes.load()));
    head(out, "pilothouse_together_requests_total", "counter", "Requests answered by such calls.");
    sample(out, "pilothouse_together_requests_total", model, double(m_passRequests.load()));
    head(out, "pilothouse_connections", "gauge", "Open connections.");
    sample(out, "pilothouse_connections", model, http->connections());
    head(out, "pilothouse_uptime_seconds", "gauge", "Seconds since this server started.");
    sample(out, "pilothouse_uptime_seconds", model, std::chrono::duration<double>(SteadyClock::now() - m_started).count());
}

} // namespace pilothouse::serving
