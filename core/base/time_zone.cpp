// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/time_zone.h"

#include <QFileInfo>
#include <QTimeZone>

#include <algorithm>

namespace pilothouse {

bool isTimeZone(const QString &name) {
    const QByteArray id = name.toUtf8();
    if (!QTimeZone(id).isValid())
        return false;
    const bool offset = std::any_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
    return offset || QTimeZone::isTimeZoneIdAvailable(id) || QFileInfo(QStringLiteral("/usr/share/zoneinfo/") + name).isFile();
}

QString timeZoneHint(const QString &name) {
    const QByteArray place = '/' + name.trimmed().replace(QLatin1Char(' '), QLatin1Char('_')).toUtf8().toLower();
    for (const QByteArray &id : QTimeZone::availableTimeZoneIds())
        if (place.size() > 1 && ('/' + id.toLower()).endsWith(place))
            return QStringLiteral("Did you mean %1?").arg(QString::fromUtf8(id));
    return QStringLiteral("Write UTC or a name such as Europe/Berlin.");
}

} // namespace pilothouse
