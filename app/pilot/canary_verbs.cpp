// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/canary_verbs.h"

#include "app/pilot/operation_answer.h"
#include "core/cluster/argo_rollout.h"
#include "core/cluster/argo_target.h"
#include "core/cluster/kserve_target.h"
#include "core/cluster/local_target.h"
#include "core/rollouts/argo_operations.h"
#include "core/rollouts/kserve_operations.h"

#include <map>

namespace pilothouse {

using Q = QLatin1String;
using cluster::ArgoAction;

bool namesCanary(const std::string &target) {
    if (!namesWorkload(target))
        return false;
    const auto ref = cluster::parseKubeRef(QString::fromStdString(target), {});
    return ref && (ref->kind == cluster::kinds::Rollout || ref->kind == cluster::kinds::InferenceService);
}

Result<CanaryBench> canaryBench(Context &context, const WorkloadOptions &options) {
    CanaryBench out;
    PH_ASSIGN(out.services, context.services());
    PH_ASSIGN(out.api, out.services->clusters->of(QString::fromStdString(options.connection)));
    const QString space = options.space.empty() ? out.api->space() : QString::fromStdString(options.space);
    PH_ASSIGN(out.ref, cluster::parseKubeRef(QString::fromStdString(options.target), space));
    if (out.ref.kind != cluster::kinds::Rollout && out.ref.kind != cluster::kinds::InferenceService)
        return invalid(QStringLiteral("%1 is neither an Argo Rollout nor an InferenceService.").arg(out.ref.text()), {}, QStringLiteral("Write rollout/NAME or inferenceservice/NAME."));
    PH_TRY(out.api->served(out.ref.kind, context.stop())); // "this cluster has no Argo Rollouts" rather than 404
    return out;
}

namespace {

Result<void> rolloutStatus(Context &context, const CanaryBench &bench) {
    PH_ASSIGN(const QJsonObject object, bench.api->read(bench.ref, context.stop()));
    PH_ASSIGN(const auto sets, bench.api->list(cluster::kinds::ReplicaSet, bench.ref.space, {}, context.stop()));
    const cluster::ArgoStatus s = cluster::argoStatus(object, sets);
    QJsonArray steps, replicaSets, analyses;
    QString text = QStringLiteral("%1  %2%3\n").arg(bench.ref.text(), s.phase, s.message.isEmpty() ? QString() : QStringLiteral(": ") + s.message);
    for (const cluster::ArgoStep &step : s.steps) {
        steps.append(QJsonObject{{Q("kind"), step.kind}, {Q("text"), step.text}, {Q("state"), step.state}});
        text += QStringLiteral("  %1 %2\n").arg(step.state == Q("current") ? QStringLiteral("▸") : step.state == Q("done") ? QStringLiteral("✓") : QStringLiteral("·"), step.text);
    }
    if (s.strategy == Q("Canary"))
        text += QStringLiteral("  weight wanted %1, actual %2 of %3 (%4)\n").arg(s.setWeight).arg(s.actualWeight).arg(s.maxWeight).arg(s.weightsReported ? QStringLiteral("as the traffic router reports") : QStringLiteral("ratio of pods"));
    text += QStringLiteral("  replicas: %1 desired, %2 current, %3 updated, %4 ready, %5 available\n").arg(s.desired).arg(s.current).arg(s.updated).arg(s.ready).arg(s.available);
    for (const cluster::ArgoReplicaSet &set : s.replicaSets) {
        QStringList tags;
        for (const auto &[is, name] : {std::pair(set.stable, "stable"), std::pair(set.canary, "canary"), std::pair(set.active, "active"), std::pair(set.preview, "preview")})
            if (is)
                tags << Q(name);
        replicaSets.append(QJsonObject{{Q("revision"), set.revision}, {Q("name"), set.name}, {Q("status"), set.status}, {Q("replicas"), set.replicas}, {Q("available"), set.available},
                                       {Q("images"), QJsonArray::fromStringList(set.images)}, {Q("tags"), QJsonArray::fromStringList(tags)}});
        if (set.replicas > 0 || !tags.isEmpty())
            text += QStringLiteral("  revision %1  %2  %3/%4 pods  %5  %6\n").arg(set.revision).arg(set.name).arg(set.available).arg(set.replicas).arg(set.images.join(QStringLiteral(", ")), tags.join(QStringLiteral(", ")));
    }
    for (const cluster::ArgoAnalysisRef &run : s.analyses) {
        analyses.append(QJsonObject{{Q("role"), run.role}, {Q("name"), run.name}, {Q("phase"), run.phase}, {Q("message"), run.message}});
        text += QStringLiteral("  %1 analysis %2: %3 %4\n").arg(run.role, run.name, run.phase, run.message);
    }
    for (const QString &problem : s.problems)
        text += QStringLiteral("  %1\n").arg(problem);
    context.answer({{Q("name"), s.name}, {Q("namespace"), s.space}, {Q("phase"), s.phase}, {Q("message"), s.message}, {Q("strategy"), s.strategy}, {Q("step"), s.step}, {Q("steps"), steps},
                    {Q("weights"), QJsonObject{{Q("wanted"), s.setWeight}, {Q("actual"), s.actualWeight}, {Q("of"), s.maxWeight}, {Q("reported"), s.weightsReported}}}, {Q("aborted"), s.aborted},
                    {Q("replica_sets"), replicaSets}, {Q("analyses"), analyses}, {Q("problems"), QJsonArray::fromStringList(s.problems)}}, text.trimmed());
    context.exitCodeWanted = s.phase == Q("Degraded") ? 1 : 0;
    return {};
}

Result<void> serviceStatus(Context &context, const CanaryBench &bench) {
    PH_ASSIGN(const QJsonObject object, bench.api->read(bench.ref, context.stop()));
    const cluster::KserveStatus s = cluster::kserveStatus(object);
    QString text = QStringLiteral("%1  %2  %3\n").arg(bench.ref.text(), s.ready ? QStringLiteral("ready") : QStringLiteral("not ready"), s.url);
    if (!s.sentence.isEmpty())
        text += QStringLiteral("  %1\n").arg(s.sentence);
    text += QStringLiteral("  %1 %2\n").arg(s.format, s.storageUri);
    for (const cluster::KserveTraffic &t : s.traffic)
        text += QStringLiteral("  %1 %  %2%3\n").arg(t.percent, 3).arg(t.revision, t.latest ? QStringLiteral(" (latest)") : QString());
    for (const cluster::KserveCanary &c : s.canaries)
        text += QStringLiteral("  canary %1  %2 %  %3  %4\n").arg(c.name).arg(c.percent).arg(!c.ready ? QStringLiteral("not reported") : *c.ready ? QStringLiteral("ready") : QStringLiteral("not ready"), c.storageUri);
    if (s.percentIgnored)
        text += QStringLiteral("  canaryTrafficPercent is set, and Standard mode does not look at it.\n");
    context.answer(cluster::toJson(s), text.trimmed());
    context.exitCodeWanted = s.ready ? 0 : 1;
    return {};
}

Result<void> history(Context &context, const CanaryBench &bench) {
    const auto target = bench.ref.kind == cluster::kinds::Rollout ? cluster::argoTarget({bench.api, bench.ref, {}, {}, {}, {}}) : cluster::kserveTarget({bench.api, bench.ref, {}, {10, 50, 100}, {}});
    PH_ASSIGN(const auto revisions, target->history());
    QJsonArray list;
    QString text;
    for (const cluster::Revision &r : revisions) {
        list.append(cluster::toJson(r));
        text += QStringLiteral("%1  %2  %3  %4\n").arg(r.revision, 3).arg(r.outcome, -10).arg(r.when.isValid() ? r.when.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) : QString(), r.reason);
    }
    context.answer({{Q("revisions"), list}}, text.trimmed());
    return {};
}

Result<operations::Operation> argoWrite(const CanaryBench &bench, const std::string &verb, const WorkloadOptions &options, const CanaryChoice &choice) {
    static const std::map<std::string, ArgoAction> actions{{"promote", ArgoAction::Promote}, {"skip", ArgoAction::Skip}, {"abort", ArgoAction::Abort}, {"retry", ArgoAction::Retry},
                                                           {"pause", ArgoAction::Pause}, {"resume", ArgoAction::Resume}, {"restart", ArgoAction::Restart}};
    if (verb == "undo")
        return rollouts::argoUndoOperation(bench.api, bench.ref, int(options.to));
    const auto action = actions.find(verb);
    if (action == actions.end())
        return refused(QStringLiteral("An Argo Rollout has no “%1”.").arg(QString::fromStdString(verb)), bench.ref.text(), QStringLiteral("Its own steps set the shares; `promote` and `skip` go on."));
    const ArgoAction chosen = !choice.full ? action->second : action->second == ArgoAction::Promote ? ArgoAction::Full : ArgoAction::SkipAll;
    return rollouts::argoOperation(bench.api, bench.ref, chosen, bench.services->clock->nowUtc());
}

Result<operations::Operation> kserveWrite(const CanaryBench &bench, const std::string &verb, const CanaryChoice &choice) {
    const QString canary = QString::fromStdString(choice.canary);
    if (verb == "promote")
        return rollouts::kservePromoteOperation(bench.api, bench.ref, canary);
    if (verb == "abort")
        return rollouts::kserveRollBackOperation(bench.api, bench.ref, canary);
    if (verb == "share")
        return rollouts::kserveShareOperation(bench.api, bench.ref, choice.percent, canary);
    if (verb == "canary")
        return rollouts::kserveStartOperation(bench.api, bench.ref, QString::fromStdString(choice.uri), std::max(0, choice.percent), canary);
    return refused(QStringLiteral("An InferenceService has no “%1”.").arg(QString::fromStdString(verb)), bench.ref.text(), QStringLiteral("It has promote, abort, share and canary."));
}

} // namespace

Result<void> canaryVerb(Context &context, const std::string &verb, const WorkloadOptions &options, const CanaryChoice &choice) {
    PH_ASSIGN(const CanaryBench bench, canaryBench(context, options));
    const bool argo = bench.ref.kind == cluster::kinds::Rollout;
    if (verb == "status")
        return argo ? rolloutStatus(context, bench) : serviceStatus(context, bench);
    if (verb == "history")
        return history(context, bench);
    auto built = argo ? argoWrite(bench, verb, options, choice) : kserveWrite(bench, verb, choice);
    if (!built)
        return built.error();
    operations::Operation operation = *std::move(built);
    if (!options.comment.empty())
        operation.details.insert(Q("comment"), QString::fromStdString(options.comment));
    return runAndAnswer(context, *bench.services->operations, std::move(operation), options.plan);
}

} // namespace pilothouse
