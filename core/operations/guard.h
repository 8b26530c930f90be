// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workspace/workspace.h"

#include <QStringList>

#include <memory>

namespace pilothouse::operations {

struct Actor;
struct Operation;

/// The names of guarded connections that a person typed for what is done now: `pilot --confirm NAME`, the sheet of the window. It counts for the
/// operations that this thread runs while it lives, also those that a service (Promotions) builds inside; a server that goes on
/// for days does not inherit it on its other threads.
class Confirmed {
public:
    explicit Confirmed(const QStringList &names);
    ~Confirmed();
    Confirmed(const Confirmed &) = delete;
    Confirmed &operator=(const Confirmed &) = delete;
    static QStringList names(); ///< of this thread, now

private:
    QStringList m_before;
};

/// What the workspace says about writes: the guard of each connection and the role in each environment. An empty connection means the local
/// one, where the programs keep what they write on this machine. A plain value; any thread.
///
/// The environment of a write, the first that fits: one that names the connection under `connections`; the one where the model of
/// Operation::object is registered ("model NAME", "rollout TARGET", "pipeline NAME"); the only one whose registry is at the connection.
class WriteRules {
public:
    WriteRules() = default; ///< nothing is guarded, the actor's role counts everywhere
    explicit WriteRules(const workspace::Workspace &workspace);

    /// Name of the environment; empty: it belongs to none.
    QString environmentOf(const Operation &operation) const;
    /// The actor's role in what it writes to: the lowest, if that is more than one environment.
    workspace::Role roleFor(const Operation &operation, const Actor &actor) const;
    /// Guarded connections whose names have to be typed for it.
    QStringList toType(const Operation &operation) const;
    /// Role, then read-only connections, then typed names. Refused, with what would help; nothing is journalled here.
    Result<void> check(const Operation &operation, const Actor &actor) const;

private:
    const workspace::Environment *environmentAt(const Operation &operation, const QString &connection) const;
    QStringList connectionsOf(const Operation &operation) const;
    std::shared_ptr<const workspace::Workspace> m_workspace; ///< null: no rules
};

} // namespace pilothouse::operations
