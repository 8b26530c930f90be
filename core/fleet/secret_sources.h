// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/secrets/vault_client.h"
#include "core/workspace/workspace.h"

#include <QDateTime>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::fleet {

struct Services;

/// Where secrets of a workspace are: the keychain (with the environment), each Vault, each cluster.
struct SecretSource {
    enum Kind { Keychain, Vault, Cluster } kind = Keychain;
    QString connection; ///< of the workspace; empty: the keychain
    QString id() const; ///< "keychain", "vault:NAME", "kube:NAME"
};
/// The keychain first, then Vaults and clusters by name.
std::vector<SecretSource> secretSources(const workspace::Workspace &workspace);
/// Secret's name → who of the workspace uses it: "connection mlflow", "endpoint of t2m", "notification team".
QMap<QString, QStringList> secretUsers(const workspace::Workspace &workspace);

/// kube:CONNECTION[/NAMESPACE[/NAME]][#key]: a Secret of a cluster as it is named here.
struct KubeSecretName {
    QString connection, space, name, key;
    QString text() const;
};
std::optional<KubeSecretName> parseKubeSecretName(const QString &text);

/// One line of a source. No value.
struct SecretLine {
    QString name;    ///< as the workspace and `pilot secrets` name it: "mlflow-token", "vault:v/ml/db", "kube:lab/ml/db"
    QString title;   ///< the last part of it
    bool folder = false; ///< of a Vault: there is more below
    QString type;    ///< of a cluster's Secret
    QStringList keys; ///< known from the list only in a cluster
    QDateTime created;
    QStringList usedBy;
    std::optional<Error> problem; ///< keychain: why it cannot be read; NotFound: the workspace names it and nobody stored it
};
/// What is in a source. Vault: below `path`; cluster: in the namespace `path` (empty: the connection's). A keychain is asked only for the names that the workspace
/// uses. Errors: of the Vault (Denied with the policies, Unreachable when it is sealed) and of the cluster (Denied with the missing verb); of the keychain where
/// no name could be asked for. Blocking.
Result<std::vector<SecretLine>> secretsIn(const Services &services, const SecretSource &source, const QString &path, std::stop_token token = {});

/// One secret without its values.
struct SecretFacts {
    QString name, type;
    QStringList keys;
    QDateTime created;
    std::optional<secrets::VaultMetadata> metadata; ///< of a Vault: versions, newest first
    std::optional<Error> problem; ///< the newest version was deleted: there are no keys, and older versions may be had
};
/// `name` as in SecretLine, of a Vault with ?version=N for an older one. Blocking.
Result<SecretFacts> secretFacts(const Services &services, const QString &name, std::stop_token token = {});

/// The values because a person asked for them: key → value, one where the name ends with #key. That they were shown, of what and to whom stands in the journal
/// before they are given (a note of kind "secret-show", never with a value): without a journal nothing is shown. The values are hidden in all texts
/// from then on (redact.h). A secret of the keychain has one key, "value". Blocking.
Result<QMap<QString, QString>> revealSecret(const Services &services, const QString &name, std::stop_token token = {});

} // namespace pilothouse::fleet
