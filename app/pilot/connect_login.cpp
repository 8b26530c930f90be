// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/connect_login.h"

#include "core/fleet/directory_login.h"
#include "core/fleet/person_sign_in.h"

#include <QLocale>

namespace pilothouse {

using Q = QLatin1String;

Result<void> signIn(Context &context, const QString &name) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const net::DeviceCode code, fleet::beginSignIn(*services, name));
    context.note(QStringLiteral("Open %1 and enter the code %2. It is good until %3.").arg(code.page, code.userCode, QLocale::c().toString(code.until.toLocalTime(), QStringLiteral("HH:mm:ss"))));
    if (context.eventsWanted)
        context.events().emitEvent(Q("sign_in"), {{Q("page"), code.page}, {Q("code"), code.userCode}, {Q("until"), code.until.toUTC().toString(Qt::ISODate)}});
    PH_ASSIGN(const QString id, fleet::finishSignIn(*services, name, code, context.stop()));
    const QString secret = fleet::signInSecret(services->workspace.connections.value(name));
    context.answer({{Q("operation"), id}, {Q("connection"), name}, {Q("secret"), secret}}, QStringLiteral("Signed in for the connection %1; kept as the secret %2. Try it: pilot connect test %1").arg(name, secret));
    return {};
}

} // namespace pilothouse
