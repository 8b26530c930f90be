// SPDX-License-Identifier: GPL-3.0-or-later
// Aliases on MLflow: it moves them without asking and keeps no history, so both are done here.
#include "core/registry/mlflow_calls.h"
#include "core/registry/mlflow_registry_internal.h"

#include "core/base/json.h"

#include <QJsonDocument>

#include <algorithm>

namespace pilothouse::registry {

namespace {

QString pointsTo(std::optional<int> version) { return version ? QStringLiteral("points to version %1").arg(*version) : QStringLiteral("does not exist"); }

Error moved(const QString &model, const QString &alias, std::optional<int> now, std::optional<int> expected, const QString &hint) {
    return Error{ErrorKind::Conflict, QStringLiteral("The alias “%1” of “%2” %3 now; it was expected that it %4.").arg(alias, model, pointsTo(now), pointsTo(expected)), {}, hint, {}};
}

std::optional<int> aliasOf(const RegisteredModel &model, const QString &name) {
    const auto found = std::find_if(model.aliases.begin(), model.aliases.end(), [&](const Alias &a) { return a.name == name; });
    return found == model.aliases.end() ? std::nullopt : std::optional<int>(found->version);
}

} // namespace

Result<std::optional<int>> MlflowRegistry::aliasNow(const QString &name, const QString &alias) const {
    PH_ASSIGN(const auto registered, model(name));
    return registered ? aliasOf(*registered, alias) : std::optional<int>();
}

Result<void> MlflowRegistry::moveAlias(const QString &name, const QString &alias, std::optional<int> expected, std::optional<int> to, const Stamp &stamp) {
    PH_TRY(checkAliasName(alias));
    if (to)
        PH_TRY(version(name, *to));
    PH_ASSIGN(const std::optional<int> before, aliasNow(name, alias));
    if (before != expected)
        return moved(name, alias, before, expected, QStringLiteral("Somebody moved it. Look again and decide anew; nothing was changed."));
    if (before == to)
        return {};
    PH_TRY(m_api.send(mlflowAliasCall(name, alias, to)));
    PH_ASSIGN(const std::optional<int> after, aliasNow(name, alias));
    if (after != to)
        return moved(name, alias, after, to, QStringLiteral("Somebody moved it in the same moment. Look again and decide anew."));
    PH_TRY(m_api.send(mlflowAliasHistoryCall(name, alias, to, stamp, QDateTime::currentDateTimeUtc())));
    return {};
}

Result<std::vector<AliasChange>> MlflowRegistry::aliasHistory(const QString &name, const QString &alias) const {
    PH_ASSIGN(const auto registered, model(name));
    std::vector<AliasChange> out;
    if (!registered)
        return out;
    const QString prefix = mlflowAliasHistoryPrefix(alias);
    for (auto tag = registered->tags.lowerBound(prefix); tag != registered->tags.end() && tag.key().startsWith(prefix); ++tag) {
        const QDateTime since = QDateTime::fromString(tag.key().mid(prefix.size()), Qt::ISODateWithMs);
        const QJsonObject json = QJsonDocument::fromJson(tag.value().toUtf8()).object();
        if (!since.isValid() || json.isEmpty())
            continue; // written by somebody else
        AliasChange change{name, alias, {}, since, json.value(QLatin1String("by")).toString(), json.value(QLatin1String("operation")).toString()};
        if (const QJsonValue version = json.value(QLatin1String("version")); version.isDouble())
            change.version = version.toInt();
        out.push_back(std::move(change));
    }
    std::stable_sort(out.begin(), out.end(), [](const AliasChange &a, const AliasChange &b) { return a.since > b.since; });
    // What MLflow says now, if it was changed by another way: since when is not known there but for the model's last change.
    const std::optional<int> now = aliasOf(*registered, alias), last = out.empty() ? std::nullopt : out.front().version;
    if (now != last)
        out.insert(out.begin(), AliasChange{name, alias, now, registered->updated, {}, {}});
    return out;
}

} // namespace pilothouse::registry
