// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/promotion_plan.h"

#include "core/artifact/package.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/promotion/promotion_stages.h"
#include "core/workspace/environment.h"

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;
using cluster::RolloutPhase;
using cluster::RolloutStatus;
using operations::Operation;
using operations::Step;
using TargetPtr = std::shared_ptr<cluster::RolloutTarget>;

QString versionText(std::optional<int> version) { return version ? QStringLiteral("v%1").arg(*version) : QStringLiteral("none"); }
QJsonValue versionValue(std::optional<int> version) { return version ? QJsonValue(*version) : QJsonValue(); }
std::optional<int> versionFrom(const QJsonValue &value) { return value.isDouble() ? std::optional(value.toInt()) : std::nullopt; }

QString percentText(const std::vector<int> &steps) {
    QStringList out;
    for (const int s : steps)
        out += QString::number(s);
    return out.join(QStringLiteral(" → ")) + QStringLiteral(" %");
}

/// The model's rollout target; null if none is configured.
Result<TargetPtr> targetOf(const Promotions::Parts &parts, const registry::ModelKey &model) {
    const workspace::Model *owner = ownerOf(parts.workspace, model);
    if (!owner || !parts.rolloutTarget)
        return TargetPtr();
    auto target = parts.rolloutTarget(*owner);
    if (!target && target.error().kind == ErrorKind::NotFound)
        return TargetPtr();
    return target;
}

/// The connection of the model's deployment; empty: the local one.
QString deploymentOf(const workspace::Workspace &workspace, const registry::ModelKey &model) {
    const workspace::Model *owner = ownerOf(workspace, model);
    return owner ? owner->deployment.connection : QString();
}

bool serves(const std::optional<cluster::Revision> &revision, int version) { return revision && revision->version == version; }
/// Has this promotion's rollout begun?
bool begun(const RolloutStatus &s, int version) { return serves(s.stable, version) || (cluster::inProgress(s) && serves(s.canary, version)); }

Error aliasMoved(const PromotionFacts &f, std::optional<int> now, std::optional<int> expected) {
    return {ErrorKind::Conflict,
            QStringLiteral("The alias %1 of %2 moved: it was %3, it is %4 now.").arg(f.alias, f.model, versionText(expected), versionText(now)), {},
            QStringLiteral("Nothing was sent. Look at the new state and decide anew."), {}};
}

QJsonObject aliasState(const QString &alias, std::optional<int> version) { return {{Q("alias"), alias}, {Q("version"), versionValue(version)}}; }

QJsonObject rolloutState(const RolloutStatus &s) {
    return {{Q("target"), s.target}, {Q("phase"), cluster::rolloutPhaseName(s.phase)},
            {Q("stable"), s.stable ? QJsonValue(s.stable->version) : QJsonValue()}, {Q("canary"), s.canary ? QJsonValue(s.canary->version) : QJsonValue()}};
}

/// Moves an alias unless it stands there already.
Result<void> setAlias(registry::Registry &registry, const QString &model, const QString &alias, std::optional<int> expected, std::optional<int> to,
                      const registry::Stamp &stamp) {
    PH_ASSIGN(const auto now, aliasNow(registry, model, alias));
    if (now == to)
        return {};
    return registry.moveAlias(model, alias, expected, to, stamp);
}

using RegistryPtr = std::shared_ptr<registry::Registry>;

Step aliasStep(const RegistryPtr &registry, const PromotionFacts &f, const QString &folder, const registry::Stamp &stamp, bool again) {
    Step step;
    step.call = {QStringLiteral("SET"), QStringLiteral("alias %1 on %2").arg(f.alias, f.model), QStringLiteral("%1 → v%2").arg(versionText(f.from)).arg(f.to),
                 f.from ? QStringLiteral("back to v%1").arg(*f.from) : QStringLiteral("the alias is deleted"),
                 QStringLiteral("pilot promote %1 %2 --to %3").arg(f.model).arg(f.to).arg(f.alias)};
    if (const QString exact = registry->commands({registry::Write::What::Alias, f.model, 0, f.alias, f.to, {}, false, stamp, {}}); !exact.isEmpty())
        step.call.command = exact;
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const auto now, aliasNow(*registry, f.model, f.alias));
        if (now != f.from && !(again && now == f.to))
            return aliasMoved(f, now, f.from);
        PH_ASSIGN(const artifact::Package package, artifact::openPackage(folder));
        if (package.digest != f.digest)
            return Error{ErrorKind::Conflict, QStringLiteral("The package of %1 v%2 changed since the sheet was made (%3… is %4… now).").arg(f.model).arg(f.to).arg(f.digest.left(12), package.digest.left(12)),
                         folder, QStringLiteral("Nothing was sent. Register the package anew."), {}};
        return {};
    };
    step.execute = [=] { return setAlias(*registry, f.model, f.alias, f.from, f.to, stamp); };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const auto now, aliasNow(*registry, f.model, f.alias));
        if (now != f.to)
            return aliasMoved(f, now, f.to);
        return aliasState(f.alias, now);
    };
    step.undo = [=] { return setAlias(*registry, f.model, f.alias, f.to, f.from, stamp); };
    return step;
}

Step previousStep(const RegistryPtr &registry, const PromotionFacts &f, const registry::Stamp &stamp) {
    const QString previous = Q(previousAlias);
    Step step;
    step.call = {QStringLiteral("SET"), QStringLiteral("alias %1 on %2").arg(previous, f.model), QStringLiteral("%1 → %2").arg(versionText(f.previousBefore), versionText(f.from)),
                 f.previousBefore ? QStringLiteral("back to v%1").arg(*f.previousBefore) : QStringLiteral("the alias is deleted"), {}};
    step.call.command = registry->commands({registry::Write::What::Alias, f.model, 0, previous, f.from, {}, false, stamp, {}});
    step.execute = [=] { return setAlias(*registry, f.model, previous, f.previousBefore, f.from, stamp); };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const auto now, aliasNow(*registry, f.model, previous));
        return aliasState(previous, now);
    };
    step.undo = [=] { return setAlias(*registry, f.model, previous, f.from, f.previousBefore, stamp); };
    return step;
}

/// Traffic back to what had it before; nothing to do where it is back already.
Result<void> trafficBack(cluster::RolloutTarget &target, const PromotionFacts &f, const QString &reason) {
    PH_ASSIGN(const RolloutStatus s, target.status());
    const bool on = serves(s.stable, f.to), begins = cluster::inProgress(s) && serves(s.canary, f.to);
    if (begins && !on)
        return target.abort(reason);
    if (on) // also where it is being made anew (a restart, another variable): what an abort went back to would be the same version
        return f.stableRevision ? target.undo(*f.stableRevision) : target.withdraw(reason);
    return {};
}

Step rolloutStep(const TargetPtr &target, const PromotionFacts &f, const cluster::Revision &revision, const QString &folder) {
    Step step;
    step.call = {QStringLiteral("START"), QStringLiteral("rollout %1").arg(f.target),
                 f.stableVersion ? QStringLiteral("v%1 beside v%2: %3").arg(f.to).arg(*f.stableVersion).arg(percentText(f.steps))
                                 : QStringLiteral("v%1 takes all traffic, as the first").arg(f.to),
                 f.stableVersion ? QStringLiteral("all traffic back to v%1").arg(*f.stableVersion) : QStringLiteral("nothing is served, as before"),
                 QStringLiteral("pilot rollouts status %1").arg(f.model)};
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const RolloutStatus s, target->status());
        if (cluster::inProgress(s) && !serves(s.canary, f.to))
            return Error{ErrorKind::Conflict, QStringLiteral("%1 is rolling out another version (%2) now.").arg(f.target, s.canary ? versionText(s.canary->version) : QStringLiteral("unknown")),
                         f.target, QStringLiteral("Nothing was sent. Let that rollout end, or abort it."), {}};
        return {};
    };
    step.execute = [=]() -> Result<void> {
        PH_ASSIGN(const RolloutStatus s, target->status());
        if (begun(s, f.to))
            return {};
        return target->start(revision, folder, f.steps, f.request);
    };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const RolloutStatus s, target->status());
        if (!begun(s, f.to))
            return Error{ErrorKind::Conflict, QStringLiteral("%1 does not serve v%2: it is %3.").arg(f.target).arg(f.to).arg(cluster::rolloutPhaseName(s.phase)), f.target, {}, {}};
        return rolloutState(s);
    };
    step.undo = [=] { return trafficBack(*target, f, QStringLiteral("the promotion could not be completed")); };
    return step;
}

} // namespace

QJsonObject PromotionFacts::toJson() const {
    QJsonArray percents;
    for (const int s : steps)
        percents.append(s);
    QJsonArray archivedNumbers;
    for (const int v : archived)
        archivedNumbers.append(v);
    return {{Q("kind"), Q("promotion")}, {Q("request"), request}, {Q("connection"), connection}, {Q("model"), model}, {Q("alias"), alias}, {Q("to"), to}, {Q("from"), versionValue(from)},
            {Q("digest"), digest}, {Q("set_previous"), setPrevious}, {Q("previous_before"), versionValue(previousBefore)}, {Q("target"), target},
            {Q("stage"), stage}, {Q("stage_before"), stageBefore}, {Q("archived"), archivedNumbers},
            {Q("steps"), percents}, {Q("stable_revision"), versionValue(stableRevision)}, {Q("stable_version"), versionValue(stableVersion)}};
}

Result<PromotionFacts> PromotionFacts::fromJson(const QJsonObject &object) {
    JsonReader r(object, QStringLiteral("undo record"));
    PromotionFacts f;
    f.request = r.text("request");
    f.connection = object.value(Q("connection")).toString(); // none in records of before there were servers
    f.model = r.text("model");
    f.alias = r.text("alias");
    f.to = int(r.integer("to"));
    f.from = versionFrom(object.value(Q("from")));
    f.digest = r.text("digest");
    f.setPrevious = r.boolean("set_previous");
    f.previousBefore = versionFrom(object.value(Q("previous_before")));
    f.stage = object.value(Q("stage")).toString(); // none in records of before
    f.stageBefore = object.value(Q("stage_before")).toString();
    const QJsonArray archived = object.value(Q("archived")).toArray();
    for (const QJsonValue &v : archived)
        f.archived.push_back(v.toInt());
    f.target = r.text("target");
    for (const double s : r.numbers("steps"))
        f.steps.push_back(int(s));
    f.stableRevision = versionFrom(object.value(Q("stable_revision")));
    f.stableVersion = versionFrom(object.value(Q("stable_version")));
    PH_TRY(r.check());
    return f;
}

const workspace::Model *ownerOf(const workspace::Workspace &workspace, const registry::ModelKey &model) {
    for (const workspace::Model &m : workspace.models)
        if (m.registry.name == model.name && workspace.registryConnection(m) == model.connection)
            return &m;
    return nullptr;
}

Result<RegistryPtr> Promotions::Parts::registryFor(const QString &connection) const {
    if (connection.isEmpty())
        return registry;
    if (registryOf)
        return registryOf(connection);
    return notFound(QStringLiteral("The registry of the connection “%1” is not known here.").arg(connection));
}

Result<std::optional<int>> aliasNow(const registry::Registry &registry, const QString &model, const QString &alias) {
    const auto version = registry.versionByAlias(model, alias);
    if (version)
        return std::optional(version->version);
    if (version.error().kind == ErrorKind::NotFound)
        return std::optional<int>();
    return version.error();
}

Result<PromotionFacts> promotionFacts(const Promotions::Parts &parts, const registry::ModelKey &model, int version, const QString &alias, const QString &request) {
    PH_TRY(registry::checkAliasName(alias));
    if (alias == Q(previousAlias))
        return refused(QStringLiteral("The alias %1 is kept by promotions themselves.").arg(alias));
    PH_ASSIGN(const RegistryPtr registry, parts.registryFor(model.connection));
    PH_ASSIGN(const registry::Version v, registry->version(model.name, version));
    PromotionFacts f;
    f.request = request;
    f.connection = model.connection;
    f.model = model.name;
    f.alias = alias;
    f.to = version;
    f.digest = v.digest;
    PH_ASSIGN(f.from, aliasNow(*registry, model.name, alias));
    if (f.from == version)
        return refused(QStringLiteral("The alias %1 of %2 points to version %3 already.").arg(alias, model.name).arg(version));
    f.stage = workspace::stageMovedWith(parts.workspace, model.connection, model.name, alias);
    if (!f.stage.isEmpty()) {
        f.stageBefore = v.stage.isEmpty() ? QStringLiteral("None") : v.stage;
        PH_ASSIGN(f.archived, othersInStage(*registry, f));
    }
    const workspace::Model *owner = ownerOf(parts.workspace, model);
    const bool champion = owner ? owner->registry.champion == alias : alias == Q("champion");
    if (!champion)
        return f; // any other alias moves no traffic
    f.setPrevious = f.from.has_value();
    PH_ASSIGN(f.previousBefore, aliasNow(*registry, model.name, Q(previousAlias)));
    PH_ASSIGN(const TargetPtr target, targetOf(parts, model));
    if (!target)
        return f;
    f.target = target->name();
    f.steps = owner->deployment.steps;
    PH_ASSIGN(const RolloutStatus s, target->status());
    if (s.stable) {
        f.stableRevision = s.stable->revision;
        f.stableVersion = s.stable->version;
    }
    return f;
}

Result<void> trafficTakenBack(const Promotions::Parts &parts, const PromotionFacts &f, const QString &reason) {
    if (f.target.isEmpty())
        return {};
    PH_ASSIGN(const TargetPtr target, targetOf(parts, f.key()));
    if (!target)
        return {};
    return trafficBack(*target, f, reason);
}

Result<Operation> promoteOperation(const Promotions::Parts &parts, const PromotionFacts &f, const QString &operation, bool again) {
    PH_ASSIGN(const RegistryPtr registry, parts.registryFor(f.connection));
    PH_ASSIGN(const registry::Version v, registry->version(f.model, f.to));
    PH_ASSIGN(const QString folder, registry->packageFolder(v)); // fetched already, when the evidence was made
    const operations::Actor &actor = parts.operations->actor();
    Operation out;
    out.id = operation.isEmpty() ? QStringLiteral("op-") + randomHex(6) : operation;
    out.kind = QStringLiteral("promote");
    out.object = QStringLiteral("model ") + f.model;
    out.connection = f.connection;
    out.summary = QStringLiteral("Promote %1 version %2 to %3").arg(f.model).arg(f.to).arg(f.alias) +
                  (f.target.isEmpty() ? QString() : QStringLiteral(", then roll it out on %1").arg(f.target)) + (again ? QStringLiteral(" (going on after an interruption)") : QString());
    // The rights were asked for when the approvals were given; whoever gives the last one carries it out.
    out.needs = workspace::Role::Operator;
    out.automatic = again; // its name was typed when it was begun
    out.before = {{f.alias, versionValue(f.from)}, {Q(previousAlias), versionValue(f.previousBefore)}};
    out.undoRecord = f.toJson();
    out.details = {{Q("promotion"), f.request}, {Q("digest"), f.digest}};
    const registry::Stamp stamp{actor.name, out.id};
    out.steps.push_back(aliasStep(registry, f, folder, stamp, again));
    if (f.setPrevious && f.previousBefore != f.from)
        out.steps.push_back(previousStep(registry, f, stamp));
    if (!f.stage.isEmpty())
        out.steps.push_back(stageStep(registry, f, again));
    if (!f.target.isEmpty()) {
        PH_ASSIGN(const TargetPtr target, targetOf(parts, f.key()));
        if (!target)
            return notFound(QStringLiteral("The rollout target %1 is not configured any more.").arg(f.target));
        cluster::Revision revision;
        revision.model = f.model;
        revision.version = f.to;
        revision.digest = f.digest;
        revision.by = actor.name;
        revision.when = parts.clock->nowUtc();
        out.steps.push_back(rolloutStep(target, f, revision, folder));
        out.steps.back().connection = deploymentOf(parts.workspace, f.key());
    }
    return out;
}

Result<Operation> undoOperation(const Promotions::Parts &parts, const PromotionFacts &f, const QString &reason, bool turnBack) {
    Operation out;
    out.id = QStringLiteral("op-") + randomHex(6);
    out.kind = turnBack ? QStringLiteral("turn-back") : QStringLiteral("undo");
    out.object = QStringLiteral("model ") + f.model;
    out.connection = f.connection;
    out.summary = QStringLiteral("%1 the promotion of %2 version %3 to %4").arg(turnBack ? QStringLiteral("Turn back") : QStringLiteral("Undo"), f.model).arg(f.to).arg(f.alias);
    // A turn-back was approved together with its plan, and must not fail for want of a role at night.
    out.needs = turnBack ? workspace::Role::Viewer : workspace::Role::Operator;
    out.automatic = turnBack; // nor for want of somebody who types a name; a read-only connection stays untouched all the same
    out.before = {{f.alias, f.to}};
    out.details = {{Q("promotion"), f.request}, {Q("reason"), reason}};
    const registry::Stamp stamp{parts.operations->actor().name, out.id};
    PH_ASSIGN(const RegistryPtr registry, parts.registryFor(f.connection));
    const auto aliasGuard = [=]() -> Result<void> {
        PH_ASSIGN(const auto now, aliasNow(*registry, f.model, f.alias));
        if (now != f.to && now != f.from)
            return aliasMoved(f, now, f.to);
        return {};
    };
    if (!f.target.isEmpty()) { // traffic first: it is what hurts
        PH_ASSIGN(const TargetPtr target, targetOf(parts, f.key()));
        if (!target)
            return notFound(QStringLiteral("The rollout target %1 is not configured any more.").arg(f.target));
        Step traffic;
        traffic.call = {QStringLiteral("SHIFT"), QStringLiteral("rollout %1").arg(f.target),
                        f.stableVersion ? QStringLiteral("all traffic back to v%1").arg(*f.stableVersion) : QStringLiteral("v%1 is taken out of service: nothing was served before it").arg(f.to),
                        QStringLiteral("promote again"), QStringLiteral("pilot rollouts abort %1").arg(f.model)};
        traffic.guard = aliasGuard;
        traffic.execute = [=] { return trafficBack(*target, f, reason); };
        traffic.readBack = [=]() -> Result<QJsonObject> {
            PH_ASSIGN(const RolloutStatus s, target->status());
            if (begun(s, f.to))
                return Error{ErrorKind::Conflict, QStringLiteral("%1 still serves v%2.").arg(f.target).arg(f.to), f.target, {}, {}};
            return rolloutState(s);
        };
        traffic.connection = deploymentOf(parts.workspace, f.key());
        out.steps.push_back(std::move(traffic));
    }
    Step alias;
    alias.call = {QStringLiteral("SET"), QStringLiteral("alias %1 on %2").arg(f.alias, f.model),
                  f.from ? QStringLiteral("v%1 → v%2").arg(f.to).arg(*f.from) : QStringLiteral("v%1 → deleted, as it was").arg(f.to), QStringLiteral("promote again"),
                  QStringLiteral("pilot undo %1").arg(f.request)};
    if (const QString exact = registry->commands({registry::Write::What::Alias, f.model, 0, f.alias, f.from, {}, false, stamp, {}}); !exact.isEmpty())
        alias.call.command = exact;
    alias.guard = aliasGuard;
    alias.execute = [=] { return setAlias(*registry, f.model, f.alias, f.to, f.from, stamp); };
    alias.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const auto now, aliasNow(*registry, f.model, f.alias));
        if (now != f.from)
            return aliasMoved(f, now, f.from);
        return aliasState(f.alias, now);
    };
    out.steps.push_back(std::move(alias));
    if (!f.stage.isEmpty())
        out.steps.push_back(stageBackStep(registry, f));
    if (f.setPrevious) {
        Step previous;
        previous.call = {QStringLiteral("SET"), QStringLiteral("alias %1 on %2").arg(Q(previousAlias), f.model),
                         f.previousBefore ? QStringLiteral("%1 → v%2").arg(versionText(f.from)).arg(*f.previousBefore) : QStringLiteral("%1 → deleted, as it was").arg(versionText(f.from)),
                         QStringLiteral("promote again"), {}};
        previous.execute = [=]() -> Result<void> {
            PH_ASSIGN(const auto now, aliasNow(*registry, f.model, Q(previousAlias)));
            if (now != f.from) // somebody gave it another meaning meanwhile: not ours to take away
                return {};
            return setAlias(*registry, f.model, Q(previousAlias), f.from, f.previousBefore, stamp);
        };
        previous.readBack = [=]() -> Result<QJsonObject> {
            PH_ASSIGN(const auto now, aliasNow(*registry, f.model, Q(previousAlias)));
            return aliasState(Q(previousAlias), now);
        };
        out.steps.push_back(std::move(previous));
    }
    return out;
}

} // namespace pilothouse::promotion
