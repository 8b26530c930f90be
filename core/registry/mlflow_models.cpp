// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/mlflow_registry_internal.h"

#include <algorithm>

namespace pilothouse::registry {

namespace {

constexpr int pageSize = 1000; ///< hosted servers allow no more
const QString promptTag = QStringLiteral("mlflow.prompt.is_prompt");

QUrlQuery named(const QString &name) {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("name"), name);
    return query;
}

QUrlQuery numbered(const QString &model, int version) {
    QUrlQuery query = named(model);
    query.addQueryItem(QStringLiteral("version"), QString::number(version));
    return query;
}

QJsonObject versionKey(const QString &model, int version) { return {{QStringLiteral("name"), model}, {QStringLiteral("version"), QString::number(version)}}; }

Result<void> done(const Result<QJsonObject> &reply) { return reply ? Result<void>() : Result<void>(reply.error()); }

bool isPrompt(const QJsonObject &model) { return mlflowPairs(model.value(QLatin1String("tags"))).value(promptTag).compare(QLatin1String("true"), Qt::CaseInsensitive) == 0; }

} // namespace

QDateTime mlflowTime(const QJsonValue &milliseconds) {
    const qint64 time = mlflowInteger(milliseconds);
    return time == 0 ? QDateTime() : QDateTime::fromMSecsSinceEpoch(time, Qt::UTC);
}

Result<QString> mlflowQuoted(const QString &text) {
    if (!text.contains(QLatin1Char('\'')))
        return QLatin1Char('\'') + text + QLatin1Char('\'');
    if (!text.contains(QLatin1Char('"')))
        return QLatin1Char('"') + text + QLatin1Char('"');
    return invalid(QStringLiteral("“%1” cannot be searched: MLflow's filters have no way to write both kinds of quotation marks.").arg(text.left(140)));
}

RegisteredModel mlflowModel(const QJsonObject &json) {
    RegisteredModel model;
    model.name = json.value(QLatin1String("name")).toString();
    model.description = json.value(QLatin1String("description")).toString();
    model.created = mlflowTime(json.value(QLatin1String("creation_timestamp")));
    model.updated = mlflowTime(json.value(QLatin1String("last_updated_timestamp")));
    model.tags = mlflowPairs(json.value(QLatin1String("tags")));
    for (const QJsonValue &alias : json.value(QLatin1String("aliases")).toArray())
        model.aliases.push_back({alias[QLatin1String("alias")].toString(), int(mlflowInteger(alias[QLatin1String("version")]))});
    std::sort(model.aliases.begin(), model.aliases.end(), [](const Alias &a, const Alias &b) { return a.name < b.name; });
    for (const QJsonValue &latest : json.value(QLatin1String("latest_versions")).toArray()) // the newest of each stage
        model.latestVersion = std::max(model.latestVersion, int(mlflowInteger(latest[QLatin1String("version")])));
    return model;
}

Version mlflowVersion(const QJsonObject &json) {
    Version version;
    version.model = json.value(QLatin1String("name")).toString();
    version.version = int(mlflowInteger(json.value(QLatin1String("version"))));
    version.runId = json.value(QLatin1String("run_id")).toString();
    version.source = json.value(QLatin1String("source")).toString();
    version.description = json.value(QLatin1String("description")).toString();
    version.stage = json.value(QLatin1String("current_stage")).toString();
    if (version.stage.isEmpty()) // servers without stages leave it out
        version.stage = QStringLiteral("None");
    version.tags = mlflowPairs(json.value(QLatin1String("tags")));
    version.digest = version.tags.take(digestTag);
    version.user = version.tags.take(userTag);
    if (version.user.isEmpty())
        version.user = json.value(QLatin1String("user_id")).toString();
    for (const QJsonValue &alias : json.value(QLatin1String("aliases")).toArray())
        version.aliases += alias.toString();
    version.aliases.sort();
    version.created = mlflowTime(json.value(QLatin1String("creation_timestamp")));
    return version;
}

Result<std::vector<RegisteredModel>> MlflowRegistry::models() const {
    std::vector<RegisteredModel> out;
    const auto page = [&](const QString &token) {
        QUrlQuery query;
        query.addQueryItem(QStringLiteral("max_results"), QString::number(pageSize));
        if (!token.isEmpty())
            query.addQueryItem(QStringLiteral("page_token"), token);
        return m_api.get(QStringLiteral("registered-models/search"), query);
    };
    PH_TRY(MlflowApi::eachItem(page, "registered_models", [&](const QJsonObject &json) {
        if (!isPrompt(json))
            out.push_back(mlflowModel(json));
        return true;
    }));
    std::sort(out.begin(), out.end(), [](const RegisteredModel &a, const RegisteredModel &b) { return a.name < b.name; });
    return out;
}

Result<QJsonObject> MlflowRegistry::readModel(const QString &name) const {
    PH_ASSIGN(const QJsonObject reply, m_api.get(QStringLiteral("registered-models/get"), named(name)));
    return reply.value(QLatin1String("registered_model")).toObject();
}

Result<std::optional<RegisteredModel>> MlflowRegistry::model(const QString &name) const {
    const auto found = readModel(name);
    if (!found && found.error().kind == ErrorKind::NotFound)
        return std::optional<RegisteredModel>();
    if (!found)
        return found.error();
    return isPrompt(*found) ? std::optional<RegisteredModel>() : std::optional<RegisteredModel>(mlflowModel(*found));
}

Result<std::vector<Version>> MlflowRegistry::versions(const QString &name) const {
    PH_ASSIGN(const auto registered, model(name));
    std::vector<Version> out;
    if (!registered)
        return out;
    PH_ASSIGN(const QString quoted, mlflowQuoted(name));
    PH_ASSIGN(out, searchVersions(QStringLiteral("name=") + quoted));
    for (const Alias &alias : registered->aliases) // the search does not tell them
        for (Version &version : out)
            if (version.version == alias.version && !version.aliases.contains(alias.name))
                version.aliases += alias.name;
    return out;
}

Result<std::vector<Version>> MlflowRegistry::versionsTagged(const QString &name, const QString &key, const QString &value) const {
    PH_ASSIGN(const QString quoted, mlflowQuoted(name));
    PH_ASSIGN(const QString wanted, mlflowQuoted(value));
    return searchVersions(QStringLiteral("name=%1 AND tags.`%2`=%3").arg(quoted, key, wanted));
}

Result<std::vector<Version>> MlflowRegistry::searchVersions(const QString &filter) const {
    std::vector<Version> out;
    const auto page = [&](const QString &token) {
        QUrlQuery query;
        query.addQueryItem(QStringLiteral("filter"), filter);
        query.addQueryItem(QStringLiteral("max_results"), QString::number(pageSize));
        if (!token.isEmpty())
            query.addQueryItem(QStringLiteral("page_token"), token);
        return m_api.get(QStringLiteral("model-versions/search"), query);
    };
    PH_TRY(MlflowApi::eachItem(page, "model_versions", [&](const QJsonObject &json) {
        out.push_back(mlflowVersion(json));
        return true;
    }));
    std::sort(out.begin(), out.end(), [](const Version &a, const Version &b) { return a.version > b.version; });
    return out;
}

Result<Version> MlflowRegistry::version(const QString &model, int version) const {
    auto reply = m_api.get(QStringLiteral("model-versions/get"), numbered(model, version));
    if (!reply && reply.error().kind == ErrorKind::NotFound)
        return notFound(QStringLiteral("%1 has no version %2 of “%3”.").arg(source()).arg(version).arg(model));
    if (!reply)
        return reply.error();
    return mlflowVersion(reply->value(QLatin1String("model_version")).toObject());
}

Result<Version> MlflowRegistry::versionByAlias(const QString &name, const QString &alias) const {
    QUrlQuery query = named(name);
    query.addQueryItem(QStringLiteral("alias"), alias);
    auto reply = m_api.get(QStringLiteral("registered-models/alias"), query);
    if (reply)
        return mlflowVersion(reply->value(QLatin1String("model_version")).toObject());
    // A missing alias is INVALID_PARAMETER_VALUE there, as a name that cannot be one is.
    if (reply.error().kind == ErrorKind::NotFound || reply.error().what.contains(QLatin1String("not found")))
        return notFound(QStringLiteral("“%1” has no alias “%2” on %3.").arg(name, alias, source()));
    return reply.error();
}

Result<void> MlflowRegistry::setStage(const QString &model, int version, const QString &stage, bool archiveExisting) {
    PH_TRY(checkStageName(stage));
    QJsonObject body = versionKey(model, version);
    body.insert(QStringLiteral("stage"), stage);
    // Always said: its default is another one on MLflow's own page. It is refused for the stages that nobody serves.
    body.insert(QStringLiteral("archive_existing_versions"), archiveExisting && stage != QLatin1String("None") && stage != QLatin1String("Archived"));
    return done(m_api.send("POST", QStringLiteral("model-versions/transition-stage"), body));
}

Result<void> MlflowRegistry::setVersionTag(const QString &model, int version, const QString &key, std::optional<QString> value) {
    PH_TRY(checkTagKey(key));
    QJsonObject body = versionKey(model, version);
    body.insert(QStringLiteral("key"), key);
    if (!value)
        return done(m_api.send("DELETE", QStringLiteral("model-versions/delete-tag"), body));
    body.insert(QStringLiteral("value"), *value);
    return done(m_api.send("POST", QStringLiteral("model-versions/set-tag"), body));
}

Result<void> MlflowRegistry::setDescription(const QString &model, int version, const QString &text) {
    QJsonObject body = versionKey(model, version);
    body.insert(QStringLiteral("description"), text);
    return done(m_api.send("PATCH", QStringLiteral("model-versions/update"), body));
}

} // namespace pilothouse::registry
