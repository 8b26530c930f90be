// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/mlflow_api.h"
#include "core/registry/registry.h"

namespace pilothouse::registry {

/// MLflow's tracking server and model registry (2.x and 3.x) as a Registry.
///
/// What MLflow has no word for stands in tags, which its own pages show: `pilothouse.digest` and `mlflow.user` of a version, `pilothouse.error`
/// of a run, `pilothouse.run` of a run that was made under another id here, and for each change of an alias a tag
/// `pilothouse.alias.<alias>.<time>` of the registered model. Aliases have no compare-and-set there: the alias is read before and after it is
/// set, and a change that somebody else made in between is a Conflict and said.
/// Registered models that hold prompts are left out. Packages are sent to the artifact store through the server (mlflow-artifacts) and kept,
/// once fetched and checked, under `packages`.
/// @param packages folder for fetched packages; made when needed
std::shared_ptr<Registry> mlflowRegistry(MlflowApi api, const QString &packages);

} // namespace pilothouse::registry
