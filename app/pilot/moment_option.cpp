// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/moment_option.h"

#include "core/data/csv.h"

namespace pilothouse {

Result<qint64> momentOf(const std::string &text, const char *option, const QTimeZone &zone, qint64 absent) {
    if (text.empty())
        return absent;
    if (const QDate day = QDate::fromString(QString::fromStdString(text), Qt::ISODate); day.isValid() && text.size() == 10)
        return day.startOfDay(zone).toMSecsSinceEpoch();
    const std::int64_t ms = data::parseIsoTime(text);
    if (ms == data::Column::missingTime)
        return invalid(QStringLiteral("“%1” is no time like 2026-03-01 or 2026-03-01T06:00Z.").arg(QString::fromStdString(text)), QLatin1String(option));
    return qint64(ms);
}

} // namespace pilothouse
