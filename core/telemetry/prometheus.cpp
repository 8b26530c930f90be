// SPDX-License-Identifier: GPL-3.0-or-later
// The wire: prometheus.io/docs/prometheus/latest/querying/api ("values are JSON strings, because JSON has no NaN and no infinity").
#include "core/telemetry/prometheus.h"

#include "core/base/json.h"

#include <QUrl>
#include <QUrlQuery>

#include <algorithm>
#include <limits>

namespace pilothouse::telemetry {

using Q = QLatin1String;

namespace {

constexpr qsizetype longestGet = 2000; ///< characters of a query that still goes into an address

/// The text as a form field or query value: everything but letters, digits, - . _ ~ in percent signs.
QByteArray encoded(const QString &text) { return QUrl::toPercentEncoding(text); }

QString seriesText(const PrometheusSample &sample) {
    QStringList out;
    for (auto it = sample.labels.begin(); it != sample.labels.end(); ++it)
        out << QStringLiteral("%1=%2").arg(it.key(), it.value());
    return QStringLiteral("{%1}").arg(out.join(QStringLiteral(", ")));
}

Result<PrometheusSample> sampleOf(const QJsonArray &pair, const QJsonObject &labels, const QString &where) {
    PrometheusSample out;
    const auto number = pair.size() == 2 ? prometheusNumber(pair.at(1).toString()) : std::nullopt;
    if (!number)
        return invalid(QStringLiteral("Prometheus gave a value that is no number."), where);
    out.value = *number;
    out.time = QDateTime::fromMSecsSinceEpoch(qint64(pair.at(0).toDouble() * 1000), Qt::UTC);
    for (auto it = labels.begin(); it != labels.end(); ++it)
        out.labels.insert(it.key(), it->toString());
    return out;
}

/// What an error of the server says; its words are about the query.
Error serverError(const net::Response &response, const QString &where, const net::Request &request) {
    const QJsonObject body = QJsonDocument::fromJson(response.body).object();
    const QString type = body.value(Q("errorType")).toString(), text = body.value(Q("error")).toString();
    if (text.isEmpty())
        return net::statusError(request, response);
    if (type == Q("timeout") || type == Q("canceled"))
        return {ErrorKind::TimedOut, QStringLiteral("Prometheus did not finish the query: %1").arg(text), where, QStringLiteral("Ask for less: fewer series or a shorter range."), {}};
    if (type == Q("bad_data") || type == Q("execution"))
        return invalid(QStringLiteral("Prometheus cannot carry out the query: %1").arg(text), where, QStringLiteral("Change the query; its expression browser shows what it gives."));
    return {ErrorKind::Unreachable, QStringLiteral("Prometheus answered with an error: %1").arg(text), where, {}, {}};
}

} // namespace

std::optional<double> prometheusNumber(const QString &text) {
    if (text == Q("NaN"))
        return std::numeric_limits<double>::quiet_NaN();
    if (text == Q("+Inf") || text == Q("Inf"))
        return std::numeric_limits<double>::infinity();
    if (text == Q("-Inf"))
        return -std::numeric_limits<double>::infinity();
    bool number = false;
    const double value = text.toDouble(&number);
    return number ? std::optional(value) : std::nullopt;
}

Prometheus::Prometheus(std::shared_ptr<net::HttpClient> http, PrometheusOptions options) : m_http(std::move(http)), m_options(std::move(options)) {
    while (m_options.url.endsWith(QLatin1Char('/')))
        m_options.url.chop(1);
}

Result<net::Response> Prometheus::send(const QByteArray &form, bool post, std::stop_token token, const char *route) const {
    net::Request request;
    request.method = post ? "POST" : "GET";
    request.url = m_options.url + QStringLiteral("/api/v1/") + QLatin1String(route);
    if (post) {
        request.headers.append(net::Header{"Content-Type", "application/x-www-form-urlencoded"});
        request.body = form;
        request.idempotent = true; // a query changes nothing
    } else {
        request.url += QLatin1Char('?') + QString::fromLatin1(form);
    }
    request.timeoutMs = m_options.timeoutMs;
    request.caFile = m_options.caFile;
    if (m_options.secret) {
        PH_ASSIGN(const QString secret, m_options.secret());
        const QByteArray word = m_options.user.isEmpty() ? "Bearer " + secret.toUtf8() : "Basic " + (m_options.user + QLatin1Char(':') + secret).toUtf8().toBase64();
        request.headers.append(net::Header{"Authorization", word});
    }
    PH_ASSIGN(net::Response response, m_http->send(request, token));
    if (response.status >= 400)
        return serverError(response, m_options.url, request);
    return response;
}

Result<PrometheusAnswer> Prometheus::query(const QString &expression, const QDateTime &at, std::stop_token token) const {
    if (expression.trimmed().isEmpty())
        return invalid(QStringLiteral("The query is empty."), m_options.url);
    QByteArray form = "query=" + encoded(expression);
    if (at.isValid())
        form += "&time=" + QByteArray::number(double(at.toMSecsSinceEpoch()) / 1000, 'f', 3);
    PH_ASSIGN(const net::Response response, send(form, form.size() > longestGet, token));
    PH_ASSIGN(const QJsonObject body, parseJsonObject(response.body, m_options.url));
    const QJsonObject data = body.value(Q("data")).toObject();
    if (body.value(Q("status")).toString() != Q("success") || !data.contains(Q("result")))
        return invalid(QStringLiteral("This address does not answer like Prometheus."), m_options.url, QStringLiteral("Its url is that of the server itself, as in http://prometheus:9090."));
    PrometheusAnswer out;
    out.type = data.value(Q("resultType")).toString();
    for (const char *key : {"warnings", "infos"})
        for (const QJsonValue &text : body.value(Q(key)).toArray())
            out.warnings << text.toString();
    const QJsonArray result = data.value(Q("result")).toArray();
    if (out.type == Q("scalar")) {
        PH_ASSIGN(PrometheusSample one, sampleOf(result, {}, m_options.url));
        out.samples.push_back(std::move(one));
        return out;
    }
    if (out.type != Q("vector"))
        return invalid(QStringLiteral("The query gives a %1, and a number is needed.").arg(out.type == Q("matrix") ? QStringLiteral("range of values") : out.type), expression,
                       QStringLiteral("Put a function around a range, as in rate(…[5m])."));
    for (const QJsonValue &value : result) {
        const QJsonObject o = value.toObject();
        if (!o.contains(Q("value"))) {
            out.warnings << QStringLiteral("A histogram is left out: histogram_quantile() makes a number of it.");
            continue;
        }
        PH_ASSIGN(PrometheusSample one, sampleOf(o.value(Q("value")).toArray(), o.value(Q("metric")).toObject(), m_options.url));
        out.samples.push_back(std::move(one));
    }
    return out;
}

Result<std::vector<PrometheusSeries>> Prometheus::range(const QString &expression, const QDateTime &from, const QDateTime &to, int stepSeconds, std::stop_token token) const {
    const auto seconds = [](const QDateTime &when) { return QByteArray::number(double(when.toMSecsSinceEpoch()) / 1000, 'f', 3); };
    const QByteArray form = "query=" + encoded(expression) + "&start=" + seconds(from) + "&end=" + seconds(to) + "&step=" + QByteArray::number(std::max(1, stepSeconds));
    PH_ASSIGN(const net::Response response, send(form, form.size() > longestGet, token, "query_range"));
    PH_ASSIGN(const QJsonObject body, parseJsonObject(response.body, m_options.url));
    const QJsonObject data = body.value(Q("data")).toObject();
    if (body.value(Q("status")).toString() != Q("success") || data.value(Q("resultType")).toString() != Q("matrix"))
        return invalid(QStringLiteral("This address does not answer like Prometheus."), m_options.url, QStringLiteral("Its url is that of the server itself, as in http://prometheus:9090."));
    std::vector<PrometheusSeries> out;
    for (const QJsonValue &value : data.value(Q("result")).toArray()) {
        const QJsonObject labels = value.toObject().value(Q("metric")).toObject();
        PrometheusSeries series;
        for (auto it = labels.begin(); it != labels.end(); ++it)
            series.labels.insert(it.key(), it->toString());
        for (const QJsonValue &pair : value.toObject().value(Q("values")).toArray()) {
            PH_ASSIGN(const PrometheusSample one, sampleOf(pair.toArray(), labels, m_options.url));
            series.points.emplace_back(one.time, one.value);
        }
        out.push_back(std::move(series));
    }
    return out;
}

Result<double> Prometheus::number(const QString &expression, const QDateTime &at, std::stop_token token) const {
    PH_ASSIGN(const PrometheusAnswer answer, query(expression, at, token));
    if (answer.samples.empty())
        return notFound(QStringLiteral("The query gives nothing: no such series was measured lately."), expression, answer.warnings.join(QLatin1Char(' ')));
    if (answer.samples.size() > 1)
        return invalid(QStringLiteral("The query gives %1 series, and one number is needed: %2, %3 …").arg(answer.samples.size()).arg(seriesText(answer.samples[0]), seriesText(answer.samples[1])),
                       expression, QStringLiteral("Put sum() or max() around it, or name the labels."));
    return answer.samples.front().value;
}

} // namespace pilothouse::telemetry
