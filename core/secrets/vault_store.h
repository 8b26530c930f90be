// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/secrets/secret_store.h"
#include "core/secrets/vault_client.h"

#include <QStringList>

#include <map>

namespace pilothouse::secrets {

/// A secret's name that stands for a value in a Vault: "vault:CONNECTION/path/of/it#key", "vault:CONNECTION/path?version=3#key". The path is below the
/// connection's mount. Without "#key" the secret must have one key only, or one that is called "value".
struct VaultName {
    QString connection, path, key;
    std::optional<int> version;
    QString text() const;
};
bool isVaultName(const QString &secret); ///< begins with "vault:"
/// Invalid with the form; a missing key is none (it matters only where one value is meant).
Result<VaultName> parseVaultName(const QString &secret);

/// The Vaults of a workspace, each logged in to when it is first asked. Any thread.
class Vaults {
public:
    explicit Vaults(std::map<QString, std::shared_ptr<VaultClient>> clients) : m_clients(std::move(clients)) {}
    QStringList names() const;
    /// NotFound with the names that there are.
    Result<std::shared_ptr<VaultClient>> of(const QString &connection) const;
    /// The value that a name stands for. Errors of the client; NotFound for a key that it has not (its keys are told, never a value).
    Result<QString> value(const QString &secret, std::stop_token token = {}) const;
    void renewDue();
    void signOut();

private:
    std::map<QString, std::shared_ptr<VaultClient>> m_clients;
};

/// A store in which names that begin with "vault:" are read from a Vault, and all others from `base`. Such a name is not written here: that is an
/// operation of its own (pilot secrets set), with a plan and an undo.
std::shared_ptr<SecretStore> withVaults(std::shared_ptr<SecretStore> base, std::shared_ptr<Vaults> vaults);

} // namespace pilothouse::secrets
