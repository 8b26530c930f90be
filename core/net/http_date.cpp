// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/http_date.h"

#include <QLocale>

namespace pilothouse::net {

QDateTime httpDate(const QByteArray &text) {
    QDateTime time = QLocale::c().toDateTime(QString::fromLatin1(text.trimmed()), QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
    time.setTimeSpec(Qt::UTC);
    return time;
}

} // namespace pilothouse::net
