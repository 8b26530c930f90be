// SPDX-License-Identifier: GPL-3.0-or-later
// Aliases on MLflow: it moves them without asking and keeps no history, so both are done here.
//
// Two approvers at once. MLflow has no compare-and-set. Whoever moves an alias first writes a tag of their own (pilothouse.moving.<alias>.<random>)
// and then looks who else has: each write comes before its writer's look, so of two at once at least one sees the other, and whoever sees
// another gives way with a Conflict that names them. So of any number of Pilothouses at most one moves the alias, perhaps none, and none moves
// it from where it was not expected. Another tool takes no part in this: a move of its own between our last look and our write is overwritten
// and not seen; one after our write is seen by the read back (Conflict), as long as it comes before that.
#include "core/registry/mlflow_calls.h"
#include "core/registry/mlflow_registry_internal.h"

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/json.h"

#include <QJsonDocument>

#include <algorithm>
#include <cstdlib>

namespace pilothouse::registry {

namespace {

QString claimPrefix(const QString &alias) { return QStringLiteral("pilothouse.moving.") + alias + QLatin1Char('.'); }
constexpr int claimSeconds = 120; ///< after that a claim is one of a program that ended

QString pointsTo(std::optional<int> version) { return version ? QStringLiteral("points to version %1").arg(*version) : QStringLiteral("does not exist"); }

std::optional<int> aliasOf(const RegisteredModel &model, const QString &name) {
    const auto found = std::find_if(model.aliases.begin(), model.aliases.end(), [&](const Alias &a) { return a.name == name; });
    return found == model.aliases.end() ? std::nullopt : std::optional<int>(found->version);
}

/// The changes that were written with the model, newest first.
std::vector<AliasChange> changes(const RegisteredModel &model, const QString &alias) {
    std::vector<AliasChange> out;
    const QString prefix = mlflowAliasHistoryPrefix(alias);
    for (auto tag = model.tags.lowerBound(prefix); tag != model.tags.end() && tag.key().startsWith(prefix); ++tag) {
        const QDateTime since = QDateTime::fromString(tag.key().mid(prefix.size()), Qt::ISODateWithMs);
        const QJsonObject json = QJsonDocument::fromJson(tag.value().toUtf8()).object();
        if (!since.isValid() || json.isEmpty())
            continue; // written by somebody else
        AliasChange change{model.name, alias, {}, since, json.value(QLatin1String("by")).toString(), json.value(QLatin1String("operation")).toString()};
        if (const QJsonValue version = json.value(QLatin1String("version")); version.isDouble())
            change.version = version.toInt();
        out.push_back(std::move(change));
    }
    std::stable_sort(out.begin(), out.end(), [](const AliasChange &a, const AliasChange &b) { return a.since > b.since; });
    return out;
}

QStringList claims(const RegisteredModel &model, const QString &alias) {
    QStringList out;
    const QString prefix = claimPrefix(alias);
    for (auto tag = model.tags.lowerBound(prefix); tag != model.tags.end() && tag.key().startsWith(prefix); ++tag)
        if (!tag.key().mid(prefix.size()).contains(QLatin1Char('.')))
            out += tag.key();
    return out;
}

/// @param model as it was read with `now`: it tells who moved the alias, if that was one of us
Error moved(const std::optional<RegisteredModel> &model, const QString &name, const QString &alias, std::optional<int> now, std::optional<int> expected, const QString &hint) {
    QString who;
    if (const auto known = model ? changes(*model, alias) : std::vector<AliasChange>(); !known.empty() && known.front().version == now)
        who = QStringLiteral(" (%1, %2)").arg(known.front().by, known.front().operation);
    return Error{ErrorKind::Conflict, QStringLiteral("The alias “%1” of “%2” %3%4 now; it was expected that it %5.").arg(alias, name, pointsTo(now), who, pointsTo(expected)), {}, hint, {}};
}

QString stampText(const Stamp &stamp, QJsonObject more) {
    more.insert(QStringLiteral("by"), stamp.by);
    more.insert(QStringLiteral("operation"), stamp.operation);
    return QString::fromUtf8(QJsonDocument(more).toJson(QJsonDocument::Compact));
}

} // namespace

Result<std::optional<int>> MlflowRegistry::aliasNow(const QString &name, const QString &alias) const {
    PH_ASSIGN(const auto registered, model(name));
    return registered ? aliasOf(*registered, alias) : std::optional<int>();
}

Result<void> MlflowRegistry::setModelTag(const QString &name, const QString &key, const std::optional<QString> &value) const {
    QJsonObject body{{QStringLiteral("name"), name}, {QStringLiteral("key"), key}};
    if (value)
        body.insert(QStringLiteral("value"), *value);
    const auto done = m_api.write(value ? "POST" : "DELETE", value ? QStringLiteral("registered-models/set-tag") : QStringLiteral("registered-models/delete-tag"), body, [&]() -> Result<std::optional<QJsonObject>> {
        PH_ASSIGN(const auto registered, model(name));
        const bool there = registered && registered->tags.contains(key) && (!value || registered->tags.value(key) == *value);
        return there == value.has_value() ? std::optional(QJsonObject()) : std::nullopt;
    });
    return done ? Result<void>() : Result<void>(done.error());
}

/// DELETE or POST of the alias, looked for where the reply got lost.
Result<void> MlflowRegistry::setAlias(const QString &name, const QString &alias, std::optional<int> to) const {
    const auto done = m_api.write(mlflowAliasCall(name, alias, to), [&]() -> Result<std::optional<QJsonObject>> {
        PH_ASSIGN(const std::optional<int> now, aliasNow(name, alias));
        return now == to ? std::optional(QJsonObject()) : std::nullopt;
    });
    return done ? Result<void>() : Result<void>(done.error());
}

Result<void> MlflowRegistry::moveAlias(const QString &name, const QString &alias, std::optional<int> expected, std::optional<int> to, const Stamp &stamp) {
    PH_TRY(checkAliasName(alias));
    if (to)
        PH_TRY(version(name, *to));
    PH_ASSIGN(const auto before, model(name));
    if (const auto now = before ? aliasOf(*before, alias) : std::nullopt; now != expected)
        return moved(before, name, alias, now, expected, QStringLiteral("Somebody moved it. Look again and decide anew; nothing was changed."));
    if (expected == to)
        return {};
    const QString mine = claimPrefix(alias) + randomHex(8);
    PH_TRY(setModelTag(name, mine, stampText(stamp, {{QStringLiteral("time"), isoUtc(QDateTime::currentDateTimeUtc())}})));
    const auto done = moveClaimed(name, alias, expected, to, stamp, mine);
    (void)setModelTag(name, mine, std::nullopt); // one that stays is too old in two minutes
    return done;
}

/// Between the claim and its end: nobody else of us moves this alias.
Result<void> MlflowRegistry::moveClaimed(const QString &name, const QString &alias, std::optional<int> expected, std::optional<int> to, const Stamp &stamp, const QString &mine) const {
    PH_ASSIGN(const auto held, model(name));
    if (!held)
        return notFound(QStringLiteral("“%1” is gone from %2.").arg(name, source()), {}, QStringLiteral("Look again; nothing was changed."));
    for (const QString &other : claims(*held, alias)) {
        if (other == mine)
            continue;
        const QJsonObject claim = QJsonDocument::fromJson(held->tags.value(other).toUtf8()).object();
        const qint64 age = QDateTime::fromString(claim.value(QLatin1String("time")).toString(), Qt::ISODateWithMs).secsTo(QDateTime::currentDateTimeUtc());
        if (std::abs(age) > claimSeconds) { // its program ended in the middle
            (void)setModelTag(name, other, std::nullopt);
            continue;
        }
        return Error{ErrorKind::Conflict, QStringLiteral("%1 moves the alias “%2” of “%3” in this very moment.").arg(claim.value(QLatin1String("by")).toString(QStringLiteral("Somebody")), alias, name), source(),
                     QStringLiteral("Look again and decide anew; nothing was changed by this one."), {}};
    }
    if (const auto now = aliasOf(*held, alias); now != expected)
        return moved(held, name, alias, now, expected, QStringLiteral("Somebody moved it. Look again and decide anew; nothing was changed."));
    PH_TRY(setAlias(name, alias, to));
    auto read = model(name);
    if (!read)
        read = model(name); // it was done: worth another look
    if (!read) {
        Error error = read.error();
        error.what = QStringLiteral("The alias “%1” was moved, but that could neither be read back nor noted: ").arg(alias) + error.what;
        error.hint = QStringLiteral("Look at “%1” on %2: its history will say that another tool moved it.").arg(name, source());
        return error;
    }
    const std::optional<RegisteredModel> &after = *read;
    if (const auto now = after ? aliasOf(*after, alias) : std::nullopt; now != to)
        return moved(after, name, alias, now, to, QStringLiteral("Somebody moved it in the same moment by another tool. Look again and decide anew."));
    // Later than the last one even if this machine's clock is behind the one that wrote that: the order is what counts.
    QDateTime time = QDateTime::currentDateTimeUtc();
    if (const auto last = changes(*after, alias); !last.empty() && last.front().since >= time)
        time = last.front().since.addMSecs(1);
    const auto written = setModelTag(name, mlflowAliasHistoryPrefix(alias) + time.toString(Qt::ISODateWithMs), stampText(stamp, {{QStringLiteral("version"), to ? QJsonValue(*to) : QJsonValue()}}));
    if (written)
        return {};
    Error error = written.error();
    const bool back = setAlias(name, alias, expected).has_value();
    error.what = (back ? QStringLiteral("The change of the alias “%1” could not be noted, so it was put back: ") : QStringLiteral("The alias “%1” was moved, but that could not be noted, and it could not be put back: ")).arg(alias) + error.what;
    if (!back)
        error.hint = QStringLiteral("Look at “%1” on %2: its history will say that another tool moved it.").arg(name, source());
    return error;
}

Result<std::vector<AliasChange>> MlflowRegistry::aliasHistory(const QString &name, const QString &alias) const {
    PH_ASSIGN(const auto registered, model(name));
    if (!registered)
        return std::vector<AliasChange>();
    std::vector<AliasChange> out = changes(*registered, alias);
    // What MLflow says now, if it was changed by another way: since when is not known there but for the model's last change.
    const std::optional<int> now = aliasOf(*registered, alias), last = out.empty() ? std::nullopt : out.front().version;
    if (now != last)
        out.insert(out.begin(), AliasChange{name, alias, now, registered->updated, {}, {}});
    return out;
}

} // namespace pilothouse::registry
