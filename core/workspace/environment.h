// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/workspace.h"

namespace pilothouse::workspace {

/// A registered model: where, under which name, and the alias that promotions move there.
struct RegistryPlace {
    QString connection, name, alias; ///< connection: as the workspace names it, also the local one
};

bool goesThrough(const Environment &environment, const Model &model);
/// Where a model is registered in an environment that it goes through.
RegistryPlace placeIn(const Environment &environment, const Model &model);

/// Null if there is none of this name.
const Environment *environmentNamed(const Workspace &workspace, const QString &name);
/// The one before it in its chain; null: it is the first.
const Environment *environmentBefore(const Workspace &workspace, const Environment &environment);
/// Every chain, each from its first environment to its last.
std::vector<std::vector<const Environment *>> environmentChains(const Workspace &workspace);

/// The environment a registered model stands in; null if none. @param connection empty: the local one
const Environment *environmentOf(const Workspace &workspace, const QString &connection, const QString &registeredName);
/// The workspace's model that is registered there in one of its environments, or by its own entry; null if none.
const Model *modelRegisteredAs(const Workspace &workspace, const QString &connection, const QString &registeredName);

/// Is the alias one that only promotions move: the champion of a model, or that of an environment? Of whatever registry: a name that is guarded in one
/// must not be moved by hand in another by a slip.
bool movedByPromotion(const Workspace &workspace, const QString &registeredName, const QString &alias);

/// The stage that goes with an alias where the connection says `promotes: stages`: Production with a champion's alias (and with one called production),
/// Staging with one called staging. Empty: a promotion moves the alias alone.
QString stageMovedWith(const Workspace &workspace, const QString &connection, const QString &registeredName, const QString &alias);

/// The first connection of kind local: what stands for an empty name. Empty if there is none.
QString localConnection(const Workspace &workspace);
/// `connection`, or the local one for an empty name.
QString namedConnection(const Workspace &workspace, const QString &connection);
/// The other way round, as registries and promotions name it: empty if it is the local one.
QString registryConnection(const Workspace &workspace, const QString &connection);

} // namespace pilothouse::workspace
