// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"
#include "core/registry/git_registry.h"
#include "core/registry/mlflow_registry.h"
#include "core/secrets/secret_store.h"
#include "core/workspace/workspace.h"

namespace pilothouse::fleet {

/// True if connections of this kind are model registries of their own: mlflow, azureml, git.
bool isRegistryKind(const QString &kind);

/// The server of a connection of kind mlflow or azureml. The latter's address is `url` ("azureml://…" or "https://…", as the workspace's page and
/// `az ml workspace show` give it) or made of region, subscription, resource_group and workspace; its token is of the directory (tenant, client,
/// secret; cloud or authority). Secrets are read for each call or token. Invalid: something is missing, or a secret would travel in the open.
Result<registry::MlflowServer> mlflowServerOf(const workspace::Connection &connection, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets);
/// The repository of a connection of kind git.
registry::GitServer gitServerOf(const workspace::Connection &connection, std::shared_ptr<secrets::SecretStore> secrets);

/// The registry of a connection, unasked yet. Refused for a kind that is none; Invalid for one without an address.
/// @param packages folder for what is fetched   @param s3 the object store of artifacts that an MLflow server does not hand through
Result<std::shared_ptr<registry::Registry>> openRegistry(const workspace::Connection &connection, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets, const QString &packages, registry::S3Maker s3 = {});

} // namespace pilothouse::fleet
