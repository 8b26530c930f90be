// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/endpoint_policy.h"

#include "core/base/clock.h"
#include "core/base/json.h"

#include <QCoreApplication>
#include <QJsonDocument>

namespace pilothouse::fleet {

using operations::Operation;
using Q = QLatin1String;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(EndpointPolicy)
};

constexpr int waitMs = 15000;

std::optional<double> numberOf(const QJsonObject &object, std::initializer_list<const char *> names) {
    for (const char *name : names)
        if (const QJsonValue value = object.value(Q(name)); value.isDouble())
            return value.toDouble();
    return std::nullopt;
}
QDateTime timeOf(const QJsonValue &value) {
    const QDateTime time = QDateTime::fromString(value.toString(), Qt::ISODateWithMs);
    return time.isValid() ? time.toUTC() : QDateTime();
}
QJsonValue jsonOf(const QDateTime &time) { return time.isValid() ? QJsonValue(isoUtc(time)) : QJsonValue(); }
QJsonValue jsonOf(const std::optional<double> &value) { return value ? QJsonValue(*value) : QJsonValue(); }

/// The rule that forbids it, out of the body of a 409 or 429.
Error withRule(Error error) {
    const QJsonObject body = QJsonDocument::fromJson(error.raw.toUtf8()).object();
    const QString rule = body.value(Q("rule")).toString();
    if (rule.isEmpty())
        return error;
    const QString why = body.value(Q("error"))[Q("what")].toString(body.value(Q("reason")).toString());
    error.kind = ErrorKind::Refused;
    error.what = Text::tr("The service refuses by its rule “%1”.").arg(rule) + (why.isEmpty() ? QString() : QLatin1Char(' ') + why);
    error.hint = Text::tr("Force it to retrain all the same: --force.");
    return error;
}

} // namespace

QJsonObject EndpointPolicy::toJson() const {
    QJsonValue seen;
    if (figures)
        seen = QJsonObject{{Q("requests"), figures->requests}, {Q("failed"), figures->failed}, {Q("average_ms"), jsonOf(figures->averageMs)}, {Q("p95_ms"), jsonOf(figures->p95Ms)}, {Q("uptime_seconds"), jsonOf(figures->uptimeSeconds)}};
    return {{Q("enabled"), enabled ? QJsonValue(*enabled) : QJsonValue()}, {Q("metric"), metric}, {Q("current"), jsonOf(current)}, {Q("best"), jsonOf(best)}, {Q("last_retrain"), jsonOf(lastRetrain)},
            {Q("next_allowed"), jsonOf(nextAllowed)}, {Q("data_hash"), dataHash.isEmpty() ? QJsonValue() : QJsonValue(dataHash)}, {Q("config"), config}, {Q("figures"), seen}};
}

Result<EndpointPolicy> endpointPolicy(const ModelEndpoint &endpoint, std::stop_token token) {
    PH_ASSIGN(const QJsonObject status, endpoint.client->get(QStringLiteral("/retrain/status"), waitMs, token));
    EndpointPolicy out;
    out.config = status.value(Q("config")).toObject();
    for (const QJsonValue &value : {status.value(Q("enabled")), out.config.value(Q("enabled"))})
        if (value.isBool() && !out.enabled)
            out.enabled = value.toBool();
    out.lastRetrain = timeOf(status.value(Q("last_retrain")));
    out.nextAllowed = timeOf(status.value(Q("next_allowed")));
    out.dataHash = status.value(Q("last_data_hash")).toString();
    out.metric = status.value(Q("metric")).toString(QStringLiteral("r2"));
    out.current = numberOf(status, {"current", "current_r2"});
    out.best = numberOf(status, {"best", "best_r2"});
    const auto metrics = endpoint.client->get(QStringLiteral("/metrics"), waitMs, token);
    if (!metrics && metrics.error().kind == ErrorKind::Cancelled)
        return metrics.error();
    const auto total = metrics ? numberOf(*metrics, {"total_requests"}) : std::nullopt;
    if (!total) {
        out.noFigures = metrics ? Text::tr("%1/metrics tells no total_requests.").arg(endpoint.url) : metrics.error().text();
        return out;
    }
    EndpointPolicy::Figures figures;
    figures.requests = qint64(*total);
    figures.failed = qint64(numberOf(*metrics, {"failed_requests"}).value_or(0));
    figures.averageMs = numberOf(*metrics, {"avg_response_time_ms"});
    figures.p95Ms = numberOf(*metrics, {"p95_response_time_ms", "p95_ms"});
    figures.uptimeSeconds = numberOf(*metrics, {"uptime_seconds"});
    out.figures = figures;
    return out;
}

Result<QJsonArray> endpointDecisions(const ModelEndpoint &endpoint, int limit, std::stop_token token) { return endpoint.client->getList(QStringLiteral("/retrain/logs/%1").arg(limit), waitMs, token); }

Operation endpointRetrainOperation(const QString &model, const ModelEndpoint &endpoint, bool force, std::shared_ptr<QString> run) {
    Operation operation;
    operation.kind = QStringLiteral("endpoint-retrain");
    operation.object = QStringLiteral("model ") + model;
    operation.summary = Text::tr("Have the service of %1 retrain it").arg(model);
    operation.details = {{Q("url"), endpoint.url}, {Q("force"), force}};
    operations::Step step;
    step.call = {QStringLiteral("POST"), endpoint.url + QStringLiteral("/retrain/trigger"), Text::tr("the service begins a retraining by its own rules"), {}, QStringLiteral("pilot retrain run %1 --there").arg(model) + (force ? QStringLiteral(" --force") : QString())};
    step.execute = [client = endpoint.client, force, run]() -> Result<void> {
        const auto answer = client->post(QStringLiteral("/retrain/trigger"), {{Q("force"), force}}, waitMs);
        if (!answer)
            return withRule(answer.error());
        *run = answer->value(Q("run_id")).toVariant().toString();
        return {};
    };
    step.readBack = [client = endpoint.client, run]() -> Result<QJsonObject> {
        PH_ASSIGN(const QJsonObject status, client->get(QStringLiteral("/retrain/status"), waitMs));
        return QJsonObject{{Q("run"), *run}, {Q("next_allowed"), status.value(Q("next_allowed"))}};
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

Operation endpointConfigOperation(const QString &model, const ModelEndpoint &endpoint, const QJsonObject &before, const QJsonObject &change, std::shared_ptr<QJsonObject> now) {
    QJsonObject back;
    for (const QString &key : change.keys())
        if (before.contains(key))
            back.insert(key, before.value(key));
    Operation operation;
    operation.kind = QStringLiteral("endpoint-retrain-config");
    operation.object = QStringLiteral("model ") + model;
    operation.summary = change.size() == 1 && change.contains(Q("enabled")) ? (change.value(Q("enabled")).toBool() ? Text::tr("Switch on retraining by the service of %1") : Text::tr("Switch off retraining by the service of %1")).arg(model)
                                                                          : Text::tr("Change the retraining policy of the service of %1").arg(model);
    operation.before = back;
    operation.details = {{Q("url"), endpoint.url}, {Q("config"), change}};
    operations::Step step;
    step.call = {QStringLiteral("POST"), endpoint.url + QStringLiteral("/retrain/config"), QStringLiteral("%1 → %2").arg(QString::fromUtf8(canonicalJson(back)), QString::fromUtf8(canonicalJson(change))), Text::tr("back to %1").arg(QString::fromUtf8(canonicalJson(back))), {}};
    step.guard = [client = endpoint.client, back, model]() -> Result<void> {
        PH_ASSIGN(const QJsonObject status, client->get(QStringLiteral("/retrain/status"), waitMs));
        const QJsonObject stands = status.value(Q("config")).toObject();
        for (const QString &key : back.keys())
            if (stands.value(key) != back.value(key))
                return Error{ErrorKind::Conflict, Text::tr("The policy of the service of %1 was changed meanwhile.").arg(model), key, Text::tr("Look at it again and repeat the change."), {}};
        return {};
    };
    step.execute = [client = endpoint.client, change, now]() -> Result<void> {
        PH_ASSIGN(*now, client->post(QStringLiteral("/retrain/config"), change, waitMs));
        return {};
    };
    step.readBack = [client = endpoint.client, change]() -> Result<QJsonObject> {
        PH_ASSIGN(const QJsonObject status, client->get(QStringLiteral("/retrain/status"), waitMs));
        const QJsonObject stands = status.value(Q("config")).toObject();
        for (const QString &key : change.keys())
            if (stands.value(key) != change.value(key))
                return Error{ErrorKind::Conflict, Text::tr("The service took the change, but says %1 for “%2”.").arg(QString::fromUtf8(compactJson(stands.value(key))), key), {}, {}, {}};
        return stands;
    };
    step.undo = [client = endpoint.client, back]() -> Result<void> {
        PH_ASSIGN(const QJsonObject stands, client->post(QStringLiteral("/retrain/config"), back, waitMs));
        (void)stands;
        return {};
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::fleet
