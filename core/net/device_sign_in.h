// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/directory_token.h"

namespace pilothouse::net {

/// A person signs in on another page (OAuth 2.0 device authorization grant, RFC 8628; TENANT/oauth2/v2.0/devicecode). DirectoryClient::secret is not used.
struct DeviceCode {
    QString userCode, page; ///< to show: the code is typed there
    QString device;         ///< secret: it stands for the sign-in that is under way
    int seconds = 5;        ///< between two questions
    QDateTime until;
};
Result<DeviceCode> beginDeviceSignIn(HttpClient &http, const DirectoryClient &client, const Clock &clock);
/// Asks until the person has signed in. Gives the refresh token, for the secret store. TimedOut when the code has run out; Denied when the person said no; Cancelled.
Result<QString> finishDeviceSignIn(HttpClient &http, const DirectoryClient &client, DeviceCode code, const Clock &clock, std::stop_token token = {});

/// As DirectoryToken, for a person who has signed in once: from a refresh token that lies in a secret store, and is replaced there by each newer one. Any thread.
/// Denied with the command that helps, where nobody has signed in or the sign-in has run out.
class DeviceToken {
public:
    struct Store {
        std::function<Result<QString>()> read;
        std::function<Result<void>(const QString &)> write; ///< null: the old one stays in use, which the directory allows until it expires
    };
    /// @param connection its name, for “pilot connect login NAME”
    DeviceToken(std::shared_ptr<HttpClient> http, DirectoryClient client, Store store, QString connection, std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>());
    Result<QByteArray> authorization(); ///< "Bearer …"
    void forget();

private:
    Result<QByteArray> fetch();
    std::shared_ptr<HttpClient> m_http;
    DirectoryClient m_client;
    Store m_store;
    QString m_connection;
    std::shared_ptr<const Clock> m_clock;
    std::mutex m_mutex;
    QByteArray m_token;
    QDateTime m_until;
};

} // namespace pilothouse::net
