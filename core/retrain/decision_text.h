// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

namespace pilothouse::retrain {

/// Numbers, durations and times as the reasons of decisions write them: "1.31", "36 h", "2026-03-01 06:00 UTC".
QString numberText(double value);
QString durationText(qint64 seconds);
QString timeText(const QDateTime &time);

} // namespace pilothouse::retrain
