// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/copy_version.h"

#include "core/base/hash.h"
#include "core/promotion/promotion_plan.h"
#include "core/workspace/environment.h"

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;
using operations::Operation;
using operations::Step;
using registry::Version;
using RegistryPtr = std::shared_ptr<registry::Registry>;

QJsonValue numberOrNull(std::optional<int> n) { return n ? QJsonValue(*n) : QJsonValue(); }
std::optional<int> numberFrom(const QJsonValue &v) { return v.isDouble() ? std::optional(v.toInt()) : std::nullopt; }
QString shown(std::optional<int> n) { return n ? QStringLiteral("v%1").arg(*n) : QStringLiteral("none"); }

/// What the steps of a copy share. `made` is filled by the first.
struct Copying {
    VersionCopy wish;
    RegistryPtr from, to;
    Version source;
    std::optional<int> aliasFrom;
    QString mark; ///< id of the operation that began it
    registry::Stamp stamp;
    std::shared_ptr<std::optional<int>> made = std::make_shared<std::optional<int>>();

    bool sameRegistry() const { return from == to; }
    QMap<QString, QString> tags() const {
        QMap<QString, QString> out;
        for (auto tag = source.tags.begin(); tag != source.tags.end(); ++tag)
            if (!tag.key().startsWith(Q("pilothouse."))) // approvals and such were given there, not here
                out.insert(tag.key(), tag.value());
        out.insert(copiedFromTag, copyLabel(wish));
        out.insert(madeByTag, mark);
        return out;
    }
    QJsonObject record() const {
        return {{Q("kind"), Q("copy-version")}, {Q("connection"), wish.toConnection}, {Q("model"), wish.toModel}, {Q("from_connection"), wish.fromConnection}, {Q("from_model"), wish.fromModel},
                {Q("from_version"), wish.version}, {Q("digest"), source.digest}, {Q("alias"), wish.alias}, {Q("alias_from"), numberOrNull(aliasFrom)}, {Q("mark"), mark}};
    }
};

VersionCopy wishFrom(const QJsonObject &r) {
    return {r.value(Q("from_connection")).toString(), r.value(Q("from_model")).toString(), r.value(Q("from_version")).toInt(), r.value(Q("connection")).toString(),
            r.value(Q("model")).toString(), r.value(Q("alias")).toString()};
}

Result<std::optional<int>> markedVersion(registry::Registry &registry, const QString &model, const QString &mark) {
    PH_ASSIGN(const auto versions, registry.versions(model));
    for (const Version &v : versions)
        if (!mark.isEmpty() && v.tags.value(madeByTag) == mark)
            return std::optional(v.version);
    return std::optional<int>();
}

/// What the journal saw, or what carries the operation's mark.
Result<std::optional<int>> madeVersion(registry::Registry &registry, const operations::RecordedOperation &recorded) {
    for (const QJsonValue &seen : recorded.after)
        if (const QJsonObject o = seen.toObject(); o.contains(Q("version")) && o.contains(Q("digest")))
            return numberFrom(o.value(Q("version")));
    return markedVersion(registry, recorded.undoRecord.value(Q("model")).toString(), recorded.undoRecord.value(Q("mark")).toString());
}

Step copyStep(const Copying &c) {
    Step step;
    const VersionCopy &w = c.wish;
    registry::Write write{registry::Write::What::Copy, w.fromModel, w.version, w.toModel, {}, {}, false, c.stamp, c.tags()};
    step.call = {QStringLiteral("COPY"), QStringLiteral("version of %1").arg(w.toModel), QStringLiteral("the next number, as %1").arg(copyLabel(w)), QStringLiteral("the version is deleted"),
                 c.sameRegistry() ? c.to->commands(write) : QString()};
    if (step.call.command.isEmpty()) {
        step.call.command = QStringLiteral("pilot registry copy %1 %2 --to %3").arg(w.fromModel).arg(w.version).arg(w.toModel);
        for (const auto &[option, connection] : {std::pair("--connection", w.fromConnection), std::pair("--to-connection", w.toConnection)})
            if (!connection.isEmpty())
                step.call.command += QStringLiteral(" %1 %2").arg(Q(option), connection);
    }
    step.guard = [c]() -> Result<void> {
        PH_ASSIGN(const Version now, c.from->version(c.wish.fromModel, c.wish.version));
        if (now.digest != c.source.digest)
            return Error{ErrorKind::Conflict, QStringLiteral("%1 version %2 is not what it was when the plan was made.").arg(c.wish.fromModel).arg(c.wish.version), {}, QStringLiteral("Nothing was sent. Look again."), {}};
        return {};
    };
    step.execute = [c]() -> Result<void> {
        if (*c.made) // of the operation that this one goes on with
            return {};
        if (c.sameRegistry()) {
            PH_ASSIGN(const Version made, c.to->copyVersion(c.source, c.wish.toModel, c.stamp.by, c.tags()));
            *c.made = made.version;
            return {};
        }
        PH_ASSIGN(const QString folder, c.from->packageFolder(c.source));
        PH_ASSIGN(const Version made, c.to->registerTagged(c.wish.toModel, folder, c.source.runId, c.stamp.by, {{madeByTag, c.mark}})); // by the mark it is found, whatever comes next
        *c.made = made.version;
        return {};
    };
    step.readBack = [c]() -> Result<QJsonObject> {
        PH_ASSIGN(const Version seen, c.to->version(c.wish.toModel, c.made->value_or(0)));
        if (!c.source.digest.isEmpty() && seen.digest != c.source.digest)
            return Error{ErrorKind::Conflict, QStringLiteral("%1 version %2 is not what was copied.").arg(seen.model).arg(seen.version), seen.source, {}, {}};
        return QJsonObject{{Q("model"), seen.model}, {Q("version"), seen.version}, {Q("digest"), seen.digest}};
    };
    step.undo = [c] { return c.to->deleteVersion(c.wish.toModel, c.made->value_or(0)); };
    return step;
}

/// What a copy within one registry sets in the same call.
Step describeStep(const Copying &c) {
    Step step;
    step.call = {QStringLiteral("SET"), QStringLiteral("tags of the copy in %1").arg(c.wish.toModel), c.tags().keys().join(QStringLiteral(", ")) + (c.source.description.isEmpty() ? QString() : QStringLiteral(", description")),
                 QStringLiteral("they go with the version"), {}};
    step.execute = [c]() -> Result<void> {
        const QMap<QString, QString> tags = c.tags();
        PH_ASSIGN(const Version now, c.to->version(c.wish.toModel, c.made->value_or(0)));
        for (auto tag = tags.begin(); tag != tags.end(); ++tag)
            if (now.tags.value(tag.key()) != tag.value() || !now.tags.contains(tag.key()))
                PH_TRY(c.to->setVersionTag(c.wish.toModel, c.made->value_or(0), tag.key(), tag.value()));
        return c.source.description.isEmpty() || c.source.description == now.description ? Result<void>() : c.to->setDescription(c.wish.toModel, c.made->value_or(0), c.source.description);
    };
    step.readBack = [c]() -> Result<QJsonObject> {
        PH_ASSIGN(const Version seen, c.to->version(c.wish.toModel, c.made->value_or(0)));
        return QJsonObject{{Q("copied_from"), seen.tags.value(copiedFromTag)}};
    };
    step.undo = []() -> Result<void> { return {}; };
    return step;
}

Step aliasStep(const Copying &c) {
    const VersionCopy &w = c.wish;
    Step step;
    step.call = {QStringLiteral("SET"), QStringLiteral("alias %1 on %2").arg(w.alias, w.toModel), QStringLiteral("%1 → the copy").arg(shown(c.aliasFrom)),
                 c.aliasFrom ? QStringLiteral("back to %1; the copy stays, as it was used").arg(shown(c.aliasFrom)) : QStringLiteral("the alias is deleted; the copy stays, as it was used"),
                 QStringLiteral("pilot registry alias %1 %2 VERSION%3").arg(w.toModel, w.alias, w.toConnection.isEmpty() ? QString() : QStringLiteral(" --connection ") + w.toConnection)};
    step.guard = [c]() -> Result<void> {
        PH_ASSIGN(const auto now, aliasNow(*c.to, c.wish.toModel, c.wish.alias));
        if (now != c.aliasFrom && !(now && now == *c.made))
            return Error{ErrorKind::Conflict, QStringLiteral("The alias %1 of %2 is %3 now, not %4.").arg(c.wish.alias, c.wish.toModel, shown(now), shown(c.aliasFrom)), {}, QStringLiteral("Nothing was sent. Look again."), {}};
        return {};
    };
    step.execute = [c]() -> Result<void> {
        PH_ASSIGN(const auto now, aliasNow(*c.to, c.wish.toModel, c.wish.alias));
        return now == *c.made ? Result<void>() : c.to->moveAlias(c.wish.toModel, c.wish.alias, c.aliasFrom, *c.made, c.stamp);
    };
    step.readBack = [c]() -> Result<QJsonObject> {
        PH_ASSIGN(const auto now, aliasNow(*c.to, c.wish.toModel, c.wish.alias));
        if (now != *c.made)
            return Error{ErrorKind::Conflict, QStringLiteral("The alias %1 of %2 is %3, not %4.").arg(c.wish.alias, c.wish.toModel, shown(now), shown(*c.made)), {}, {}, {}};
        return QJsonObject{{Q("alias"), c.wish.alias}, {Q("version"), numberOrNull(now)}};
    };
    step.undo = [c] { return c.to->moveAlias(c.wish.toModel, c.wish.alias, *c.made, c.aliasFrom, c.stamp); };
    return step;
}

Operation operationOf(Copying c, const QString &id) {
    Operation o;
    o.id = id;
    o.kind = QStringLiteral("copy-version");
    o.object = QStringLiteral("model ") + c.wish.toModel;
    o.summary = QStringLiteral("Copy %1 to %2%3").arg(copyLabel(c.wish), c.wish.toModel, c.wish.alias.isEmpty() ? QString() : QStringLiteral(" as %1").arg(c.wish.alias));
    o.connection = c.wish.toConnection;
    if (!c.wish.alias.isEmpty())
        o.before = {{c.wish.alias, numberOrNull(c.aliasFrom)}};
    o.undoRecord = c.record();
    o.details = {{Q("from"), copyLabel(c.wish)}, {Q("digest"), c.source.digest}};
    o.steps.push_back(copyStep(c));
    if (!c.sameRegistry())
        o.steps.push_back(describeStep(c));
    if (!c.wish.alias.isEmpty())
        o.steps.push_back(aliasStep(c));
    return o;
}

Result<Copying> copying(const RegistryOf &registries, const VersionCopy &wish) {
    Copying c;
    c.wish = wish;
    PH_ASSIGN(c.from, registries(wish.fromConnection));
    PH_ASSIGN(c.to, registries(wish.toConnection));
    PH_ASSIGN(c.source, c.from->version(wish.fromModel, wish.version));
    return c;
}

} // namespace

QString copyLabel(const VersionCopy &copy) {
    const QString plain = QStringLiteral("%1/%2").arg(copy.fromModel).arg(copy.version);
    if (copy.fromConnection == copy.toConnection)
        return plain;
    return (copy.fromConnection.isEmpty() ? QStringLiteral("local") : copy.fromConnection) + QLatin1Char(':') + plain;
}

Result<std::optional<Version>> existingCopy(registry::Registry &registry, const VersionCopy &copy, const QString &digest) {
    PH_ASSIGN(const auto versions, registry.versions(copy.toModel));
    for (const Version &v : versions)
        if (v.tags.value(copiedFromTag) == copyLabel(copy) && v.digest == digest)
            return std::optional(v);
    return std::optional<Version>();
}

Result<Operation> copyVersionOperation(const RegistryOf &registries, const workspace::Workspace &workspace, const VersionCopy &copy, const operations::Actor &actor) {
    PH_TRY(registry::checkModelName(copy.toModel));
    PH_ASSIGN(Copying c, copying(registries, copy));
    if (c.sameRegistry() && copy.fromModel == copy.toModel)
        return refused(QStringLiteral("%1 cannot be copied to itself.").arg(copy.fromModel), {}, QStringLiteral("Name another model with --to, or another registry with --to-connection."));
    const QString id = QStringLiteral("op-") + randomHex(6);
    c.mark = id;
    c.stamp = {actor.name, id};
    if (!copy.alias.isEmpty()) {
        PH_TRY(registry::checkAliasName(copy.alias));
        if (workspace::movedByPromotion(workspace, copy.toModel, copy.alias))
            return refused(QStringLiteral("%1 of %2 moves by a promotion, with its evidence and approvals.").arg(copy.alias, copy.toModel), {}, QStringLiteral("Copy it without --alias, then: pilot promote %1 VERSION.").arg(copy.toModel));
        PH_ASSIGN(c.aliasFrom, aliasNow(*c.to, copy.toModel, copy.alias));
    }
    return operationOf(std::move(c), id);
}

bool makesVersion(const operations::RecordedOperation &recorded) {
    const QString kind = recorded.undoRecord.value(Q("kind")).toString();
    return kind == Q("register") || kind == Q("copy-version");
}

Result<Operation> continueCopyOperation(const RegistryOf &registries, const operations::RecordedOperation &recorded, const operations::Actor &actor) {
    PH_ASSIGN(Copying c, copying(registries, wishFrom(recorded.undoRecord)));
    if (c.source.digest != recorded.undoRecord.value(Q("digest")).toString())
        return Error{ErrorKind::Conflict, QStringLiteral("%1 version %2 is not what was to be copied any more.").arg(c.wish.fromModel).arg(c.wish.version), {}, QStringLiteral("Undo it: pilot undo %1.").arg(recorded.id), {}};
    c.aliasFrom = numberFrom(recorded.undoRecord.value(Q("alias_from")));
    c.mark = recorded.undoRecord.value(Q("mark")).toString();
    PH_ASSIGN(*c.made, madeVersion(*c.to, recorded));
    const QString id = QStringLiteral("op-") + randomHex(6);
    c.stamp = {actor.name, id};
    Operation o = operationOf(std::move(c), id);
    o.summary += QStringLiteral(" (going on after a failure)");
    o.details.insert(Q("continues"), recorded.id);
    return o;
}

Result<Operation> undoMadeVersionOperation(const RegistryOf &registries, const operations::RecordedOperation &recorded, const operations::Actor &actor) {
    const QJsonObject r = recorded.undoRecord;
    const QString model = r.value(Q("model")).toString(), alias = r.value(Q("alias")).toString(), connection = r.value(Q("connection")).toString(), digest = r.value(Q("digest")).toString();
    PH_ASSIGN(const RegistryPtr registry, registries(connection));
    PH_ASSIGN(const auto made, madeVersion(*registry, recorded));
    if (!made)
        return refused(QStringLiteral("Operation %1 made no version of %2: there is nothing to undo.").arg(recorded.id, model));
    Operation o;
    o.id = QStringLiteral("op-") + randomHex(6);
    o.object = QStringLiteral("model ") + model;
    o.connection = connection;
    o.details = {{Q("undoes"), recorded.id}};
    Step step;
    std::optional<int> aliasAt;
    if (!alias.isEmpty()) {
        PH_ASSIGN(aliasAt, aliasNow(*registry, model, alias));
    }
    if (aliasAt && aliasAt == made) {
        const auto back = numberFrom(r.value(Q("alias_from")));
        o.kind = QStringLiteral("set-alias");
        o.summary = QStringLiteral("Put the alias %1 of %2 back to %3; version %4 stays, as it was used").arg(alias, model, shown(back)).arg(*made);
        const registry::Stamp stamp{actor.name, o.id};
        registry::Write write{registry::Write::What::Alias, model, 0, alias, back, {}, false, stamp, {}};
        step.call = {QStringLiteral("SET"), QStringLiteral("alias %1 on %2").arg(alias, model), QStringLiteral("%1 → %2").arg(shown(made), shown(back)), QStringLiteral("back to %1").arg(shown(made)), registry->commands(write)};
        step.execute = [=] { return registry->moveAlias(model, alias, made, back, stamp); };
        step.readBack = [=]() -> Result<QJsonObject> {
            PH_ASSIGN(const auto now, aliasNow(*registry, model, alias));
            return QJsonObject{{Q("alias"), alias}, {Q("version"), numberOrNull(now)}};
        };
        step.undo = [=] { return registry->moveAlias(model, alias, back, made, stamp); };
        o.steps.push_back(std::move(step));
        return o;
    }
    o.kind = QStringLiteral("delete-version");
    o.summary = QStringLiteral("Delete %1 version %2, which %3 made").arg(model).arg(*made).arg(recorded.id);
    PH_ASSIGN(const Version there, registry->version(model, *made));
    o.before = {{Q("version"), there.version}, {Q("digest"), there.digest}, {Q("run"), there.runId}, {Q("source"), there.source}};
    const registry::Write write{registry::Write::What::Delete, model, *made, {}, {}, {}, false, {}, {}};
    step.call = {QStringLiteral("DELETE"), QStringLiteral("version %1 of %2").arg(*made).arg(model), QStringLiteral("it is gone, with its tags"), {}, registry->commands(write)};
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const Version now, registry->version(model, *made));
        if (now.digest != digest)
            return Error{ErrorKind::Conflict, QStringLiteral("%1 version %2 is not what %3 made.").arg(model).arg(*made).arg(recorded.id), {}, QStringLiteral("Nothing was sent. Look again."), {}};
        PH_ASSIGN(const auto registered, registry->model(model));
        for (const registry::Alias &a : registered ? registered->aliases : std::vector<registry::Alias>())
            if (a.version == *made)
                return Error{ErrorKind::Conflict, QStringLiteral("The alias %1 of %2 points to version %3.").arg(a.name, model).arg(*made), {}, QStringLiteral("Nothing was sent. Move it first."), {}};
        return {};
    };
    step.execute = [=] { return registry->deleteVersion(model, *made); };
    step.readBack = [=]() -> Result<QJsonObject> {
        const auto now = registry->version(model, *made);
        if (now)
            return Error{ErrorKind::Conflict, QStringLiteral("%1 version %2 is still there.").arg(model).arg(*made), {}, {}, {}};
        if (now.error().kind != ErrorKind::NotFound)
            return now.error();
        return QJsonObject{{Q("deleted"), *made}};
    };
    o.steps.push_back(std::move(step));
    return o;
}

} // namespace pilothouse::promotion
