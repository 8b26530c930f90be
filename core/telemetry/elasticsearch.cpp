// SPDX-License-Identifier: GPL-3.0-or-later
// The wire: elastic.co/guide/en/elasticsearch/reference, "Search API", "Date histogram aggregation"; OpenSearch answers the same (BACKEND_APIS.md 3.8, 3.10).
#include "core/telemetry/elasticsearch.h"

#include "core/base/clock.h"
#include "core/base/json.h"

#include <QJsonArray>
#include <QUrl>

#include <algorithm>
#include <cmath>

namespace pilothouse::telemetry {

using Q = QLatin1String;

namespace {

double perUnit(const QString &unit) { return unit == Q("ns") ? 1e-6 : unit == Q("us") ? 1e-3 : unit == Q("s") ? 1e3 : 1; }

/// What the server says of an error: its innermost reason.
QString reasonOf(const QJsonObject &body) {
    const QJsonObject error = body.value(Q("error")).toObject();
    const QJsonArray causes = error.value(Q("root_cause")).toArray();
    const QString inner = causes.isEmpty() ? QString() : causes.first()[Q("reason")].toString();
    return !inner.isEmpty() ? inner : error.value(Q("reason")).toString(body.value(Q("error")).toString());
}

/// A search may succeed with what it could get.
QString partialOf(const QJsonObject &reply) {
    QStringList why;
    if (reply.value(Q("timed_out")).toBool())
        why << QStringLiteral("the search ran out of time");
    if (const int failed = reply.value(Q("_shards"))[Q("failed")].toInt(); failed > 0) {
        const QString reason = reply.value(Q("_shards"))[Q("failures")][0][Q("reason")][Q("reason")].toString();
        why << QStringLiteral("%1 of %2 shards did not answer%3").arg(failed).arg(reply.value(Q("_shards"))[Q("total")].toInt()).arg(reason.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(reason));
    }
    return why.join(QStringLiteral("; "));
}

void addPartial(ServiceTraffic &out, const QString &why) {
    if (!why.isEmpty() && !out.partial.contains(why))
        out.partial += (out.partial.isEmpty() ? QString() : QStringLiteral("; ")) + why;
}

/// A value of _source by its dotted name, whether the document has it nested or flat.
QJsonValue valueAt(const QJsonObject &source, const QString &name) {
    if (source.contains(name))
        return source.value(name);
    QJsonValue value = source;
    for (const QString &part : name.split(QLatin1Char('.')))
        value = value[part];
    return value;
}

QDateTime timeOf(const QJsonValue &value) {
    return value.isDouble() ? QDateTime::fromMSecsSinceEpoch(value.toInteger(), Qt::UTC) : QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
}

} // namespace

LogFields LogFields::of(const QMap<QString, QString> &settings) {
    LogFields out;
    const std::pair<const char *, QString *> keys[] = {{"time_field", &out.time},       {"status_field", &out.status}, {"latency_field", &out.latency},    {"latency_unit", &out.latencyUnit},
                                                       {"message_field", &out.message}, {"pod_field", &out.pod},       {"namespace_field", &out.space}};
    for (const auto &[key, field] : keys)
        if (const QString own = settings.value(Q(key)); !own.isEmpty())
            *field = own;
    return out;
}

Elasticsearch::Elasticsearch(std::shared_ptr<net::HttpClient> http, ElasticOptions options) : m_http(std::move(http)), m_options(std::move(options)) {
    while (m_options.url.endsWith(QLatin1Char('/')))
        m_options.url.chop(1);
}

Result<QJsonObject> Elasticsearch::send(const QByteArray &method, const QString &path, const QJsonObject &body, std::stop_token stop) const {
    net::Request request;
    request.method = method;
    request.url = m_options.url + path;
    request.timeoutMs = m_options.timeoutMs;
    request.caFile = m_options.caFile;
    if (!body.isEmpty()) {
        request.body = compactJson(body);
        request.headers.append(net::Header{"Content-Type", "application/json"});
    }
    if (m_options.secret) {
        PH_ASSIGN(const QString secret, m_options.secret());
        request.headers.append(net::Header{"Authorization", m_options.user.isEmpty() ? "ApiKey " + secret.toUtf8() : "Basic " + (m_options.user + QLatin1Char(':') + secret).toUtf8().toBase64()});
    }
    PH_ASSIGN(const net::Response response, m_http->send(request, stop));
    const QJsonObject reply = QJsonDocument::fromJson(response.body).object();
    if (response.status == 404 && !reply.isEmpty())
        return notFound(QStringLiteral("There is no index “%1”: %2").arg(m_options.index, reasonOf(reply)), m_options.url, QStringLiteral("Name it at the connection: index: filebeat-*."));
    if (response.status == 400)
        return invalid(QStringLiteral("The search cannot be carried out: %1").arg(reasonOf(reply)), m_options.url, QStringLiteral("The fields are named at the connection: status_field, latency_field, pod_field …"));
    if (response.status >= 400)
        return net::statusError(request, response);
    if (reply.isEmpty())
        return invalid(QStringLiteral("This address does not answer like Elasticsearch."), m_options.url, QStringLiteral("Its url is that of the server itself, as in http://elasticsearch:9200, not Kibana's."));
    return reply;
}

Result<QString> Elasticsearch::version(std::stop_token stop) const {
    PH_ASSIGN(const QJsonObject reply, send("GET", QStringLiteral("/"), {}, stop));
    const QJsonValue version = reply.value(Q("version"));
    return version[Q("distribution")].toString(QStringLiteral("elasticsearch")) + QLatin1Char(' ') + version[Q("number")].toString();
}

QJsonObject Elasticsearch::filter(const QString &podPrefix, const QString &space, const QDateTime &from, const QDateTime &to) const {
    const LogFields &f = m_options.fields;
    QJsonArray all{QJsonObject{{Q("range"), QJsonObject{{f.time, QJsonObject{{Q("gte"), isoUtc(from)}, {Q("lt"), isoUtc(to)}}}}}}};
    const auto either = [](const QString &kind, const QString &field, const QString &value) { // the field itself, or its keyword where it is text
        const QJsonArray should{QJsonObject{{kind, QJsonObject{{field, value}}}}, QJsonObject{{kind, QJsonObject{{field + QStringLiteral(".keyword"), value}}}}};
        return QJsonObject{{Q("bool"), QJsonObject{{Q("should"), should}, {Q("minimum_should_match"), 1}}}};
    };
    if (!podPrefix.isEmpty())
        all.append(either(QStringLiteral("prefix"), f.pod, podPrefix));
    if (!space.isEmpty())
        all.append(either(QStringLiteral("term"), f.space, space));
    return {{Q("bool"), QJsonObject{{Q("filter"), all}}}};
}

Result<ServiceTraffic> Elasticsearch::traffic(const QString &podPrefix, const QString &space, const QDateTime &from, const QDateTime &to, int bucketSeconds, std::stop_token stop) const {
    const LogFields &f = m_options.fields;
    ServiceTraffic out;
    out.bucketSeconds = bucketSeconds;
    out.source = QStringLiteral("Elasticsearch %1 %2").arg(m_options.url, m_options.index);
    const QJsonObject query = filter(podPrefix, space, from, to);
    const auto between = [&](const QString &low, const QString &high) { return QJsonObject{{Q("range"), QJsonObject{{f.status, QJsonObject{{Q("gte"), low}, {Q("lt"), high}}}}}}; }; // as text: right for a number and for a keyword of three digits
    const QJsonObject inner{{Q("requests"), QJsonObject{{Q("filter"), QJsonObject{{Q("exists"), QJsonObject{{Q("field"), f.status}}}}}}},
                            {Q("unauthorized"), QJsonObject{{Q("filter"), QJsonObject{{Q("term"), QJsonObject{{f.status, QStringLiteral("401")}}}}}}},
                            {Q("failed"), QJsonObject{{Q("filter"), between(QStringLiteral("500"), QStringLiteral("600"))}}},
                            {Q("latency"), QJsonObject{{Q("percentiles"), QJsonObject{{Q("field"), f.latency}, {Q("percents"), QJsonArray{50, 95, 99}}, {Q("keyed"), true}}}}}};
    const QJsonObject histogram{{Q("field"), f.time}, {Q("fixed_interval"), QStringLiteral("%1s").arg(bucketSeconds)}, {Q("min_doc_count"), 1}};
    const QJsonObject body{{Q("size"), 0}, {Q("track_total_hits"), true}, {Q("query"), query}, {Q("aggs"), QJsonObject{{Q("t"), QJsonObject{{Q("date_histogram"), histogram}, {Q("aggs"), inner}}}}}};
    const QString path = QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(m_options.index, "*,")) + QStringLiteral("/_search?ignore_unavailable=false&allow_no_indices=false");
    PH_ASSIGN(const QJsonObject reply, send("POST", path, body, stop));
    addPartial(out, partialOf(reply));
    TrafficCounter counter(from, to, bucketSeconds);
    const QJsonArray buckets = reply.value(Q("aggregations"))[Q("t")][Q("buckets")].toArray();
    const bool hasStatus = std::any_of(buckets.begin(), buckets.end(), [](const QJsonValue &b) { return b[Q("requests")][Q("doc_count")].toInteger() > 0; });
    if (!hasStatus) {
        out.statusFrom = QStringLiteral("the access log's lines");
        if (!buckets.isEmpty())
            PH_TRY(readMessages(query, counter, out, stop));
        out.buckets = counter.take();
        return out;
    }
    out.statusFrom = f.status;
    out.buckets = counter.take();
    const double ms = perUnit(f.latencyUnit);
    for (const QJsonValue &b : buckets) {
        const qint64 at = b[Q("key")].toInteger() / 1000;
        const auto found = std::find_if(out.buckets.begin(), out.buckets.end(), [&](const TrafficBucket &one) { return one.start.toSecsSinceEpoch() == at; });
        if (found == out.buckets.end())
            continue;
        found->requests = b[Q("requests")][Q("doc_count")].toInteger();
        found->unauthorized = b[Q("unauthorized")][Q("doc_count")].toInteger();
        found->failed = b[Q("failed")][Q("doc_count")].toInteger();
        const auto percentile = [&](const char *key) -> std::optional<double> {
            const QJsonValue value = b[Q("latency")][Q("values")][Q(key)];
            return value.isDouble() ? std::optional(value.toDouble() * ms) : std::nullopt; // null, "NaN": no document has it
        };
        found->p50 = percentile("50.0");
        found->p95 = percentile("95.0");
        found->p99 = percentile("99.0");
    }
    return out;
}

/// The messages themselves, page by page.
Result<void> Elasticsearch::readMessages(const QJsonObject &query, TrafficCounter &counter, ServiceTraffic &out, std::stop_token stop) const {
    const LogFields &f = m_options.fields;
    const QString path = QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(m_options.index, "*,")) + QStringLiteral("/_search");
    QJsonArray after;
    for (int read = 0; read < mostMessages;) {
        QJsonObject body{{Q("size"), page}, {Q("track_total_hits"), false}, {Q("query"), query}, {Q("_source"), QJsonArray{f.time, f.message}},
                         {Q("sort"), QJsonArray{QJsonObject{{f.time, QStringLiteral("desc")}}, QJsonObject{{Q("_seq_no"), QStringLiteral("desc")}}}}};
        if (!after.isEmpty())
            body.insert(Q("search_after"), after);
        PH_ASSIGN(const QJsonObject reply, send("POST", path, body, stop));
        addPartial(out, partialOf(reply));
        const QJsonArray hits = reply.value(Q("hits"))[Q("hits")].toArray();
        for (const QJsonValue &hit : hits) {
            const QJsonObject source = hit[Q("_source")].toObject();
            if (const auto line = accessLine(valueAt(source, f.message).toString().toUtf8()))
                counter.add(timeOf(valueAt(source, f.time)), *line);
        }
        read += int(hits.size());
        if (hits.size() < page)
            return {};
        after = hits.last()[Q("sort")].toArray();
    }
    addPartial(out, QStringLiteral("only the newest %1 lines were read").arg(mostMessages));
    return {};
}

} // namespace pilothouse::telemetry
