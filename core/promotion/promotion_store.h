// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/promotion/promotion.h"

namespace pilothouse::promotion {

/// What an executing request is about, kept so that the next program can finish it.
enum class Doing { Promote, Undo, TurnBack };
QString doingName(Doing doing);

struct Executing {
    Request request;
    Doing doing = Doing::Promote;
    QString reason;
    RequestState before = RequestState::Pending; ///< state to go back to if nothing was changed
};

/// Requests and approvals in registry.db. Each change of state names the state it starts from, so that two programs
/// cannot both make it.
class PromotionStore {
public:
    explicit PromotionStore(std::shared_ptr<Database> database) : m_database(std::move(database)) {}

    /// Conflict if the same version is asked for already.
    Result<void> insert(const Request &request);
    Result<void> addApproval(const QString &id, const Approval &approval);
    Result<void> removeApproval(const QString &id, const QString &actor);
    /// A request that waits, with its approvals: asked for, but it could not be told to the others.
    Result<void> remove(const QString &id);
    Result<std::vector<Request>> requests(const std::optional<registry::ModelKey> &model) const; ///< none: of all models
    Result<Request> byId(const QString &id) const;
    Result<std::vector<Executing>> executing() const;

    /// Conflict if the request is not in `from` any more.
    Result<void> begin(const QString &id, RequestState from, Doing doing, const QString &reason, const QString &operation, const QJsonObject &undoRecord);
    Result<void> end(const QString &id, RequestState from, RequestState to, const QString &outcome, const QDateTime &decided);

private:
    Result<std::vector<Executing>> read(const QString &condition, const Database::Bind &bind) const;
    std::shared_ptr<Database> m_database;
};

} // namespace pilothouse::promotion
