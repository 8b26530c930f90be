// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/mlflow_calls.h"
#include "core/registry/mlflow_calls.h"
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

Result<void> done(const Result<QJsonObject> &reply) { return reply ? Result<void>() : Result<void>(reply.error()); }

/// For MlflowApi::ReadBack: an empty reply if it was done.
std::optional<QJsonObject> doneIf(bool done) { return done ? std::optional(QJsonObject()) : std::nullopt; }

/// Of a model or a version of one.
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
        model.aliases.push_back({alias[QLatin1String("alias")].toString(), mlflowVersionNumber(alias[QLatin1String("version")])});
    std::sort(model.aliases.begin(), model.aliases.end(), [](const Alias &a, const Alias &b) { return a.name < b.name; });
    for (const QJsonValue &latest : json.value(QLatin1String("latest_versions")).toArray()) // the newest of each stage
        model.latestVersion = std::max(model.latestVersion, mlflowVersionNumber(latest[QLatin1String("version")]));
    return model;
}

Version mlflowVersion(const QJsonObject &json) {
    Version version;
    version.model = json.value(QLatin1String("name")).toString();
    version.version = mlflowVersionNumber(json.value(QLatin1String("version")));
    version.runId = json.value(QLatin1String("run_id")).toString();
    version.source = json.value(QLatin1String("source")).toString();
    version.description = json.value(QLatin1String("description")).toString();
    version.stage = json.value(QLatin1String("current_stage")).toString();
    if (version.stage.isEmpty()) // servers without stages leave it out
        version.stage = QStringLiteral("None");
    version.tags = mlflowPairs(json.value(QLatin1String("tags")));
    version.digest = version.tags.take(digestTag);
    version.user = version.tags.take(userTag);
    version.tags.remove(callTag);
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
    return mlflowPart(reply, "registered_model");
}

Result<std::optional<RegisteredModel>> MlflowRegistry::model(const QString &name) const {
    const auto found = readModel(name);
    if (!found && found.error().kind == ErrorKind::NotFound)
        return std::optional<RegisteredModel>();
    if (!found)
        return found.error();
    return isPrompt(*found) ? std::optional<RegisteredModel>() : std::optional<RegisteredModel>(mlflowModel(*found));
}

/// The server's own page (10,000 there, less on hosted ones) is the quickest by far: it counts the rows before a page anew for each. What is too
/// long for it or for us comes in pieces.
Result<std::vector<QJsonObject>> MlflowRegistry::searchVersions(const QString &filter) const {
    auto got = searchVersions(filter, 0);
    if (!got && (got.error().kind == ErrorKind::TimedOut || got.error().kind == ErrorKind::Invalid))
        got = searchVersions(filter, pageSize);
    return got;
}

Result<std::vector<QJsonObject>> MlflowRegistry::searchVersions(const QString &filter, int pageSize) const {
    const auto page = [&](const QString &token) {
        QUrlQuery query;
        query.addQueryItem(QStringLiteral("filter"), filter);
        if (pageSize > 0)
            query.addQueryItem(QStringLiteral("max_results"), QString::number(pageSize));
        if (!token.isEmpty())
            query.addQueryItem(QStringLiteral("page_token"), token);
        return m_api.get(QStringLiteral("model-versions/search"), query);
    };
    std::vector<QJsonObject> out;
    PH_TRY(MlflowApi::eachItem(page, "model_versions", [&](const QJsonObject &json) {
        out.push_back(json);
        return true;
    }));
    return out;
}

Result<std::vector<Version>> MlflowRegistry::versions(const QString &name) const {
    PH_ASSIGN(const auto registered, model(name));
    std::vector<Version> out;
    if (!registered)
        return out;
    PH_ASSIGN(const QString quoted, mlflowQuoted(name));
    PH_ASSIGN(out, versionsFrom(searchVersions(QStringLiteral("name=") + quoted)));
    for (const Alias &alias : registered->aliases) // the search does not tell them
        for (Version &version : out)
            if (version.version == alias.version && !version.aliases.contains(alias.name))
                version.aliases += alias.name;
    return out;
}

Result<std::vector<Version>> MlflowRegistry::versionsTagged(const QString &name, const QString &key, const QString &value) const {
    PH_ASSIGN(const QString quoted, mlflowQuoted(name));
    PH_ASSIGN(const QString wanted, mlflowQuoted(value));
    return versionsFrom(searchVersions(QStringLiteral("name=%1 AND tags.`%2`=%3").arg(quoted, key, wanted)));
}

Result<std::vector<Version>> MlflowRegistry::versionsFrom(const Result<std::vector<QJsonObject>> &got) {
    if (!got)
        return got.error();
    std::vector<Version> out;
    for (const QJsonObject &json : *got)
        if (Version version = mlflowVersion(json); version.version > 0) // another number is none of MLflow's
            out.push_back(std::move(version));
    std::sort(out.begin(), out.end(), [](const Version &a, const Version &b) { return a.version > b.version; });
    return out;
}

Result<QJsonObject> MlflowRegistry::readVersion(const QString &model, int version) const {
    const auto reply = m_api.get(QStringLiteral("model-versions/get"), numbered(model, version));
    if (!reply && reply.error().kind != ErrorKind::NotFound)
        return reply.error();
    PH_ASSIGN(const QJsonObject json, reply ? mlflowPart(*reply, "model_version") : QJsonObject());
    if (!reply || isPrompt(json))
        return notFound(QStringLiteral("%1 has no version %2 of “%3”.").arg(source()).arg(version).arg(model), {}, QStringLiteral("See “pilot registry list” and “pilot registry show”."));
    return json;
}

Result<Version> MlflowRegistry::version(const QString &model, int version) const {
    PH_ASSIGN(const QJsonObject json, readVersion(model, version));
    Version found = mlflowVersion(json);
    if (found.version != version)
        return invalid(QStringLiteral("%1 was asked for version %2 of “%3” and gave another.").arg(source()).arg(version).arg(model), {}, QStringLiteral("Something between here and the server changes its answers."));
    return found;
}

Result<Version> MlflowRegistry::versionByAlias(const QString &name, const QString &alias) const {
    QUrlQuery query = named(name);
    query.addQueryItem(QStringLiteral("alias"), alias);
    auto reply = m_api.get(QStringLiteral("registered-models/alias"), query);
    if (reply) {
        PH_ASSIGN(const QJsonObject json, mlflowPart(*reply, "model_version"));
        Version found = mlflowVersion(json);
        if (found.version > 0 && !isPrompt(json))
            return found;
        if (found.version == 0)
            return invalid(QStringLiteral("%1 gave a version of “%2” without a number.").arg(source(), name), {}, QStringLiteral("Something between here and the server changes its answers."));
    }
    // A missing alias is INVALID_PARAMETER_VALUE there, as a name that cannot be one is.
    if (reply || reply.error().kind == ErrorKind::NotFound || reply.error().what.contains(QLatin1String("not found")))
        return notFound(QStringLiteral("“%1” has no alias “%2” on %3.").arg(name, alias, source()), {}, QStringLiteral("See “pilot registry show %1”.").arg(name));
    return reply.error();
}

Result<void> MlflowRegistry::setStage(const QString &model, int version, const QString &stage, bool archiveExisting) {
    PH_TRY(checkStageName(stage));
    return done(m_api.write(mlflowStageCall(model, version, stage, archiveExisting), [&]() -> Result<std::optional<QJsonObject>> {
        PH_ASSIGN(const auto all, versions(model));
        return doneIf(std::all_of(all.begin(), all.end(), [&](const Version &v) { return v.version == version ? v.stage == stage : !(archiveExisting && v.stage == stage); }));
    }));
}

Result<void> MlflowRegistry::setVersionTag(const QString &model, int version, const QString &key, std::optional<QString> value) {
    PH_TRY(checkTagKey(key));
    return done(m_api.write(mlflowVersionTagCall(model, version, key, value), [&]() -> Result<std::optional<QJsonObject>> {
        PH_ASSIGN(const QJsonObject json, readVersion(model, version));
        const auto tags = mlflowPairs(json.value(QLatin1String("tags")));
        return doneIf(value ? tags.contains(key) && tags.value(key) == *value : !tags.contains(key));
    }));
}

Result<void> MlflowRegistry::setDescription(const QString &model, int version, const QString &text) {
    return done(m_api.write(mlflowDescriptionCall(model, version, text), [&]() -> Result<std::optional<QJsonObject>> {
        PH_ASSIGN(const QJsonObject json, readVersion(model, version));
        return doneIf(json.value(QLatin1String("description")).toString() == text);
    }));
}

} // namespace pilothouse::registry
