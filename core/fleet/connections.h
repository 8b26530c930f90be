// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/net/http.h"
#include "core/operations/operation.h"
#include "core/secrets/secret_store.h"
#include "core/workspace/workspace.h"

#include <QVariantMap>

#include <memory>
#include <stop_token>

namespace pilothouse::fleet {

/// What a look at a connection found.
struct ConnectionCheck {
    QString name, kind, address; ///< address: root or URL
    QString finding;             ///< a sentence
    bool usedHere = true;        ///< false: this version only knows that the kind exists
    double seconds = 0;          ///< until the answer; 0 for local
};

/// Where a connection leads, as it is shown: a folder, an address, or the kubeconfig and context of a cluster.
QString connectionAddress(const workspace::Connection &connection);

/// Value of the Authorization header of a connection's calls: Basic with a user, Bearer without; empty for one without a secret. Errors of the store.
Result<QByteArray> authorizationValue(const workspace::Connection &connection, secrets::SecretStore &secrets);

/// Looks at one connection. Local: the folder can be written and the registry opens. With a URL: one GET with the
/// credential. Errors: NotFound (no such connection, no secret), Unreachable, Denied, Invalid, as statusError() and the
/// database say it. Blocking.
Result<ConnectionCheck> testConnection(const workspace::Workspace &workspace, const QString &name, net::HttpClient &http,
                                       secrets::SecretStore &secrets, std::stop_token token = {});

/// testConnection() of one that is not written yet: `entry` as addConnection() takes it, `value` what would be kept as its secret (empty: what the store has). Nothing is written or kept.
Result<ConnectionCheck> testNewConnection(const QString &workspaceFile, const QString &name, const QVariantMap &entry, const QString &value, net::HttpClient &http,
                                          std::shared_ptr<secrets::SecretStore> secrets, std::stop_token token = {});

/// The operation that adds a connection to the workspace file, comments and order kept. `entry` is the map as it is
/// written: {kind, root | url, user, secret, …}. Conflict if the name is taken; Invalid if the file would not be a workspace.
Result<operations::Operation> addConnection(const QString &workspaceFile, const QString &name, const QVariantMap &entry);
/// Puts a step before the others that keeps the secret of the new connection, so that a keychain that says no leaves the
/// file as it was. The value is in no plan and no journal line; the undo puts back what was there.
void storeSecretFirst(operations::Operation &operation, std::shared_ptr<secrets::SecretStore> store, const QString &secret, const QString &value);
/// The operation that takes a connection out. Refused while a model names it.
Result<operations::Operation> removeConnection(const QString &workspaceFile, const QString &name);

} // namespace pilothouse::fleet
