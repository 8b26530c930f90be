// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/database.h"
#include "core/cluster/rollout_target.h"
#include "core/operations/operation.h"
#include "core/promotion/evidence.h"
#include "core/registry/registry.h"

#include <functional>
#include <memory>

namespace pilothouse::promotion {

enum class RequestState { Pending, Rejected, Executing, Done, Failed, Undone, TurnedBack };
QString requestStateName(RequestState state);

struct Approval {
    QString actor, comment;
    bool approved = true;
    QDateTime time;
};

/// One wish to move an alias to a version, with its evidence and decisions. Lives in the registry database.
struct Request {
    QString id; ///< "p-" + 8 hex
    QString model, alias, requester;
    int version = 0;
    std::optional<int> from; ///< where the alias pointed when the sheet was made; the guard
    QString digest;          ///< of the candidate package
    RequestState state = RequestState::Pending;
    Evidence evidence;
    std::vector<Approval> approvals;
    int approvalsNeeded = 1;
    bool preventSelfApproval = false;
    QDateTime created, decided;
    QString operation; ///< id of the executed operation
    QJsonObject undoRecord;
    QString outcome; ///< a sentence
};

/// Which version was live when: one row per change of an alias, written by the executed operations.
struct LiveRecord {
    QString model, alias;
    std::optional<int> version;
    QDateTime since;
    QString by, operation;
};

/// The promotion service: everything the sheet and `pilot promote|approve|reject|undo` do. Enforcement lives here.
class Promotions {
public:
    struct Parts {
        std::shared_ptr<Database> database; ///< the registry's
        std::shared_ptr<registry::Registry> registry;
        std::shared_ptr<operations::Operations> operations;
        std::function<Result<std::shared_ptr<cluster::RolloutTarget>>(const workspace::Model &)> rolloutTarget; ///< NotFound: none configured
        workspace::Workspace workspace;
        std::shared_ptr<const Clock> clock;
    };
    static Result<std::shared_ptr<Promotions>> open(Parts parts);
    ~Promotions();

    /// What approving would do now, without doing it.
    Result<operations::Operation> plan(const QString &model, int version, const QString &alias);
    /// Stores a pending request with its evidence (operator).
    Result<Request> request(const QString &model, int version, const QString &alias, const Evidence &evidence);
    /// Records an approval (approver; not one's own where barred; comment required); executes the plan when enough are there.
    /// Refused if a gate blocks, Conflict if the alias or the package digest moved.
    Result<Request> approve(const QString &id, const QString &comment);
    Result<Request> reject(const QString &id, const QString &comment);
    /// One-step undo of an executed promotion: alias and traffic back, by its undo record. `reason` for turn-backs.
    Result<Request> undo(const QString &id, const QString &reason, bool turnBack = false);
    Result<std::vector<Request>> requests(const QString &model = {}) const; ///< newest first
    Result<Request> requestById(const QString &id) const;
    Result<std::vector<LiveRecord>> liveHistory(const QString &model, const QString &alias) const; ///< newest first
    Result<std::optional<int>> liveAt(const QString &model, const QString &alias, const QDateTime &time) const;

private:
    struct Impl;
    explicit Promotions(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::promotion
