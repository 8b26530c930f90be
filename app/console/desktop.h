// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
    void notify(const QString &title, const QString &text, bool urgent);

Q_SIGNALS:
    void schemeChanged(bool dark);

private Q_SLOTS:
    void settingChanged(const QString &group, const QString &key, const QDBusVariant &value);
};

} // namespace pilothouse::console
