// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/directory_login.h"

#include "core/fleet/connections.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

using operations::Operation;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(DirectoryLogin)
};

QString key(const workspace::Connection &connection, const char *name) { return connection.other.value(QLatin1String(name)); }

} // namespace

bool signsInByDevice(const workspace::Connection &connection) { return key(connection, "login") == QLatin1String("device"); }

QString signInSecret(const workspace::Connection &connection) { return connection.secret.isEmpty() ? connection.name + QStringLiteral("-sign-in") : connection.secret; }

Result<net::DirectoryClient> directoryClientOf(const workspace::Connection &connection) {
    PH_ASSIGN(const net::DirectoryCloud cloud, net::directoryCloud(key(connection, "cloud")));
    const QString authority = key(connection, "authority");
    for (const char *name : {"tenant", "client"})
        if (key(connection, name).isEmpty())
            return invalid(Text::tr("The connection “%1” does not say who signs in: its %2 is missing.").arg(connection.name, QLatin1String(name)), {},
                           Text::tr("Add tenant (the directory) and client (the identifier of an application)."));
    net::DirectoryClient client;
    client.authority = authority.isEmpty() ? cloud.authority : authority;
    client.tenant = key(connection, "tenant");
    client.client = key(connection, "client");
    client.scope = cloud.scope;
    client.caFile = key(connection, "ca_file");
    if (!net::isSafeForSecrets(client.authority))
        return invalid(Text::tr("The directory's address of “%1” is not safe: the sign-in would travel in the open.").arg(connection.name), client.authority, Text::tr("Write authority with https://."));
    return client;
}

Result<DirectoryLogin> directoryLogin(const workspace::Connection &connection, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets, std::shared_ptr<const Clock> clock) {
    DirectoryLogin login;
    login.forget = [] {};
    if (const QString word = key(connection, "login"); !word.isEmpty() && word != QLatin1String("device") && word != QLatin1String("client"))
        return invalid(Text::tr("“%1” is no login of the connection “%2”.").arg(word, connection.name), {}, Text::tr("Write login: device for a person who signs in, or login: client for an application."));
    if (signsInByDevice(connection)) {
        PH_ASSIGN(net::DirectoryClient client, directoryClientOf(connection));
        const QString name = signInSecret(connection);
        net::DeviceToken::Store store{[secrets, name] { return secrets->read(name); }, [secrets, name](const QString &newer) { return secrets->write(name, newer); }};
        const auto token = std::make_shared<net::DeviceToken>(std::move(http), std::move(client), std::move(store), connection.name, std::move(clock));
        login.authorization = [token] { return token->authorization(); };
        login.forget = [token] { token->forget(); };
        return login;
    }
    if (key(connection, "tenant").isEmpty() || connection.secret.isEmpty())
        return login;
    PH_ASSIGN(net::DirectoryClient client, directoryClientOf(connection));
    client.secret = [name = connection.secret, secrets] { return secrets->read(name); };
    const auto token = std::make_shared<net::DirectoryToken>(std::move(http), std::move(client), std::move(clock));
    login.authorization = [token] { return token->authorization(); };
    login.forget = [token] { token->forget(); };
    return login;
}

Operation signInOperation(const workspace::Connection &connection, std::shared_ptr<secrets::SecretStore> store, const QString &refreshToken) {
    operations::Operation operation;
    operation.kind = QStringLiteral("connection-sign-in");
    operation.object = QStringLiteral("connection %1").arg(connection.name);
    operation.summary = Text::tr("Keep the sign-in of the connection %1").arg(connection.name);
    operation.needs = workspace::Role::Viewer;
    operation.details = {{QStringLiteral("secret"), signInSecret(connection)}, {QStringLiteral("tenant"), key(connection, "tenant")}};
    storeSecretFirst(operation, std::move(store), signInSecret(connection), refreshToken);
    return operation;
}

} // namespace pilothouse::fleet
