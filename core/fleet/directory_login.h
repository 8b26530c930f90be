// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/device_sign_in.h"
#include "core/operations/operation.h"
#include "core/secrets/secret_store.h"
#include "core/workspace/workspace.h"

namespace pilothouse::fleet {

/// How a connection of kind azureml comes by the tokens of its directory: by the secret of an application (tenant, client, secret), or with `login: device` by a person who has signed in once
/// on another page. Of that one the refresh token is kept, under the connection's `secret`, or "NAME-sign-in".
struct DirectoryLogin {
    std::function<Result<QByteArray>()> authorization; ///< "Bearer …"; null: the connection says nothing of who signs in
    std::function<void()> forget;                      ///< the token was refused
};
/// Nothing is asked before the first authorization(). Invalid: `login` or `cloud` is none; something is missing.
Result<DirectoryLogin> directoryLogin(const workspace::Connection &connection, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets, std::shared_ptr<const Clock> clock);

bool signsInByDevice(const workspace::Connection &connection);
QString signInSecret(const workspace::Connection &connection); ///< the name that the refresh token is kept under
/// The application at the directory of the connection's cloud. Invalid: tenant or client is missing, the cloud is none, the address of the directory is not safe.
Result<net::DirectoryClient> directoryClientOf(const workspace::Connection &connection);

/// "connection-sign-in": keeps the refresh token of a sign-in that has just ended. The token is in no plan and no journal line; the undo puts back what was there.
operations::Operation signInOperation(const workspace::Connection &connection, std::shared_ptr<secrets::SecretStore> store, const QString &refreshToken);

} // namespace pilothouse::fleet
