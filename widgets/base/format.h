// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

#include <optional>

namespace pilothouse::ui {

/// Numbers as the design writes them: true minus, thin space between groups of three, decimal sign of QLocale().
QString fixed(double value, int decimals, bool sign = false);
/// About `digits` significant digits, never in exponent form: 0.953, 1.42, 6.9, 17 520. NaN: "none".
QString number(double value, int digits = 3, bool sign = false);
QString count(qint64 value);
QString percent(double share, int decimals = 0); ///< 0.25 → "25 %"
QString bytes(qint64 value);                     ///< "38 MB"

/// "40 s", "14 min", "6 h 40 m" (below two days), "9 d 4 h", "21 d". Negative counts as 0.
QString duration(double seconds);
/// With seconds, for run times: "2.4 s", "1 min 48 s", "6 h 40 m".
QString runTime(double seconds);
/// A time as the console shows it: in the local zone, or in UTC where the person chose that. For all of the program; any thread.
QDateTime shownTime(const QDateTime &time);
bool timesInUtc();
void setTimesInUtc(bool utc); ///< what is drawn already is not drawn again by it
QString age(const QDateTime &then, const QDateTime &now); ///< duration since; "none" if invalid
/// "14:25:40" on the same shown day as `now`, "Fri 17:20" within a week, "18 Nov 02:00", "18 Nov 2025" in another year.
QString moment(const QDateTime &when, const QDateTime &now);

/// mae → MAE, r2 → R², f1_macro → F1 macro, anything else with spaces.
QString metricName(const QString &key);
QString middleElided(const QString &id, int characters = 12); ///< "9f3a…e1"
/// "≤ 1.10" or "≥ 0.950" or "0.5 … 0.95" or "".
QString limitText(std::optional<double> min, std::optional<double> max);

} // namespace pilothouse::ui
