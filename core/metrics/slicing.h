// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"

#include <QStringList>

#include <cstdint>
#include <span>
#include <vector>

class QTimeZone;

namespace pilothouse::metrics {

/// Rows in groups: by the values of a category, by ranges of a number, or by a part of the time.
struct Slicing {
    QString by;                   ///< "ocean_proximity", "time:month"
    QStringList names;            ///< of the groups, in the order in which they are shown
    std::vector<std::int32_t> of; ///< [rows] group of each; −1: none, its value is missing
    std::size_t missing() const;  ///< rows in no group
};

/// Categories: each value a group, the most frequent first, those beyond 50 together as "other". Numbers: each value a group if
/// there are 12 or fewer, else quarters by the quartiles of these rows (fewer groups where quartiles are equal).
Slicing sliceByCategory(const QString &by, std::span<const std::int32_t> codes, const std::vector<std::string> &dictionary);
Slicing sliceByNumber(const QString &by, std::span<const double> values);

/// @param part hour | weekday | month, of the time in `zone`
/// @param times ms since 1970 UTC; data::Column::missingTime: none
/// Invalid for another part, with the nearest.
Result<Slicing> sliceByTime(const QString &by, std::span<const std::int64_t> times, const QString &part, const QTimeZone &zone);

/// The rows listed of a table's column. `by` is its name; of a time column NAME:hour, NAME:weekday or NAME:month. Invalid, with the
/// nearest name: no such column, a time without its part.
Result<Slicing> sliceByColumn(const QString &by, const data::Table &table, std::span<const std::size_t> rows);

} // namespace pilothouse::metrics
