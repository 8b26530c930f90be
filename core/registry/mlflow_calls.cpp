// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/mlflow_calls.h"

#include "core/base/hash.h"
#include "core/registry/mlflow_registry_internal.h"

#include <QJsonDocument>

namespace pilothouse::registry {

namespace {

QString word(const char *text) { return QString::fromLatin1(text); }
QJsonObject versionKey(const QString &model, int version) { return {{word("name"), model}, {word("version"), QString::number(version)}}; }

} // namespace

QString mlflowAliasHistoryPrefix(const QString &alias) { return QStringLiteral("pilothouse.alias.") + alias + QLatin1Char('.'); }

MlflowCall mlflowAliasCall(const QString &model, const QString &alias, std::optional<int> to) {
    QJsonObject body{{word("name"), model}, {word("alias"), alias}};
    if (to)
        body.insert(word("version"), QString::number(*to));
    return {to ? "POST" : "DELETE", word("registered-models/alias"), body};
}

MlflowCall mlflowAliasHistoryCall(const QString &model, const QString &alias, std::optional<int> to, const Stamp &stamp, const QDateTime &time) {
    const QJsonObject change{{word("version"), to ? QJsonValue(*to) : QJsonValue()}, {word("by"), stamp.by}, {word("operation"), stamp.operation}};
    return {"POST", word("registered-models/set-tag"),
            {{word("name"), model}, {word("key"), mlflowAliasHistoryPrefix(alias) + time.toUTC().toString(Qt::ISODateWithMs)},
             {word("value"), QString::fromUtf8(QJsonDocument(change).toJson(QJsonDocument::Compact))}}};
}

MlflowCall mlflowStageCall(const QString &model, int version, const QString &stage, bool archiveExisting) {
    QJsonObject body = versionKey(model, version);
    body.insert(word("stage"), stage);
    // Always said: its default is another one on MLflow's own page. It is refused for the stages that nobody serves.
    body.insert(word("archive_existing_versions"), archiveExisting && stage != QLatin1String("None") && stage != QLatin1String("Archived"));
    return {"POST", word("model-versions/transition-stage"), body};
}

MlflowCall mlflowVersionTagCall(const QString &model, int version, const QString &key, const std::optional<QString> &value) {
    QJsonObject body = versionKey(model, version);
    body.insert(word("key"), key);
    if (!value)
        return {"DELETE", word("model-versions/delete-tag"), body};
    body.insert(word("value"), *value);
    return {"POST", word("model-versions/set-tag"), body};
}

MlflowCall mlflowDescriptionCall(const QString &model, int version, const QString &text) {
    QJsonObject body = versionKey(model, version);
    body.insert(word("description"), text);
    return {"PATCH", word("model-versions/update"), body};
}

MlflowCall mlflowNewModelCall(const QString &model) { return {"POST", word("registered-models/create"), {{word("name"), model}}}; }

MlflowCall mlflowCopyCall(const Version &from, const QString &model, const QString &user, QMap<QString, QString> tags) {
    tags.insert(userTag, user);
    if (!from.digest.isEmpty())
        tags.insert(digestTag, from.digest);
    QJsonObject body{{word("name"), model}, {word("source"), QStringLiteral("models:/%1/%2").arg(from.model).arg(from.version)}, {word("run_id"), from.runId}, {word("tags"), mlflowPairs(tags)}};
    if (!from.description.isEmpty())
        body.insert(word("description"), from.description);
    return {"POST", word("model-versions/create"), body};
}

MlflowCall mlflowRegisterCall(const QString &model, const QString &runId, const RunModel &from, const QString &user, QMap<QString, QString> tags) {
    tags.insert(userTag, user);
    if (!from.digest.isEmpty())
        tags.insert(digestTag, from.digest);
    QJsonObject body{{word("name"), model}, {word("source"), from.source}, {word("run_id"), runId}, {word("tags"), mlflowPairs(tags)}};
    if (!from.id.isEmpty())
        body.insert(word("model_id"), from.id);
    return {"POST", word("model-versions/create"), body};
}

MlflowCall mlflowDeleteCall(const QString &model, int version) { return {"DELETE", word("model-versions/delete"), versionKey(model, version)}; }

Result<Version> MlflowRegistry::copyVersion(const Version &from, const QString &model, const QString &user, const QMap<QString, QString> &tags) {
    PH_TRY(checkModelName(model));
    PH_TRY(madeModel(model));
    const QString request = randomHex(16);
    QMap<QString, QString> all = tags;
    all.insert(callTag, request);
    PH_ASSIGN(const QJsonObject reply, m_api.write(mlflowCopyCall(from, model, user, all), [&] { return versionOfRequest(model, request); }));
    PH_ASSIGN(const QJsonObject json, mlflowPart(reply, "model_version"));
    return readyVersion(json);
}

Result<void> MlflowRegistry::deleteVersion(const QString &name, int number) {
    PH_ASSIGN(const Version there, version(name, number));
    PH_ASSIGN(const auto registered, model(name));
    if (!registered) // a prompt
        return notFound(QStringLiteral("%1 has no model “%2”.").arg(source(), name));
    for (const Alias &alias : registered->aliases)
        if (alias.version == number)
            return Error{ErrorKind::Conflict, QStringLiteral("The alias “%1” of “%2” points to version %3.").arg(alias.name, name).arg(number), {}, QStringLiteral("Move it first."), {}};
    const QString prefix = QStringLiteral("pilothouse.alias.");
    for (auto tag = registered->tags.lowerBound(prefix); tag != registered->tags.end() && tag.key().startsWith(prefix); ++tag)
        if (QJsonDocument::fromJson(tag.value().toUtf8()).object().value(QLatin1String("version")).toInt() == number)
            return Error{ErrorKind::Conflict, QStringLiteral("An alias of “%1” pointed to version %2: it is part of the history.").arg(name).arg(number), {}, QStringLiteral("It stays; set its stage to Archived instead."), {}};
    const auto done = m_api.write(mlflowDeleteCall(name, number), [&]() -> Result<std::optional<QJsonObject>> {
        const auto still = readVersion(name, number);
        if (still)
            return std::optional<QJsonObject>();
        return still.error().kind == ErrorKind::NotFound ? Result<std::optional<QJsonObject>>(QJsonObject()) : Result<std::optional<QJsonObject>>(still.error());
    });
    return done ? Result<void>() : Result<void>(done.error());
}

QString MlflowRegistry::commands(const Write &w) const {
    using What = Write::What;
    const auto line = [&](const MlflowCall &call) { return m_api.curl(call); };
    switch (w.what) {
    case What::Alias: return line(mlflowAliasCall(w.model, w.key, w.to)) + QLatin1Char('\n') + line(mlflowAliasHistoryCall(w.model, w.key, w.to, w.stamp, QDateTime::currentDateTimeUtc()));
    case What::Stage: return line(mlflowStageCall(w.model, w.version, w.value.value_or(QStringLiteral("None")), w.archiveExisting));
    case What::VersionTag: return line(mlflowVersionTagCall(w.model, w.version, w.key, w.value));
    case What::Description: return line(mlflowDescriptionCall(w.model, w.version, w.value.value_or(QString())));
    case What::Copy: {
        const auto from = version(w.model, w.version); // its run, digest and description are part of the call
        return from ? line(mlflowNewModelCall(w.key)) + QLatin1Char('\n') + line(mlflowCopyCall(*from, w.key, w.stamp.by, w.tags)) : QString();
    }
    case What::Register: return line(mlflowNewModelCall(w.model)) + QLatin1Char('\n') + line(mlflowRegisterCall(w.model, w.key, w.from, w.stamp.by, {}));
    case What::Delete: return line(mlflowDeleteCall(w.model, w.version));
    }
    return {};
}

} // namespace pilothouse::registry
