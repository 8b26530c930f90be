// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/promotion/sightings.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <optional>
#include <utility>
#include <vector>

namespace pilothouse::fleet {

enum class ChangeKind {
    Registered,  ///< a version came to be
    Asked,       ///< a promotion was asked for
    Approved,
    Rejected,
    Promoted,    ///< carried out
    Undone,
    TurnedBack,
    Failed,      ///< something was sent and not all of it was done
    Refused,     ///< a role or a guard said no; nothing was sent
    Alias,       ///< an alias that no promotion moved
    Stage,
    Tag,
    Description,
    Rollout,
    Outside,     ///< an alias is not where our last record says
    Skew,        ///< the endpoint served something else
};
QString changeKindName(ChangeKind kind); ///< for --json: registered, asked, …, turned-back, …
QString changeKindWord(ChangeKind kind); ///< for people

/// One change in a model's life, with where it is known from.
struct Change {
    QDateTime time; ///< UTC; of an outside change: when it was seen first
    ChangeKind kind = ChangeKind::Registered;
    QString what, why, by; ///< by empty: not known
    QString source;        ///< "registry local", "journal line 17", "serving/t2m"
    std::optional<int> version; ///< that it is about
    QString alias;              ///< that it moved; empty: none
    std::optional<int> from, to; ///< of the alias; none: nowhere
    QString operation, promotion;
    qint64 journalLine = 0; ///< 0: it has none
    QString journalHash;
    std::vector<std::pair<QString, QString>> facts; ///< more, in words: name, value
};

/// A stretch in which an alias pointed to one version.
struct LiveSpan {
    std::optional<int> version; ///< none: nowhere
    QDateTime from, to;         ///< to invalid: still
    QString by, why, operation, promotion;
    bool outside = false; ///< not put there by us; `from` is when it was seen or the registry's own word
};

/// The life of one registered model.
struct History {
    QString model, alias; ///< alias: whose stretches `live` are, the champion's
    QString source;       ///< of the registry
    std::vector<Change> changes; ///< newest first
    std::vector<LiveSpan> live;  ///< newest first
    QDateTime read;
    /// {"model","alias","source","read","changes":[{"time","since","kind","version"|null,"alias","from"|null,"to"|null,"what","why","by","source",
    /// "operation","promotion","journal":{"line","hash"}|null,"facts":{…}}],"live":[{"version"|null,"from","to"|null,"by","why","operation",
    /// "promotion","outside"}]}, both newest first
    QJsonObject toJson() const;
};

/// What a history is made of; plain values.
struct HistoryInput {
    QString model, alias, connection, source; ///< connection: empty for the local registry
    std::vector<registry::Version> versions;
    std::vector<registry::Run> runs; ///< of these versions, as far as they are known
    std::vector<registry::Alias> aliases; ///< where they point now
    std::vector<registry::AliasChange> aliasChanges; ///< of all aliases; newest first of each
    std::vector<promotion::Request> promotions;
    std::vector<operations::JournalEntry> journal; ///< in any order
    QString target; ///< rollout target; empty: none
    std::vector<cluster::Revision> revisions;
    std::optional<cluster::RolloutStatus> rollout;
    std::vector<promotion::Sighting> aliasSightings, skewSightings; ///< subjects of aliasSightings end with "@ALIAS"
    QDateTime now;
};
History historyOf(const HistoryInput &input);

/// Reads it all. Notes when an alias is first seen where no record of ours put it. NotFound: no such model.
/// @param model  registered name   @param alias  empty: the champion's   @param connection  of the registry; empty: the local one
Result<History> readHistory(const Services &services, const QString &model, const QString &alias = {}, const QString &connection = {});

/// Keeps that an alias is where no record of ours put it, as first seen now; ends that when a record says so. Gives the alias's changes, newest first.
Result<std::vector<registry::AliasChange>> noteAlias(const Services &services, const QString &connection, const QString &model, const QString &alias);

/// The stretch that holds `time`; null before the first.
const LiveSpan *spanAt(const History &history, const QDateTime &time);
/// "champion was v3 from 2024-05-01 10:00 UTC to now, by ben, because “error halves in gusts”." Also for null.
QString spanSentence(const History &history, const LiveSpan *span, const QDateTime &time);
/// Digest of the evidence as it was when the promotion was asked for: the gate that counts approvals is put back to none.
QString digestAsAsked(const promotion::Request &request);
/// "2024-05-01 10:00:00 UTC"
QString utcText(const QDateTime &time);
/// Changes and stretches that lie in [since, until); an invalid bound is none. A stretch that reaches in is kept whole.
History within(const History &history, const QDateTime &since, const QDateTime &until);

} // namespace pilothouse::fleet
