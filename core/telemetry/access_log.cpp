// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/access_log.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace pilothouse::telemetry {
namespace {

using Q = QLatin1String;

bool isStatus(int status) { return status >= 100 && status < 600; }

/// "12.5ms", "850µs", "0.012s", "0.012": milliseconds. Without a unit: as `bare` says.
std::optional<double> millisecondsOf(const QString &number, const QString &unit, double bare) {
    bool good = false;
    const double value = number.toDouble(&good);
    if (!good || value < 0)
        return std::nullopt;
    if (unit == Q("ms"))
        return value;
    if (unit == Q("us") || unit == QStringLiteral("µs"))
        return value / 1000;
    if (unit == Q("ns"))
        return value / 1e6;
    return unit == Q("s") ? value * 1000 : value * bare;
}

/// Objects of JSON loggers, flat or with the names of the Elastic Common Schema.
std::optional<AccessLine> fromJson(const QJsonObject &object) {
    const auto number = [](const QJsonValue &value) { return value.isString() ? value.toString().toInt() : value.toInt(); };
    AccessLine line;
    for (const char *key : {"status", "status_code", "statusCode", "response_code", "http_status", "http.response.status_code"})
        if (!line.status)
            line.status = number(object.value(Q(key)));
    if (!line.status)
        line.status = number(object.value(Q("http"))[Q("response")][Q("status_code")]);
    if (!line.status) // some write the line itself into it
        for (const char *key : {"message", "msg", "log", "event"})
            if (const QString text = object.value(Q(key)).toString(); !text.isEmpty())
                if (const auto inner = accessLine(text.toUtf8()))
                    return inner;
    if (!isStatus(line.status))
        return std::nullopt;
    const std::pair<const char *, double> times[] = {{"response_time_ms", 1}, {"duration_ms", 1}, {"latency_ms", 1}, {"elapsed_ms", 1}, {"duration", 1000}, {"request_time", 1000}, {"response_time", 1000}, {"elapsed", 1000}, {"latency", 1000}};
    for (const auto &[key, bare] : times)
        if (const QJsonValue value = object.value(Q(key)); !line.milliseconds && !value.isUndefined()) {
            static const QRegularExpression form(QStringLiteral("^([0-9.eE+-]+)\\s*(ms|µs|us|ns|s)?$"));
            const auto match = form.match(value.isString() ? value.toString() : QString::number(value.toDouble(), 'g', 12));
            if (match.hasMatch())
                line.milliseconds = millisecondsOf(match.captured(1), match.captured(2), bare);
        }
    for (const char *key : {"method", "http_method", "request_method"})
        if (line.method.isEmpty())
            line.method = object.value(Q(key)).toString().toUtf8();
    for (const char *key : {"path", "uri", "url", "request_uri", "request_path"})
        if (line.path.isEmpty())
            line.path = object.value(Q(key)).toString().toUtf8();
    return line;
}

} // namespace

std::optional<AccessLine> accessLine(QByteArrayView bytes) {
    const QByteArray raw = bytes.toByteArray().trimmed();
    if (raw.isEmpty() || raw.size() > 64 * 1024)
        return std::nullopt;
    if (raw.startsWith('{'))
        if (const QJsonDocument document = QJsonDocument::fromJson(raw); document.isObject())
            return fromJson(document.object());
    const QString text = QString::fromUtf8(raw);
    // "POST /predict HTTP/1.1" 200 …: uvicorn, gunicorn, Apache, nginx, Flask
    static const QRegularExpression quoted(QStringLiteral("\"([A-Z]{3,10}) ([^\" ]+)(?: HTTP/[0-9.]+)?\" ([1-5][0-9]{2})\\b(.*)$"));
    if (const auto match = quoted.match(text); match.hasMatch()) {
        AccessLine line{match.captured(3).toInt(), {}, match.captured(1).toUtf8(), match.captured(2).toUtf8()};
        const QString rest = match.captured(4);
        static const QRegularExpression unit(QStringLiteral("\\b([0-9]+(?:\\.[0-9]+)?)\\s?(ms|µs|us|s)\\b")), last(QStringLiteral("\"\\s+([0-9]+\\.[0-9]+)$")), named(QStringLiteral("(?:rt|request_time|response_time)=\"?([0-9.]+)"));
        if (const auto time = unit.match(rest); time.hasMatch())
            line.milliseconds = millisecondsOf(time.captured(1), time.captured(2), 1);
        else if (const auto asked = named.match(rest); asked.hasMatch())
            line.milliseconds = millisecondsOf(asked.captured(1), {}, 1000);
        else if (const auto seconds = last.match(rest); seconds.hasMatch()) // nginx's $request_time at the end
            line.milliseconds = millisecondsOf(seconds.captured(1), {}, 1000);
        return line;
    }
    // level=info method=GET path=/x status=500 duration=12ms
    static const QRegularExpression pair(QStringLiteral("(?:^|[\\s,])(?:status|status_code|code)[=:]\\s?\"?([1-5][0-9]{2})\\b")), spent(QStringLiteral("(?:duration|latency|elapsed|took|response_time(?:_ms)?)[=:]\\s?\"?([0-9.]+)(ms|µs|us|ns|s)?")),
        how(QStringLiteral("\\bmethod[=:]\\s?\"?([A-Z]+)")), where(QStringLiteral("\\b(?:path|uri|url)[=:]\\s?\"?([^\\s\"]+)"));
    if (const auto match = pair.match(text); match.hasMatch()) {
        AccessLine line{match.captured(1).toInt(), {}, how.match(text).captured(1).toUtf8(), where.match(text).captured(1).toUtf8()};
        if (const auto time = spent.match(text); time.hasMatch())
            line.milliseconds = millisecondsOf(time.captured(1), time.captured(2), text.contains(Q("response_time_ms")) ? 1 : 1000);
        return line;
    }
    // [GIN] 2026/11/21 - 10:00:00 | 200 | 1.5ms | …
    static const QRegularExpression gin(QStringLiteral("\\|\\s*([1-5][0-9]{2})\\s*\\|\\s*([0-9.]+)(ms|µs|us|ns|s)\\s*\\|.*?\\|\\s*([A-Z]+)\\s+\"?([^\"\\s]+)"));
    if (const auto match = gin.match(text); match.hasMatch())
        return AccessLine{match.captured(1).toInt(), millisecondsOf(match.captured(2), match.captured(3), 1), match.captured(4).toUtf8(), match.captured(5).toUtf8()};
    return std::nullopt;
}

qint64 ServiceTraffic::requests() const {
    return std::accumulate(buckets.begin(), buckets.end(), qint64(0), [](qint64 sum, const TrafficBucket &b) { return sum + b.requests; });
}
qint64 ServiceTraffic::unauthorized() const {
    return std::accumulate(buckets.begin(), buckets.end(), qint64(0), [](qint64 sum, const TrafficBucket &b) { return sum + b.unauthorized; });
}
qint64 ServiceTraffic::failed() const {
    return std::accumulate(buckets.begin(), buckets.end(), qint64(0), [](qint64 sum, const TrafficBucket &b) { return sum + b.failed; });
}

TrafficCounter::TrafficCounter(const QDateTime &from, const QDateTime &to, int bucketSeconds) : m_from(from.toSecsSinceEpoch() / bucketSeconds * bucketSeconds), m_step(bucketSeconds) {
    for (qint64 at = m_from; at < to.toSecsSinceEpoch(); at += m_step) {
        m_buckets.emplace_back();
        m_buckets.back().start = QDateTime::fromSecsSinceEpoch(at, Qt::UTC);
    }
    m_times.resize(m_buckets.size());
}

void TrafficCounter::add(const QDateTime &when, const AccessLine &line) {
    const qint64 at = when.toSecsSinceEpoch() - m_from;
    if (!when.isValid() || at < 0 || at / m_step >= qint64(m_buckets.size()))
        return;
    TrafficBucket &bucket = m_buckets[std::size_t(at / m_step)];
    ++bucket.requests;
    bucket.unauthorized += line.status == 401;
    bucket.failed += line.status >= 500;
    if (line.milliseconds)
        m_times[std::size_t(at / m_step)].push_back(*line.milliseconds);
}

std::vector<TrafficBucket> TrafficCounter::take() {
    for (std::size_t i = 0; i < m_buckets.size(); ++i) {
        std::vector<double> &times = m_times[i];
        if (times.empty())
            continue;
        std::sort(times.begin(), times.end());
        const auto at = [&](double share) {
            const double place = share * double(times.size() - 1);
            const auto low = std::size_t(place);
            return low + 1 < times.size() ? times[low] + (times[low + 1] - times[low]) * (place - double(low)) : times[low];
        };
        m_buckets[i].p50 = at(0.5);
        m_buckets[i].p95 = at(0.95);
        m_buckets[i].p99 = at(0.99);
    }
    return std::move(m_buckets);
}

} // namespace pilothouse::telemetry
