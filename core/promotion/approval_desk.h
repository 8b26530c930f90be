// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/promotion/approval_tags.h"
#include "core/promotion/promotion_store.h"
#include "core/promotion/statement_store.h"
#include "core/promotion/voices.h"

namespace pilothouse::promotion {

/// Who said what about which promotion, and does it count: signing, verification, and the exchange with other machines by the tags of the registry.
/// Any thread. A workspace that names no approvers signs and exchanges nothing.
class ApprovalDesk {
public:
    explicit ApprovalDesk(const Promotions::Parts &parts) : m_parts(parts), m_store(parts.database), m_statements(parts.database) {}

    /// Where the request's model is registered.
    Result<std::shared_ptr<registry::Registry>> registryOf(const Request &request) const;
    bool signing() const { return !m_parts.workspace.approvers.isEmpty(); }
    /// Do its requests travel? Those of the local registry do not: everybody who has it has its database.
    bool shared(const registry::Registry &registry) const { return signing() && registry.source() != QLatin1String("local"); }

    /// What the actor says, signed with his key. None where nothing is signed: the workspace names no approvers, or somebody whom it does not name
    /// asks in the local registry. Refused if he is not named, has no key, or another than is named. `time`: of the statement.
    Result<std::optional<SignedStatement>> say(const Request &request, Decision decision, const QString &comment, const QDateTime &time, const registry::Registry &registry) const;
    /// Refused with the reason if an approval would be void the moment it is given.
    Result<void> wouldCount(Request request, const SignedStatement &voice) const;
    Result<void> keep(const QString &promotion, const SignedStatement &statement) { return m_statements.keep(promotion, statement); }
    Result<void> forget(const QString &promotion, const QString &actor, bool ask) { return m_statements.forget(promotion, actor, ask); }

    /// What the registry says now. Errors as it says; a version that is gone is NotFound.
    Result<RegistryNow> registryNow(const Request &request, bool promoting = false) const;
    /// Verifies a request's approvals; without `now` only what needs no registry.
    Result<void> judge(Request &request, const std::optional<RegistryNow> &now) const;

    /// Writes tags of a version and reads them back; undo puts back what was there. The tags are asked for when it runs.
    operations::Step tagStep(std::shared_ptr<registry::Registry> registry, const Request &request, const QString &effect, std::function<Result<Tags>()> tags) const;
    /// Tells the others what became of a request.
    operations::Operation outcomeOperation(std::shared_ptr<registry::Registry> registry, const Request &request) const;

    /// Takes in what others wrote about the requests of one version. Gives a sentence for each thing that does not hold.
    Result<QStringList> take(const registry::Version &version, const QString &connection);

private:
    Result<void> takeRequest(const Tags &tags, const QString &id, const registry::Version &version, const QString &connection, QStringList &problems);
    Result<void> takeVoices(const Tags &tags, const Request &known, QStringList &problems);
    Result<void> takeOutcome(const Tags &tags, const Request &known);

    const Promotions::Parts &m_parts;
    PromotionStore m_store;
    StatementStore m_statements;
};

} // namespace pilothouse::promotion
