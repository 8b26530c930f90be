// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/net/http.h"

#include <mutex>

namespace pilothouse::net {

/// An application of a directory (Microsoft Entra ID, Azure AD), as it gets tokens for itself.
struct DirectoryClient {
    QString authority; ///< "https://login.microsoftonline.com"
    QString tenant;    ///< identifier or domain
    QString client;    ///< the application's identifier
    QString scope;     ///< "https://management.azure.com/.default"
    QString caFile;    ///< private CA of the directory; empty = system
    std::function<Result<QString>()> secret; ///< the application's secret: read for each token, kept nowhere
};

/// The clouds that have a directory of their own: "public", "china", "usgovernment". Invalid for another word.
struct DirectoryCloud {
    QString authority, scope;
};
Result<DirectoryCloud> directoryCloud(const QString &name);

/// The Authorization header of calls to what trusts the directory: a bearer token by OAuth 2.0 client credentials (RFC 6749 §4.4; POST
/// TENANT/oauth2/v2.0/token), kept in memory until shortly before it expires. Any thread; several that need one at once ask once.
/// Errors: what the directory says, in plain words for the usual AADSTS numbers (Denied, NotFound, Invalid); of the connection, of the secret store.
class DirectoryToken {
public:
    DirectoryToken(std::shared_ptr<HttpClient> http, DirectoryClient client, std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>());
    Result<QByteArray> authorization(); ///< "Bearer …"
    /// The token was refused: the next authorization() is a new one.
    void forget();

private:
    Result<QByteArray> fetch();
    std::shared_ptr<HttpClient> m_http;
    DirectoryClient m_client;
    std::shared_ptr<const Clock> m_clock;
    std::mutex m_mutex;
    QByteArray m_token;
    QDateTime m_until;
};

/// An error reply of a directory, explained.
Error directoryError(const DirectoryClient &client, const Request &request, const Response &response);
/// False for an address over which a secret would travel in the open: anything but https, and http on this machine.
bool isSafeForSecrets(const QString &url);

} // namespace pilothouse::net
