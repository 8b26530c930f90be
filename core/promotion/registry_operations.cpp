// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/registry_operations.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/promotion/promotion_plan.h"

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;
using operations::Operation;
using operations::Step;
using RegistryPtr = std::shared_ptr<registry::Registry>;

Operation operationFor(const char *kind, const QString &model, const QString &summary, const QJsonObject &before, const QJsonObject &undoRecord) {
    Operation o;
    o.id = QStringLiteral("op-") + randomHex(6);
    o.kind = QLatin1String(kind);
    o.object = QStringLiteral("model ") + model;
    o.summary = summary;
    o.before = before;
    o.undoRecord = undoRecord;
    return o;
}

QJsonValue numberOrNull(std::optional<int> n) { return n ? QJsonValue(*n) : QJsonValue(); }
QJsonValue textOrNull(const std::optional<QString> &t) { return t ? QJsonValue(*t) : QJsonValue(); }
std::optional<int> numberFrom(const QJsonValue &v) { return v.isDouble() ? std::optional(v.toInt()) : std::nullopt; }
std::optional<QString> textFrom(const QJsonValue &v) { return v.isString() ? std::optional(v.toString()) : std::nullopt; }
QString shown(std::optional<int> n) { return n ? QStringLiteral("v%1").arg(*n) : QStringLiteral("none"); }
QString shown(const std::optional<QString> &t) { return t ? QStringLiteral("“%1”").arg(*t) : QStringLiteral("none"); }

std::optional<QString> tagOf(const registry::Version &v, const QString &key) {
    return v.tags.contains(key) ? std::optional(v.tags.value(key)) : std::nullopt;
}

/// One alias from → to.
Operation moveAliasOperation(const RegistryPtr &registry, const char *kind, const QString &model, const QString &alias, std::optional<int> from, std::optional<int> to, const QString &by) {
    Operation o = operationFor(kind, model, to ? QStringLiteral("Move the alias %1 of %2 to version %3").arg(alias, model).arg(*to) : QStringLiteral("Delete the alias %1 of %2").arg(alias, model),
                               {{Q("alias"), alias}, {Q("version"), numberOrNull(from)}},
                               {{Q("kind"), Q("set-alias")}, {Q("model"), model}, {Q("alias"), alias}, {Q("from"), numberOrNull(from)}, {Q("to"), numberOrNull(to)}});
    Step step;
    step.call = {QStringLiteral("SET"), QStringLiteral("alias %1 on %2").arg(alias, model), QStringLiteral("%1 → %2").arg(shown(from), shown(to)), QStringLiteral("back to %1").arg(shown(from)),
                 QStringLiteral("pilot registry alias %1 %2 %3").arg(model, alias, to ? QString::number(*to) : QStringLiteral("--delete"))};
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const auto now, aliasNow(*registry, model, alias));
        if (now != from)
            return Error{ErrorKind::Conflict, QStringLiteral("The alias %1 of %2 is %3 now, not %4.").arg(alias, model, shown(now), shown(from)), {}, QStringLiteral("Nothing was sent. Look again."), {}};
        return {};
    };
    const registry::Stamp stamp{by, o.id};
    step.execute = [=] { return registry->moveAlias(model, alias, from, to, stamp); };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const auto now, aliasNow(*registry, model, alias));
        return QJsonObject{{Q("alias"), alias}, {Q("version"), numberOrNull(now)}};
    };
    step.undo = [=] { return registry->moveAlias(model, alias, to, from, stamp); };
    o.steps.push_back(std::move(step));
    return o;
}

/// A text of a version (stage, tag, description) from → to.
Operation textOperation(const char *kind, const QString &model, int version, const QString &what, const std::optional<QString> &from, const std::optional<QString> &to,
                        const QJsonObject &undoRecord, std::function<Result<std::optional<QString>>()> now, std::function<Result<void>(const std::optional<QString> &)> set) {
    Operation o = operationFor(kind, model, QStringLiteral("Set %1 of %2 version %3 to %4").arg(what, model).arg(version).arg(shown(to)), {{what, textOrNull(from)}}, undoRecord);
    Step step;
    step.call = {QStringLiteral("SET"), QStringLiteral("%1 of %2 v%3").arg(what, model).arg(version), QStringLiteral("%1 → %2").arg(shown(from), shown(to)), QStringLiteral("back to %1").arg(shown(from)), {}};
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const auto seen, now());
        if (seen != from)
            return Error{ErrorKind::Conflict, QStringLiteral("%1 of %2 v%3 is %4 now, not %5.").arg(what, model).arg(version).arg(shown(seen), shown(from)), {}, QStringLiteral("Nothing was sent. Look again."), {}};
        return {};
    };
    step.execute = [=] { return set(to); };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const auto seen, now());
        return QJsonObject{{what, textOrNull(seen)}};
    };
    step.undo = [=] { return set(from); };
    o.steps.push_back(std::move(step));
    return o;
}

QJsonObject textRecord(const char *kind, const QString &model, int version, const QString &key, const std::optional<QString> &from, const std::optional<QString> &to) {
    return {{Q("kind"), QLatin1String(kind)}, {Q("model"), model}, {Q("version"), version}, {Q("key"), key}, {Q("from"), textOrNull(from)}, {Q("to"), textOrNull(to)}};
}

Operation stageChange(const RegistryPtr &registry, const QString &model, int version, const QString &from, const QString &to, bool archive) {
    return textOperation("set-stage", model, version, QStringLiteral("stage"), from, to, textRecord("set-stage", model, version, {}, from, to),
                         [=]() -> Result<std::optional<QString>> {
                             PH_ASSIGN(const auto v, registry->version(model, version));
                             return std::optional(v.stage);
                         },
                         [=](const std::optional<QString> &stage) { return registry->setStage(model, version, *stage, archive); });
}

Operation tagChange(const RegistryPtr &registry, const QString &model, int version, const QString &key, const std::optional<QString> &from, const std::optional<QString> &to) {
    return textOperation("set-tag", model, version, QStringLiteral("tag “%1”").arg(key), from, to, textRecord("set-tag", model, version, key, from, to),
                         [=]() -> Result<std::optional<QString>> {
                             PH_ASSIGN(const auto v, registry->version(model, version));
                             return tagOf(v, key);
                         },
                         [=](const std::optional<QString> &value) { return registry->setVersionTag(model, version, key, value); });
}

Operation descriptionChange(const RegistryPtr &registry, const QString &model, int version, const QString &from, const QString &to) {
    return textOperation("set-description", model, version, QStringLiteral("description"), from, to, textRecord("set-description", model, version, {}, from, to),
                         [=]() -> Result<std::optional<QString>> {
                             PH_ASSIGN(const auto v, registry->version(model, version));
                             return std::optional(v.description);
                         },
                         [=](const std::optional<QString> &text) { return registry->setDescription(model, version, *text); });
}

} // namespace

Result<Operation> aliasOperation(RegistryPtr registry, const workspace::Workspace &workspace, const registry::ModelKey &key, const QString &alias, std::optional<int> to, const operations::Actor &actor) {
    PH_TRY(registry::checkAliasName(alias));
    const QString &model = key.name;
    const workspace::Model *owner = ownerOf(workspace, key);
    const bool champion = owner && owner->registry.champion == alias;
    if (champion && to)
        return refused(QStringLiteral("%1 is the champion of %2: it moves by a promotion, with its evidence and approvals.").arg(alias, model), {},
                       QStringLiteral("Run: pilot promote %1 %2").arg(model).arg(*to));
    if (to) {
        PH_ASSIGN(const auto there, registry->version(model, *to));
    }
    PH_ASSIGN(const auto from, aliasNow(*registry, model, alias));
    if (!to && !from)
        return notFound(QStringLiteral("“%1” has no alias “%2”.").arg(model, alias));
    Operation o = moveAliasOperation(registry, "set-alias", model, alias, from, to, actor.name);
    if (champion)
        o.needs = workspace::Role::Approver;
    return o;
}

Result<Operation> stageOperation(RegistryPtr registry, const QString &model, int version, const QString &stage, bool archiveExisting) {
    PH_ASSIGN(const auto v, registry->version(model, version));
    Operation o = stageChange(registry, model, version, v.stage, stage, archiveExisting);
    if (archiveExisting)
        o.steps.front().call.undo += QStringLiteral("; versions archived by it stay archived");
    return o;
}

Result<Operation> tagOperation(RegistryPtr registry, const QString &model, int version, const QString &key, std::optional<QString> value) {
    PH_ASSIGN(const auto v, registry->version(model, version));
    return tagChange(registry, model, version, key, tagOf(v, key), value);
}

Result<Operation> descriptionOperation(RegistryPtr registry, const QString &model, int version, const QString &text) {
    PH_ASSIGN(const auto v, registry->version(model, version));
    return descriptionChange(registry, model, version, v.description, text);
}

Result<Operation> undoRegistryOperation(RegistryPtr registry, const operations::Journal &journal, const QString &operationId, const operations::Actor &actor) {
    PH_ASSIGN(const auto recorded, operations::recordedOperation(journal, operationId));
    const QJsonObject r = recorded.undoRecord;
    const QString kind = r.value(Q("kind")).toString(), model = r.value(Q("model")).toString(), key = r.value(Q("key")).toString();
    const int version = r.value(Q("version")).toInt();
    if (recorded.phase != Q("done"))
        return refused(QStringLiteral("Operation %1 is %2: there is nothing to undo.").arg(operationId, recorded.phase));
    const auto from = textFrom(r.value(Q("from"))), to = textFrom(r.value(Q("to")));
    Operation o;
    if (kind == Q("set-alias"))
        o = moveAliasOperation(registry, "set-alias", model, r.value(Q("alias")).toString(), numberFrom(r.value(Q("to"))), numberFrom(r.value(Q("from"))), actor.name);
    else if (kind == Q("set-stage"))
        o = stageChange(registry, model, version, to.value_or(QString()), from.value_or(QString()), false);
    else if (kind == Q("set-tag"))
        o = tagChange(registry, model, version, key, to, from);
    else if (kind == Q("set-description"))
        o = descriptionChange(registry, model, version, to.value_or(QString()), from.value_or(QString()));
    else
        return refused(QStringLiteral("Operation %1 (%2) cannot be undone.").arg(operationId, recorded.kind));
    o.details.insert(Q("undoes"), operationId);
    return o;
}

} // namespace pilothouse::promotion
