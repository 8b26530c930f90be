// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QString>

class QDBusVariant;

namespace pilothouse::console {

/// What we ask of the desktop over D-Bus: its colour scheme, and notices to show. Without a session bus both do nothing.
/// The bus is only touched after the first paint.
class Desktop : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    void watchScheme(); ///< emits schemeChanged once with the present wish, then on changes
    /// @param item  what opened() names when the notice is clicked; empty: it cannot be opened
    void notify(const QString &title, const QString &text, bool urgent, const QString &item = {});

Q_SIGNALS:
    void schemeChanged(bool dark);
    void opened(const QString &item);

private Q_SLOTS:
    void settingChanged(const QString &group, const QString &key, const QDBusVariant &value);
    void actionInvoked(uint id, const QString &action);
    void notificationClosed(uint id, uint reason);

private:
    QHash<uint, QString> m_shown; ///< items by the desktop's number of their notice
    bool m_listening = false;
};

} // namespace pilothouse::console
