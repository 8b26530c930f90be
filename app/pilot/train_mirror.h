// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/fleet/live_mirror.h"
#include "core/workspace/recipe.h"

#include <memory>
#include <optional>

namespace pilothouse {

/// The name is a connection of the workspace (--workspace, or found from here) whose kind is a registry's.
bool namesRegistry(const Context &context, const std::string &connection);

/// The connection that a training's run goes to besides the local registry; empty: none. Refused or NotFound for a given one that is no registry.
Result<QString> registryElsewhere(const fleet::Services &services, const QString &given, const QString &registeredAs, const QString &recipe);

/// What a run says of where it comes from: the recipe's name and digest, and the commit that its file is of, where git knows it.
QMap<QString, QString> lineageTags(const workspace::Recipe &recipe, const QString &file);

/// A training's way to the registry of another connection, while `pilot train` runs.
class TrainMirror {
public:
    TrainMirror(Context &context, std::shared_ptr<fleet::Services> services, const QString &run, const QString &connection);
    Result<void> begin();
    /// The package is kept for it, and to be registered as `model` unless that is empty.
    Result<void> order(const QString &model, const QString &package);
    /// The run has ended: what is left is sent now if the server answers.
    void finish();
    QJsonObject toJson() const;
    QJsonObject registered() const; ///< {"model","version","connection"}; empty: no version is there (yet)
    QString text() const;           ///< a sentence: where it is, or what it waits for
    bool goesOn() const;            ///< done, or waits for a server that is away: not refused

private:
    Context &m_context;
    std::shared_ptr<fleet::Mirrors> m_mirrors;
    QString m_run, m_connection;
    std::unique_ptr<fleet::LiveMirror> m_live;
    registry::Mirror m_row;
};

} // namespace pilothouse
