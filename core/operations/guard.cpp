// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/operations/guard.h"

#include "core/operations/kinds.h"
#include "core/operations/operation.h"
#include "core/workspace/environment.h"

#include <algorithm>

namespace pilothouse::operations {

namespace {

using Q = QLatin1String;
using workspace::Environment;
using workspace::Role;

thread_local QStringList confirmedNames;

/// "NAME" of "model NAME".
QString named(const QString &object, const char *what) {
    const QString prefix = Q(what) + QLatin1Char(' ');
    return object.startsWith(prefix) ? object.mid(prefix.size()) : QString();
}

QString toDo(const Operation &operation) {
    return operation.summary.isEmpty() ? QStringLiteral("do this (%1)").arg(operation.kind) : operation.summary.left(1).toLower() + operation.summary.mid(1);
}

Role needed(const Operation &operation) {
    const OperationKind *kind = operationKind(operation.kind);
    return kind ? std::max(kind->needs, operation.needs) : operation.needs;
}

} // namespace

Confirmed::Confirmed(const QStringList &names) : m_before(confirmedNames) { confirmedNames += names; }
Confirmed::~Confirmed() { confirmedNames = m_before; }
QStringList Confirmed::names() { return confirmedNames; }

WriteRules::WriteRules(const workspace::Workspace &workspace) : m_workspace(std::make_shared<const workspace::Workspace>(workspace)) {}

QStringList WriteRules::connectionsOf(const Operation &operation) const {
    QStringList out{workspace::namedConnection(*m_workspace, operation.connection)};
    for (const Step &step : operation.steps)
        if (!step.connection.isEmpty())
            out << step.connection;
    out.removeDuplicates();
    return out;
}

const Environment *WriteRules::environmentAt(const Operation &operation, const QString &connection) const {
    const workspace::Workspace &w = *m_workspace;
    for (const Environment &e : w.environments)
        if (e.connections.contains(connection))
            return &e;
    const QString model = named(operation.object, "model");
    if (const Environment *e = workspace::environmentOf(w, connection, model))
        return e;
    const QString target = named(operation.object, "rollout"), pipeline = named(operation.object, "pipeline");
    for (const workspace::Model &m : w.models)
        if (m.name == model || m.name == pipeline || (!target.isEmpty() && m.deployment.target == target))
            return workspace::environmentOf(w, m.registry.connection, m.registry.name);
    const Environment *only = nullptr;
    for (const Environment &e : w.environments)
        if (e.connection == connection) {
            if (only)
                return nullptr; // several stand there, told apart by their models only
            only = &e;
        }
    return only;
}

QString WriteRules::environmentOf(const Operation &operation) const {
    if (!m_workspace)
        return {};
    const Environment *e = environmentAt(operation, workspace::namedConnection(*m_workspace, operation.connection));
    return e ? e->name : QString();
}

Role WriteRules::roleFor(const Operation &operation, const Actor &actor) const {
    if (!m_workspace)
        return actor.role;
    std::optional<Role> lowest;
    for (const QString &connection : connectionsOf(operation)) {
        const Environment *e = environmentAt(operation, connection);
        const Role role = e && e->role ? *e->role : actor.role;
        lowest = lowest ? std::min(*lowest, role) : role;
    }
    return *lowest;
}

QStringList WriteRules::toType(const Operation &operation) const {
    QStringList out;
    // What runs by itself was agreed to together with its plan, when somebody typed the name: at night nobody could.
    const OperationKind *kind = operationKind(operation.kind);
    if (!m_workspace || operation.automatic || (kind && kind->onlyAsks))
        return out;
    for (const QString &connection : connectionsOf(operation))
        if (m_workspace->connections.value(connection).guard == Q("typed-name"))
            out << connection;
    return out;
}

Result<void> WriteRules::check(const Operation &operation, const Actor &actor) const {
    const Role role = roleFor(operation, actor), needs = needed(operation);
    if (int(role) < int(needs)) {
        const QString environment = environmentOf(operation);
        if (environment.isEmpty())
            return checkRole(actor, needs, toDo(operation));
        return refused(QStringLiteral("Role %1 in %2 may not %3; it needs %4.").arg(workspace::roleName(role), environment, toDo(operation), workspace::roleName(needs)), {},
                       QStringLiteral("The role is set in the workspace file (environments: %1: role:).").arg(environment));
    }
    if (!m_workspace)
        return {};
    // Nothing passes here, not even what turns back by itself: who wrote read-only meant that this machine sends nothing there.
    for (const QString &connection : connectionsOf(operation))
        if (m_workspace->connections.value(connection).guard == Q("read-only"))
            return refused(QStringLiteral("The connection “%1” is read-only here: this machine may not %2.").arg(connection, toDo(operation)), {},
                           QStringLiteral("Its guard is set in the workspace file (connections: %1: guard: read-only).").arg(connection));
    QStringList missing;
    const QStringList typed = Confirmed::names() + operation.confirmed;
    for (const QString &connection : toType(operation))
        if (!typed.contains(connection))
            missing << connection;
    if (missing.isEmpty())
        return {};
    QString again;
    for (const QString &name : std::as_const(missing))
        again += QStringLiteral(" --confirm ") + name;
    return refused(QStringLiteral("A write to “%1” asks for its name to be typed (guard: typed-name), to %2.").arg(missing.join(QStringLiteral("” and “")), toDo(operation)), {},
                   QStringLiteral("Look at the plan, then repeat it with%1.").arg(again));
}

} // namespace pilothouse::operations
