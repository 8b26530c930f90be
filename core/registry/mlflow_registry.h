// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/artifact_store.h"
#include "core/registry/mlflow_api.h"
#include "core/registry/registry.h"

namespace pilothouse::registry {

/// MLflow's tracking server and model registry (2.x and 3.x) as a Registry.
///
/// What MLflow has no word for stands in tags, which its own pages show: `pilothouse.digest` and `mlflow.user` of a version, `pilothouse.error`
/// of a run, `pilothouse.run` of a run that was made under another id here, and for each change of an alias a tag
/// `pilothouse.alias.<alias>.<time>` of the registered model. Aliases have no compare-and-set there: what is guaranteed when two move one at
/// once stands in mlflow_aliases.cpp. A write whose reply gets lost is looked for before it is sent again (MlflowApi::write); runs and versions
/// carry a random `pilothouse.request` for that.
/// Registered models and versions that are prompts are left out. Packages are sent to the artifact store through the server (mlflow-artifacts), to
/// S3 itself or to a disk that is shared (artifact_store.h), and kept, once fetched and checked, under `packages`.
/// @param packages folder for fetched packages; made when needed
/// @param s3 opens the store of artifacts at s3://…; none: they are refused, with what to do
std::shared_ptr<Registry> mlflowRegistry(MlflowApi api, const QString &packages, S3Maker s3 = {});

} // namespace pilothouse::registry
