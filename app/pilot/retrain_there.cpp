// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/retrain_there.h"

#include "app/pilot/operation_answer.h"

#include "core/base/clock.h"
#include "core/fleet/endpoint_policy.h"

namespace pilothouse {

namespace {

using Q = QLatin1String;

QString number(const std::optional<double> &value) { return value ? QString::number(*value, 'g', 6) : QStringLiteral("not known"); }
QString moment(const QDateTime &time, const char *otherwise) { return time.isValid() ? isoUtc(time) : Q(otherwise); }

QStringList configLines(const QJsonObject &config) {
    QStringList lines;
    for (auto it = config.begin(); it != config.end(); ++it)
        if (!it.value().isArray() && !it.value().isObject())
            lines << QStringLiteral("  %1  %2").arg(it.key(), it.value().isNull() ? QStringLiteral("none") : it.value().toVariant().toString());
    return lines;
}

} // namespace

Result<void> checkThere(Context &context, const QString &model) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const fleet::ModelEndpoint endpoint, fleet::endpointOf(*services, model));
    PH_ASSIGN(const fleet::EndpointPolicy policy, fleet::endpointPolicy(endpoint, context.stop()));
    QStringList lines{QStringLiteral("%1 at %2: automatic retraining is %3").arg(model, endpoint.url, !policy.enabled ? QStringLiteral("not told") : *policy.enabled ? QStringLiteral("on") : QStringLiteral("off"))};
    lines << QStringLiteral("  %1  now %2, best %3").arg(policy.metric, number(policy.current), number(policy.best));
    lines << QStringLiteral("  last retrained  %1, next allowed %2").arg(moment(policy.lastRetrain, "never"), moment(policy.nextAllowed, "now"));
    if (policy.figures)
        lines << QStringLiteral("  requests  %1, %2 failed, %3 ms on average, p95 %4 ms, up for %5 s").arg(policy.figures->requests).arg(policy.figures->failed).arg(number(policy.figures->averageMs), number(policy.figures->p95Ms), number(policy.figures->uptimeSeconds));
    else
        context.note(policy.noFigures);
    lines << configLines(policy.config);
    QJsonObject object = policy.toJson();
    object.insert(Q("model"), model);
    object.insert(Q("url"), endpoint.url);
    context.answer(object, lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> runThere(Context &context, const QString &model, bool force, bool plan) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const fleet::ModelEndpoint endpoint, fleet::endpointOf(*services, model));
    const auto run = std::make_shared<QString>();
    PH_TRY(runAndAnswer(context, *services->operations, fleet::endpointRetrainOperation(model, endpoint, force, run), plan));
    if (!run->isEmpty())
        context.note(QStringLiteral("Its run is %1; follow it: pilot retrain log %2 --there").arg(*run, model));
    return {};
}

Result<void> configThere(Context &context, const QString &model, const QJsonObject &change, bool plan) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const fleet::ModelEndpoint endpoint, fleet::endpointOf(*services, model));
    PH_ASSIGN(const fleet::EndpointPolicy policy, fleet::endpointPolicy(endpoint, context.stop()));
    auto now = std::make_shared<QJsonObject>(policy.config);
    QJsonObject wanted = change;
    for (const QString &key : change.keys())
        if (policy.config.value(key) == change.value(key))
            wanted.remove(key); // it is so already
    if (!wanted.isEmpty()) {
        auto operation = fleet::endpointConfigOperation(model, endpoint, policy.config, wanted, now);
        if (plan)
            return runAndAnswer(context, *services->operations, std::move(operation), true);
        const auto outcome = services->operations->run(std::move(operation));
        if (!outcome.done)
            return outcome.error.value_or(refused(QStringLiteral("The policy was not changed.")));
    }
    context.answer({{Q("model"), model}, {Q("url"), endpoint.url}, {Q("config"), *now}}, (QStringList{QStringLiteral("%1 at %2").arg(model, endpoint.url)} + configLines(*now)).join(QLatin1Char('\n')));
    return {};
}

Result<void> logThere(Context &context, const QString &model, int limit) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const fleet::ModelEndpoint endpoint, fleet::endpointOf(*services, model));
    PH_ASSIGN(const QJsonArray decisions, fleet::endpointDecisions(endpoint, limit, context.stop()));
    QStringList lines;
    for (const QJsonValue &one : decisions)
        lines << QStringLiteral("%1  %2  %3%4").arg(one[Q("timestamp")].toString(), one[Q("decision")].toString(), one[Q("reason")].toString(), one[Q("run_id")].isNull() || one[Q("run_id")].isUndefined() ? QString() : QStringLiteral("  run ") + one[Q("run_id")].toVariant().toString());
    context.answer({{Q("decisions"), decisions}}, lines.isEmpty() ? QStringLiteral("No decision yet.") : lines.join(QLatin1Char('\n')));
    return {};
}

} // namespace pilothouse
