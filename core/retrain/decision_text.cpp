// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/decision_text.h"

namespace pilothouse::retrain {

QString numberText(double value) { return QString::number(value, 'g', 4); }

QString durationText(qint64 seconds) {
    if (seconds >= 2 * 86400)
        return QStringLiteral("%1 d").arg(numberText(double(seconds) / 86400));
    if (seconds >= 3600)
        return QStringLiteral("%1 h").arg(numberText(double(seconds) / 3600));
    return QStringLiteral("%1 min").arg(numberText(double(seconds) / 60));
}

QString timeText(const QDateTime &time) { return time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm")) + QStringLiteral(" UTC"); }

} // namespace pilothouse::retrain
