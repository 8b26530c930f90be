// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/canary_tick.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/cluster/kube_object.h"
#include "core/fleet/endpoint.h"
#include "core/fleet/workload_metrics.h"

#include <QFileInfo>

namespace pilothouse::fleet {

using Q = QLatin1String;

Result<QDateTime> stepBegan(const QString &folder, const QString &model, const cluster::RolloutStatus &status, const QDateTime &now) {
    const QString file = QStringLiteral("%1/canaries/%2.json").arg(folder, model);
    const QString key = QStringLiteral("%1 %2 %3").arg(status.target).arg(status.canary ? status.canary->revision : 0).arg(status.wantedCanaryShare, 0, 'f', 4);
    if (QFileInfo::exists(file)) {
        const auto bytes = readFile(file);
        const auto kept = bytes ? parseJsonObject(*bytes, file) : Result<QJsonObject>(bytes.error());
        if (kept && kept->value(Q("step")).toString() == key)
            if (const QDateTime since = fromIsoUtc(kept->value(Q("since")).toString()); since.isValid() && since <= now)
                return since;
    }
    PH_TRY(writeFileAtomically(file, canonicalJson({{Q("step"), key}, {Q("since"), isoUtc(now)}})));
    return now;
}

namespace {

const QString lockSuffix = QStringLiteral(".judge.lock");

QString lookFile(const QString &folder, const QString &model) { return QStringLiteral("%1/canaries/%2.look.json").arg(folder, model); }

/// For those who show it, in this and in other programs. That it cannot be written is no reason to leave a bad canary where it is.
void keepLook(const Services &services, const workspace::Model &model, const CanaryTick &tick, const std::optional<Error> &problem) {
    QJsonObject look = tick.look.toJson();
    look.insert(Q("at"), isoUtc(services.clock->nowUtc()));
    look.insert(Q("minimum_requests"), model.deployment.judge.minimumRequests);
    look.insert(Q("minimum_labelled"), model.deployment.judge.minimumLabelled);
    look.insert(Q("turned_back"), tick.turnedBack);
    look.insert(Q("went_on"), tick.wentOn);
    look.insert(Q("operation"), tick.operation);
    if (problem)
        look.insert(Q("problem"), problem->text());
    (void)bool(writeFileAtomically(lookFile(services.root, model.name), canonicalJson(look)));
}

Result<std::vector<std::unique_ptr<rollouts::CanarySource>>> sourcesOf(const Services &services, const workspace::Model &model) {
    std::vector<std::unique_ptr<rollouts::CanarySource>> out;
    const auto &judge = model.deployment.judge;
    if (!judge.prometheus.isEmpty()) {
        out.push_back(rollouts::prometheusSource(prometheusOf(services, judge.prometheus), judge.stable, judge.canary));
    }
    if (!model.endpoint.url.isEmpty()) {
        const auto endpoint = endpointOf(services, model.name);
        if (endpoint)
            out.push_back(rollouts::endpointSource(endpoint->client, endpoint->url));
        else if (out.empty()) // what the other source sees must still turn a canary back
            return endpoint.error();
    }
    return out;
}

/// Alias and traffic go back together where a promotion stands behind the rollout; else the traffic alone.
Result<QString> turnBack(const Services &services, const workspace::Model &model, std::shared_ptr<cluster::RolloutTarget> target, const rollouts::CanaryLook &look) {
    if (look.status.operation.startsWith(Q("p-"))) {
        const auto request = services.promotions->requestById(look.status.operation);
        if (request && (request->state == promotion::RequestState::Done || request->state == promotion::RequestState::Failed)) {
            PH_TRY(services.promotions->undo(request->id, look.judgement.sentence, true));
            return request->id;
        }
    }
    const auto outcome = services.operations->run(rollouts::turnBackOperation(std::move(target), model.deployment.connection, look));
    if (!outcome.done)
        return outcome.error.value_or(refused(QStringLiteral("The turn-back was not carried out.")));
    return outcome.id;
}

/// KServe shifts nothing by itself; an Argo Rollout goes by its own steps, where a pause without an end waits for a person.
bool goesNoStepByItself(const workspace::Model &model) {
    const auto ref = cluster::parseKubeRef(model.deployment.target, model.deployment.space);
    return ref && ref->kind == cluster::kinds::InferenceService;
}

/// What the verdict asks for: all traffic back, or the next step of a target that takes none by itself.
Result<void> actOn(const Services &services, const workspace::Model &model, const std::shared_ptr<cluster::RolloutTarget> &target, CanaryTick &tick) {
    if (tick.look.judgement.verdict == serving::Verdict::TurnBack) {
        PH_ASSIGN(tick.operation, turnBack(services, model, target, tick.look));
        tick.turnedBack = true;
    } else if (tick.look.judgement.verdict == serving::Verdict::GoOn && model.deployment.judge.advance && goesNoStepByItself(model) && tick.look.status.phase == cluster::RolloutPhase::Progressing) {
        const auto outcome = services.operations->run(rollouts::goOnOperation(target, model.deployment.connection, tick.look));
        if (!outcome.done)
            return outcome.error.value_or(refused(QStringLiteral("The next step was not taken.")));
        tick.operation = outcome.id;
        tick.wentOn = true;
    }
    return {};
}

} // namespace

Result<CanaryTick> canaryTick(const Services &services, const workspace::Model &model, bool act, std::stop_token token) {
    if (services.workspace.connections.value(model.deployment.connection).kind == Q("local"))
        return refused(QStringLiteral("The server of %1 judges its rollouts by itself.").arg(model.name), {}, QStringLiteral("`pilot rollouts status %1` shows its verdict.").arg(model.name));
    std::optional<FileLock> turn; // one program at a time acts on a model
    if (act) {
        PH_TRY(makeFolder(services.root + QStringLiteral("/canaries"), true));
        const QString file = QStringLiteral("%1/canaries/%2%3").arg(services.root, model.name, lockSuffix);
        auto lock = FileLock::tryAcquire(file);
        if (!lock && lock.error().kind == ErrorKind::Conflict)
            return Error{ErrorKind::Conflict, QStringLiteral("Another program judges the canary of %1 at this moment.").arg(model.name), file, QStringLiteral("Its verdict stands in the card, and in `pilot rollouts judge %1`.").arg(model.name), {}};
        PH_ASSIGN(turn, std::move(lock));
    }
    PH_ASSIGN(const auto target, services.rolloutTarget(model));
    PH_ASSIGN(const auto sources, sourcesOf(services, model));
    PH_ASSIGN(const cluster::RolloutStatus status, target->status());
    const QDateTime now = services.clock->nowUtc();
    QDateTime began = now;
    if (cluster::inProgress(status)) {
        PH_ASSIGN(began, stepBegan(services.root, model.name, status, now));
    }
    CanaryTick out;
    PH_ASSIGN(out.look, rollouts::judgeCanary(*target, sources, rollouts::judgeRules(model), began, now, token));
    const auto acted = act ? actOn(services, model, target, out) : Result<void>();
    keepLook(services, model, out, acted ? std::optional<Error>() : acted.error());
    if (!acted)
        return acted.error();
    return out;
}

bool isTaken(const Error &error) { return error.kind == ErrorKind::Conflict && error.where.endsWith(lockSuffix); }

Result<QJsonObject> lastLook(const QString &folder, const QString &model) {
    const QString file = lookFile(folder, model);
    if (!QFileInfo::exists(file))
        return notFound(QStringLiteral("No canary of %1 was judged yet.").arg(model), file);
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    return parseJsonObject(bytes, file);
}

} // namespace pilothouse::fleet
