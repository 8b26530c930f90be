// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"

namespace pilothouse::fleet {

/// Where a model is registered.
struct ModelPlace {
    const workspace::Model *declared = nullptr; ///< the workspace's model; null: only a registry knows it
    registry::ModelKey key;
    std::shared_ptr<registry::Registry> registry;
    QString champion = QStringLiteral("champion"); ///< the alias that serves
    /// The version with its package on this machine; a server's is fetched.
    Result<registry::Version> packaged(int version, std::stop_token stop = {}) const;
    Result<registry::Version> packagedByAlias(const QString &alias, std::stop_token stop = {}) const;
};

/// A model by the name that a person gives: the workspace's own name, or one under which a model of the workspace is registered; any other is taken
/// for one of the local registry. `connection`: that registry and no other. No call is made.
/// Errors: Invalid where several models of the workspace are registered under the name; as Registries::of().
Result<ModelPlace> placeOf(const Services &services, const QString &name, const QString &connection = {});
Result<ModelPlace> placeOf(const Services &services, const workspace::Model &model);

} // namespace pilothouse::fleet
