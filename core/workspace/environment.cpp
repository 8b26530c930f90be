// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/environment.h"

#include <algorithm>

namespace pilothouse::workspace {

bool goesThrough(const Environment &environment, const Model &model) { return environment.models.isEmpty() || environment.models.contains(model.name); }

RegistryPlace placeIn(const Environment &environment, const Model &model) {
    QString name = environment.modelName;
    return {environment.connection.isEmpty() ? model.registry.connection : environment.connection,
            name.isEmpty() ? model.registry.name : name.replace(QLatin1String("{model}"), model.name),
            environment.alias.isEmpty() ? model.registry.champion : environment.alias};
}

const Environment *environmentNamed(const Workspace &workspace, const QString &name) {
    const auto found = std::find_if(workspace.environments.begin(), workspace.environments.end(), [&](const Environment &e) { return e.name == name; });
    return found == workspace.environments.end() ? nullptr : &*found;
}

const Environment *environmentBefore(const Workspace &workspace, const Environment &environment) {
    const auto found = std::find_if(workspace.environments.begin(), workspace.environments.end(), [&](const Environment &e) { return e.next == environment.name; });
    return found == workspace.environments.end() ? nullptr : &*found;
}

std::vector<std::vector<const Environment *>> environmentChains(const Workspace &workspace) {
    std::vector<std::vector<const Environment *>> out;
    for (const Environment &first : workspace.environments) {
        if (environmentBefore(workspace, first))
            continue;
        std::vector<const Environment *> chain;
        for (const Environment *e = &first; e; e = e->next.isEmpty() ? nullptr : environmentNamed(workspace, e->next))
            chain.push_back(e);
        out.push_back(std::move(chain));
    }
    return out;
}

const Environment *environmentOf(const Workspace &workspace, const QString &connection, const QString &registeredName) {
    const QString named = namedConnection(workspace, connection);
    for (const Environment &e : workspace.environments)
        for (const Model &m : workspace.models)
            if (goesThrough(e, m))
                if (const RegistryPlace place = placeIn(e, m); place.name == registeredName && place.connection == named)
                    return &e;
    return nullptr;
}

const Model *modelRegisteredAs(const Workspace &workspace, const QString &connection, const QString &registeredName) {
    const QString named = namedConnection(workspace, connection);
    for (const Model &m : workspace.models)
        if (m.registry.name == registeredName && m.registry.connection == named)
            return &m;
    for (const Environment &e : workspace.environments)
        for (const Model &m : workspace.models)
            if (goesThrough(e, m))
                if (const RegistryPlace place = placeIn(e, m); place.name == registeredName && place.connection == named)
                    return &m;
    return nullptr;
}

bool movedByPromotion(const Workspace &workspace, const QString &registeredName, const QString &alias) {
    for (const Model &m : workspace.models) {
        if (m.registry.name == registeredName && m.registry.champion == alias)
            return true;
        for (const Environment &e : workspace.environments)
            if (goesThrough(e, m))
                if (const RegistryPlace place = placeIn(e, m); place.name == registeredName && place.alias == alias)
                    return true;
    }
    return false;
}

QString stageMovedWith(const Workspace &workspace, const QString &connection, const QString &registeredName, const QString &alias) {
    if (workspace.connections.value(namedConnection(workspace, connection)).other.value(QStringLiteral("promotes")) != QLatin1String("stages"))
        return {};
    const QString word = alias.toLower();
    if (word == QLatin1String("staging"))
        return QStringLiteral("Staging");
    const bool champion = word == QLatin1String("production") || word == QLatin1String("champion") || movedByPromotion(workspace, registeredName, alias);
    return champion ? QStringLiteral("Production") : QString();
}

QString localConnection(const Workspace &workspace) {
    for (const Connection &connection : workspace.connections)
        if (connection.kind == QLatin1String("local"))
            return connection.name;
    return {};
}

QString registryConnection(const Workspace &workspace, const QString &connection) { return workspace.connections.value(connection).kind == QLatin1String("local") ? QString() : connection; }

QString namedConnection(const Workspace &workspace, const QString &connection) { return connection.isEmpty() ? localConnection(workspace) : connection; }

} // namespace pilothouse::workspace
