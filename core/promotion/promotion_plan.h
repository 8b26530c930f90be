// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/promotion/promotion.h"

namespace pilothouse::promotion {

/// What a promotion changes and what it found before: enough to do it, to undo it later, and to finish it after a kill. Kept as
/// the request's undo record.
struct PromotionFacts {
    QString request; ///< id, "" in a dry run without one; the rollout carries it, so that a turn-back finds its promotion
    QString connection, model, alias;
    int to = 0;
    std::optional<int> from;
    QString digest;
    bool setPrevious = false; ///< `from` gets the alias `previous`
    std::optional<int> previousBefore;
    QString stage;       ///< that goes with the alias (workspace::stageMovedWith); empty: none
    QString stageBefore; ///< of the version
    std::vector<int> archived; ///< the versions that stand in that stage, and leave it
    QString target; ///< rollout target; empty: none
    std::vector<int> steps;
    std::optional<int> stableRevision, stableVersion; ///< what had all traffic before

    registry::ModelKey key() const { return {connection, model}; }
    QJsonObject toJson() const;
    static Result<PromotionFacts> fromJson(const QJsonObject &object);
};

/// Reads registry and rollout target for a promotion. Refused if the alias points there already; NotFound: no such version.
Result<PromotionFacts> promotionFacts(const Promotions::Parts &parts, const registry::ModelKey &model, int version, const QString &alias, const QString &request);

/// alias → previous → rollout. `again`: steps that are true already are skipped, after a kill in the midst.
Result<operations::Operation> promoteOperation(const Promotions::Parts &parts, const PromotionFacts &facts, const QString &operation, bool again);

/// traffic → alias → previous, each only where it is not back already.
Result<operations::Operation> undoOperation(const Promotions::Parts &parts, const PromotionFacts &facts, const QString &reason, bool turnBack);

/// After a promotion that failed: makes sure that the version has no traffic, whatever the failed call did. An error if that
/// cannot be seen.
Result<void> trafficTakenBack(const Promotions::Parts &parts, const PromotionFacts &facts, const QString &reason);

/// The workspace's model whose registry entry this is; null if none.
const workspace::Model *ownerOf(const workspace::Workspace &workspace, const registry::ModelKey &model);

/// The version an alias points to now; none if it does not exist.
Result<std::optional<int>> aliasNow(const registry::Registry &registry, const QString &model, const QString &alias);

} // namespace pilothouse::promotion
