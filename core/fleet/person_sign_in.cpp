// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/person_sign_in.h"

#include "core/fleet/directory_login.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PersonSignIn)
};

Result<workspace::Connection> signingIn(const Services &services, const QString &name) {
    if (!services.workspace.connections.contains(name))
        return notFound(Text::tr("There is no connection “%1”.").arg(name), services.workspace.file, Text::tr("pilot connect list shows them."));
    const workspace::Connection connection = services.workspace.connections.value(name);
    if (connection.kind != QLatin1String("azureml") || !signsInByDevice(connection))
        return refused(Text::tr("Nobody signs in for the connection %1: it has no login: device.").arg(name), services.workspace.file,
                       Text::tr("Only connections of kind azureml have such a login; those of an application keep its secret: pilot connect add … --secret-from-stdin."));
    return connection;
}

} // namespace

Result<net::DeviceCode> beginSignIn(const Services &services, const QString &name) {
    PH_ASSIGN(const workspace::Connection connection, signingIn(services, name));
    PH_ASSIGN(const net::DirectoryClient client, directoryClientOf(connection));
    PH_TRY(services.operations->check(signInOperation(connection, services.secrets, {})));
    return net::beginDeviceSignIn(*services.http, client, *services.clock);
}

Result<QString> finishSignIn(const Services &services, const QString &name, const net::DeviceCode &code, std::stop_token token) {
    PH_ASSIGN(const workspace::Connection connection, signingIn(services, name));
    PH_ASSIGN(const net::DirectoryClient client, directoryClientOf(connection));
    PH_ASSIGN(const QString refresh, net::finishDeviceSignIn(*services.http, client, code, *services.clock, token));
    return services.operations->runWhole(signInOperation(connection, services.secrets, refresh));
}

} // namespace pilothouse::fleet
