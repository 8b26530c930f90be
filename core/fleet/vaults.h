// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"
#include "core/operations/operation.h"
#include "core/secrets/vault_store.h"
#include "core/workspace/workspace.h"

#include <memory>

namespace pilothouse::fleet {

/// How a connection of kind vault logs in: url, mount, login (token if it is left out), login_mount, user, role, namespace, jwt_file, ca_file; the secret is
/// read from `base` for each login. Invalid for a connection that does not say enough.
Result<secrets::VaultServer> vaultServerOf(const workspace::Connection &connection, std::shared_ptr<secrets::SecretStore> base);
/// All of a workspace. One that does not say enough is left out; asking for it says what is missing (testConnection).
std::shared_ptr<secrets::Vaults> vaultsOf(const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> base);
/// The store that a workspace's connections read their secrets from: `base`, and its Vaults for names that begin with "vault:".
std::shared_ptr<secrets::SecretStore> workspaceSecrets(const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> base);

/// The operation that writes one key of a secret in a Vault (kind "secret-write"). The other keys stay; the new version comes by check-and-set on the one that
/// was seen here, so that nobody's change is lost. Neither plan nor journal hold a value, the undo writes the older version's values back, or deletes
/// what was new. Reads the secret. Errors of the Vault; Invalid for a name with a version or without a key.
Result<operations::Operation> writeVaultSecret(std::shared_ptr<secrets::VaultClient> client, const secrets::VaultName &name, const QString &value);

} // namespace pilothouse::fleet
