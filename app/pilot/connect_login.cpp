// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/connect_login.h"

#include "core/fleet/directory_login.h"
#include "core/fleet/services.h"

#include <QLocale>

namespace pilothouse {

using Q = QLatin1String;

Result<void> signIn(Context &context, const QString &name) {
    PH_ASSIGN(const auto services, context.services());
    if (!services->workspace.connections.contains(name))
        return notFound(QStringLiteral("There is no connection “%1”.").arg(name), services->workspace.file, QStringLiteral("pilot connect list shows them."));
    const workspace::Connection connection = services->workspace.connections.value(name);
    if (connection.kind != Q("azureml") || !fleet::signsInByDevice(connection))
        return refused(QStringLiteral("Nobody signs in for the connection %1: it has no login: device.").arg(name), services->workspace.file,
                       QStringLiteral("Only connections of kind azureml have such a login; those of an application keep its secret: pilot connect add … --secret-from-stdin."));
    PH_ASSIGN(const net::DirectoryClient client, fleet::directoryClientOf(connection));
    const auto store = services->secrets;
    PH_TRY(services->operations->check(fleet::signInOperation(connection, store, {}))); // before a person takes the trouble
    const SystemClock clock;
    PH_ASSIGN(const net::DeviceCode code, net::beginDeviceSignIn(*services->http, client, clock));
    context.note(QStringLiteral("Open %1 and enter the code %2. It is good until %3.").arg(code.page, code.userCode, QLocale::c().toString(code.until.toLocalTime(), QStringLiteral("HH:mm:ss"))));
    if (context.eventsWanted)
        context.events().emitEvent(Q("sign_in"), {{Q("page"), code.page}, {Q("code"), code.userCode}, {Q("until"), code.until.toUTC().toString(Qt::ISODate)}});
    PH_ASSIGN(const QString refresh, net::finishDeviceSignIn(*services->http, client, code, clock, context.stop()));
    PH_ASSIGN(const QString id, services->operations->runWhole(fleet::signInOperation(connection, store, refresh)));
    context.answer({{Q("operation"), id}, {Q("connection"), name}, {Q("secret"), fleet::signInSecret(connection)}},
                   QStringLiteral("Signed in for the connection %1; kept as the secret %2. Try it: pilot connect test %1").arg(name, fleet::signInSecret(connection)));
    return {};
}

} // namespace pilothouse
