// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/desktop.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QVariantMap>

namespace pilothouse::console {
namespace {

const QString portalService = QStringLiteral("org.freedesktop.portal.Desktop"), portalPath = QStringLiteral("/org/freedesktop/portal/desktop"),
              portalSettings = QStringLiteral("org.freedesktop.portal.Settings"), appearance = QStringLiteral("org.freedesktop.appearance"),
              colorScheme = QStringLiteral("color-scheme");

bool hasBus() { return !qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS"); } // else Qt would start one

/// 0 no preference, 1 dark, 2 light. The portal wraps the answer in one variant more than it says.
bool wantsDark(QVariant value) {
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value.toUInt() != 2;
}

} // namespace

void Desktop::watchScheme() {
    if (!hasBus())
        return;
    QDBusConnection bus = QDBusConnection::sessionBus();
    bus.connect(portalService, portalPath, portalSettings, QStringLiteral("SettingChanged"), this, SLOT(settingChanged(QString, QString, QDBusVariant)));
    QDBusMessage ask = QDBusMessage::createMethodCall(portalService, portalPath, portalSettings, QStringLiteral("Read"));
    ask << appearance << colorScheme;
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(ask, 2000), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        watcher->deleteLater();
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        if (!reply.isError())
            Q_EMIT schemeChanged(wantsDark(QVariant::fromValue(reply.value())));
    });
}

void Desktop::settingChanged(const QString &group, const QString &key, const QDBusVariant &value) {
    if (group == appearance && key == colorScheme)
        Q_EMIT schemeChanged(wantsDark(QVariant::fromValue(value)));
}

void Desktop::notify(const QString &title, const QString &text, bool urgent, const QString &item) {
    if (!hasBus())
        return;
    const QString name = QStringLiteral("org.freedesktop.Notifications"), path = QStringLiteral("/org/freedesktop/Notifications");
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!m_listening) {
        bus.connect({}, path, name, QStringLiteral("ActionInvoked"), this, SLOT(actionInvoked(uint, QString)));
        bus.connect({}, path, name, QStringLiteral("NotificationClosed"), this, SLOT(notificationClosed(uint, uint)));
        m_listening = true;
    }
    QDBusMessage message = QDBusMessage::createMethodCall(name, path, name, QStringLiteral("Notify"));
    message << QStringLiteral("Pilothouse") << uint(0) << QStringLiteral("pilothouse") << title << text << (item.isEmpty() ? QStringList() : QStringList{QStringLiteral("default"), tr("Open")})
            << QVariantMap{{QStringLiteral("urgency"), QVariant::fromValue<uchar>(urgent ? 2 : 1)}} << -1;
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(message, 2000), this); // a desktop without notices is fine
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher, item] {
        watcher->deleteLater();
        const QDBusPendingReply<uint> reply = *watcher;
        if (!reply.isError() && !item.isEmpty())
            m_shown.insert(reply.value(), item);
    });
}

void Desktop::actionInvoked(uint id, const QString &) {
    if (const QString item = m_shown.take(id); !item.isEmpty()) // else another program's
        Q_EMIT opened(item);
}

void Desktop::notificationClosed(uint id, uint) { m_shown.remove(id); }

} // namespace pilothouse::console
