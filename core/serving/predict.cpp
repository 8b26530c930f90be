// SPDX-License-Identifier: GPL-3.0-or-later
// The hot path: body → rows → scorer → answer, log record and counters.
#include "core/serving/scored.h"
#include "core/serving/server_impl.h"

#include <algorithm>

namespace pilothouse::serving {

bool InferenceServer::Impl::score(const LiveModel &model, Protocol protocol, const std::string &body, Scored &out) const {
    out.error.reset();
    out.problem = model.reader.read(protocol, body, out.rows, out.input);
    return !out.problem && scoreRows(model, out);
}

bool InferenceServer::Impl::scoreRows(const LiveModel &model, Scored &out) const {
    try {
        auto answer = model.scorer->score(out.rows);
        if (!answer) {
            out.error = std::move(answer).error();
            return false;
        }
        out.answer = *std::move(answer);
    } catch (const std::exception &e) {
        out.error = internalError(e);
        return false;
    }
    if (out.answer.count != out.rows.count) {
        out.error = Error{ErrorKind::Internal, QStringLiteral("The model gave %1 answers for %2 rows.").arg(out.answer.count).arg(out.rows.count), {}, {}, {}};
        return false;
    }
    return true;
}

namespace {

void appendPredictions(std::string &out, const LiveModel &model, const artifact::Predictions &answer, bool many) {
    if (!many) {
        model.appendPrediction(out, answer, 0);
        return;
    }
    out += '[';
    for (std::size_t i = 0; i < answer.count; ++i) {
        if (i)
            out += ',';
        model.appendPrediction(out, answer, i);
    }
    out += ']';
}

void appendProbabilities(std::string &out, const LiveModel &model, const artifact::Predictions &answer, bool many) {
    if (!many) {
        model.appendProbability(out, answer, 0);
        return;
    }
    out += '[';
    for (std::size_t i = 0; i < answer.count; ++i) {
        if (i)
            out += ',';
        model.appendProbability(out, answer, i);
    }
    out += ']';
}

void writeRest(std::string &out, const LiveModel &model, const Scored &scored, const std::string &predictions, const std::string &id, std::int64_t timeMs, double ms) {
    const bool many = scored.input.many;
    out += many ? "{\"predictions\":" : "{\"prediction\":";
    out += predictions;
    if (!many || model.classes) {
        out += many ? ",\"probabilities\":" : ",\"probability\":";
        appendProbabilities(out, model, scored.answer, many);
    }
    out += ",\"prediction_id\":\"" + id + '"';
    out += model.origin;
    out += ",\"timestamp\":\"";
    appendTime(out, timeMs);
    out += "\",\"response_time_ms\":";
    appendFixed(out, ms, 3);
    out += '}';
}

/// Writes the tensors that were asked for, commas between them.
class TensorWriter {
public:
    TensorWriter(std::string &out, const std::vector<std::size_t> &wanted) : m_out(out), m_wanted(wanted) {}
    /// Begins a tensor [rows × width], width 0: [rows], up to its data; false: nobody asked for it.
    /// @param place  in outputTensors()
    bool begin(std::size_t place, std::string_view nameJson, std::size_t rows, std::size_t width, std::string_view datatype) {
        if (!m_wanted.empty() && std::find(m_wanted.begin(), m_wanted.end(), place) == m_wanted.end())
            return false;
        m_out += m_first ? "{\"name\":" : ",{\"name\":";
        m_first = false;
        m_out += nameJson;
        m_out += ",\"shape\":[";
        appendInteger(m_out, std::int64_t(rows));
        if (width > 0) {
            m_out += ',';
            appendInteger(m_out, std::int64_t(width));
        }
        m_out += "],\"datatype\":\"";
        m_out += datatype;
        m_out += "\",\"data\":";
        return true;
    }
    void end() { m_out += '}'; }

private:
    std::string &m_out;
    const std::vector<std::size_t> &m_wanted;
    bool m_first = true;
};

/// Of several targets a tensor each, named as the target: [rows × steps].
void appendTargetTensors(std::string &out, TensorWriter &writer, const LiveModel &model, const artifact::Predictions &answer) {
    for (std::size_t t = 0; t < model.targetJson.size(); ++t) {
        if (!writer.begin(t, model.targetJson[t], answer.count, answer.outputs / model.targetJson.size(), "FP64"))
            continue;
        out += '[';
        for (std::size_t i = 0; i < answer.count; ++i) {
            if (i)
                out += ',';
            model.appendTarget(out, answer, i, t);
        }
        out += ']';
        writer.end();
    }
}

void writeV2(std::string &out, const LiveModel &model, const Scored &scored, const std::string &predictions, const std::string &id) {
    const artifact::Predictions &answer = scored.answer;
    out += "{\"model_name\":" + model.nameJson + ",\"model_version\":" + model.versionJson + ",\"id\":";
    appendText(out, scored.input.requestId.empty() ? std::string_view(id) : std::string_view(scored.input.requestId));
    out += ",\"parameters\":{\"prediction_id\":\"" + id + "\"},\"outputs\":[";
    TensorWriter writer(out, scored.input.outputs);
    if (!model.targetJson.empty()) {
        appendTargetTensors(out, writer, model, answer);
        out += "]}";
        return;
    }
    const bool text = model.classes && !model.classJson.empty() && model.classJson.front().starts_with('"');
    if (writer.begin(0, "\"predict\"", answer.count, answer.outputs > 1 ? answer.outputs : 0, text ? "BYTES" : model.classes ? "INT64" : "FP64")) {
        out += predictions;
        writer.end();
    }
    if (answer.classes > 0 && writer.begin(1, "\"predict_proba\"", answer.count, answer.classes, "FP64")) {
        appendProbabilities(out, model, answer, true);
        writer.end();
    }
    out += "]}";
}

/// What a failed attempt says, for the log.
std::string reasonOf(const Scored &scored) {
    if (scored.problem)
        return scored.problem->field.empty() ? scored.problem->what : scored.problem->field + ": " + scored.problem->what;
    return scored.error ? utf8(scored.error->text()) : std::string();
}

constexpr std::size_t loggedBytesOfBadInput = 2048;
constexpr std::size_t bodyOfFewRows = 16u << 10; ///< a larger one is not put together with others

} // namespace

void InferenceServer::Impl::predict(Protocol protocol, const HttpRequest &request, HttpReply &reply) {
    if (refusedForMemory(reply))
        return;
    const SplitPtr split = control->split();
    if (split->stable && !split->canary && split->stable->together > 1 && request.body.size() <= bodyOfFewRows)
        reply.later = 1 + int(protocol);
    else
        predictNow(split, protocol, request, reply);
}

LogRecord &InferenceServer::Impl::newRecord(Protocol protocol) {
    thread_local LogRecord record;
    record.clear();
    record.sequence = log->nextSequence();
    record.timeMs = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    record.protocol = protocol;
    return record;
}

void InferenceServer::Impl::predictNow(const SplitPtr &split, Protocol protocol, const HttpRequest &request, HttpReply &reply) {
    const auto begin = SteadyClock::now();
    if (!split->stable) {
        writeError(reply, 503, "unreachable", "No model is served here yet.", "Promote a version, or `pilot rollouts start`.");
        countAnswer(503);
        return;
    }
    thread_local Scored scored;
    LogRecord &record = newRecord(protocol);
    const LiveModelPtr *model = &split->stable;
    bool good = false;
    if (split->toCanary(record.sequence)) {
        record.side = Side::Canary;
        good = score(*split->canary, protocol, request.body, scored);
        if (good) {
            model = &split->canary;
        } else {
            // A new version must not cost anybody an answer: the stable one takes over, and if it can, the failure is
            // the canary's. If it cannot either, the request was wrong.
            record.error = utf8(split->canary->revision.versionText()) + ": " + reasonOf(scored);
            good = score(*split->stable, protocol, request.body, scored);
            if (good || (scored.error && scored.error->kind != ErrorKind::Invalid))
                record.side = Side::Rescued;
            else
                record.error.clear();
        }
    } else {
        good = score(*split->stable, protocol, request.body, scored);
    }
    give(*split, *model, request, scored, good, begin, record, reply);
}

/// Writes the answer of an attempt, and down what it was.
void InferenceServer::Impl::give(const Split &split, const LiveModelPtr &live, const HttpRequest &request, Scored &scored, bool good, SteadyClock::time_point begin, LogRecord &record, HttpReply &reply) {
    const LiveModel *model = live.get();
    const Protocol protocol = record.protocol;
    std::string id;
    log->appendId(id, record.sequence);
    if (good) {
        record.rows = int(scored.answer.count);
        record.many = scored.input.many;
        appendPredictions(record.output, *model, scored.answer, scored.input.many);
    } else {
        const bool refused = scored.error && scored.error->kind == ErrorKind::Invalid; // such as a category that the recipe refuses
        record.status = scored.problem ? scored.problem->status : refused ? 422 : 500;
        record.error = record.error.empty() ? reasonOf(scored) : record.error;
        if (scored.problem)
            writeError(reply, record.status, "invalid", scored.problem->what, scored.problem->hint, scored.problem->field);
        else if (refused)
            writeError(reply, *scored.error);
        else
            writeError(reply, 500, "internal", utf8(scored.error->what), "The log of this server holds the details under " + id + ".");
    }
    record.latencyUs = std::uint32_t(std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begin).count());
    if (good) {
        reply.body.reserve(record.output.size() + 256);
        if (protocol == Protocol::Rest)
            writeRest(reply.body, *model, scored, record.output, id, record.timeMs, record.latencyUs / 1000.0);
        else if (protocol == Protocol::KserveV1)
            reply.body += "{\"predictions\":" + record.output + ",\"prediction_id\":\"" + id + '"' + model->origin + '}';
        else
            writeV2(reply.body, *model, scored, record.output, id);
    }
    record.revision = model->revision.number;
    record.input.assign(request.body, 0, good ? std::string::npos : loggedBytesOfBadInput);

    VersionCounters &counters = *model->counters;
    counters.latency.add(record.latencyUs);
    counters.byClass[std::size_t(record.status / 100)].fetch_add(1, std::memory_order_relaxed);
    counters.rows.fetch_add(std::uint64_t(record.rows), std::memory_order_relaxed);
    if (record.status < 400 || record.status >= 500) { // what a client sent wrong says nothing about a version
        SideCounters &side = record.side == Side::Stable ? *split.stableSide : *split.canarySide;
        side.requests.fetch_add(1, std::memory_order_relaxed);
        side.latency.add(record.latencyUs);
        if (record.status >= 500 || record.side == Side::Rescued)
            side.failed.fetch_add(1, std::memory_order_relaxed);
        if (record.side == Side::Rescued)
            split.canary->counters->rescued.fetch_add(1, std::memory_order_relaxed);
    }
    if (good && split.shadow)
        shadow->offer(live, split.shadow, protocol, request.body, scored.answer);
    log->add(record);
}

} // namespace pilothouse::serving
