// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/promotion/copy_version.h"
#include "core/workspace/environment.h"

namespace pilothouse::fleet {

/// A model in an environment of its chain, as its registry says it now.
struct EnvironmentModel {
    QString model; ///< of the workspace
    workspace::RegistryPlace place;
    std::optional<int> live, latest; ///< what the alias points to; the highest number
    QString liveFrom;                ///< what the live version is a copy of ("t2m/4"); empty: of nothing that is known
    QStringList waiting;             ///< ids of promotions that wait for a decision
    bool goesOn = false;             ///< what is live here is not live in the next environment, and does not wait there
    std::optional<Error> problem;    ///< the registry could not be read; the rest is still shown
};
struct EnvironmentState {
    workspace::Environment environment;
    workspace::Role role = workspace::Role::Viewer; ///< of who runs this program, there
    QString guard; ///< of its registries, the strictest: read-only, typed-name; empty: none
    std::vector<EnvironmentModel> models;
};
/// Every chain from its first environment to its last. Blocking.
Result<std::vector<std::vector<EnvironmentState>>> environmentStates(const Services &services);

/// A version on its way from the environment before into `environment`.
struct ChainStep {
    workspace::Environment before, environment;
    workspace::RegistryPlace from, to; ///< connection: empty for the local registry
    promotion::VersionCopy copy;
    registry::Version source;
    std::optional<int> there; ///< a copy of it that is there already
};
/// @param model of the workspace   @param version in the environment before
/// NotFound: no such model, environment or version. Refused for the first of a chain, for a model that does not go through both, and for a version that
/// was never live in the environment before, where that has approvals of its own to pass (every one but the first).
Result<ChainStep> chainStep(const Services &services, const QString &model, int version, const QString &environment);
/// The operation that copies it.
Result<operations::Operation> chainCopy(const Services &services, const ChainStep &step);

/// The registry of a connection, for promotion::copyVersionOperation.
promotion::RegistryOf registryOf(const Services &services);

} // namespace pilothouse::fleet
