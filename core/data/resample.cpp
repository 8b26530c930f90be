// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/resample.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::data {

namespace {

std::int64_t beginOf(std::int64_t time, std::int64_t step) { return time - ((time % step) + step) % step; }

/// The rows of one step in the order of time.
double aggregate(const Column &column, std::vector<std::size_t>::const_iterator first, std::vector<std::size_t>::const_iterator last, const QString &how) {
    double sum = 0, newest = std::numeric_limits<double>::quiet_NaN();
    std::size_t present = 0;
    for (; first != last; ++first) {
        const double value = column.numbers[*first];
        if (std::isnan(value))
            continue;
        sum += value;
        newest = value;
        ++present;
    }
    if (present == 0 || how == QLatin1String("last"))
        return newest;
    return how == QLatin1String("sum") ? sum : sum / double(present);
}

} // namespace

QString Resampled::note(const QString &step, const QString &how) const {
    const QString made = QStringLiteral("%1 rows were resampled to %2 steps of %3 (%4).").arg(rows).arg(times.size()).arg(step, how);
    return gaps ? made + QStringLiteral(" %1 steps have no row, in %2 gaps; the longest has %3.").arg(emptySteps).arg(gaps).arg(longestGap) : made;
}

Result<Resampled> resample(const std::vector<const Column *> &columns, const std::vector<std::int64_t> &times, std::int64_t stepMs, const QString &how) {
    std::vector<std::size_t> order;
    for (std::size_t row = 0; row < times.size(); ++row)
        if (times[row] != Column::missingTime)
            order.push_back(row);
    if (order.empty())
        return invalid(QStringLiteral("No row has a time."), {}, QStringLiteral("Check `time:` against the columns that `pilot profile` shows."));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
    Resampled out;
    out.rows = order.size();
    for (const Column *column : columns) {
        out.columns.emplace_back();
        out.columns.back().name = column->name;
    }
    for (auto first = order.cbegin(); first != order.cend();) {
        const std::int64_t begin = beginOf(times[*first], stepMs);
        const auto last = std::find_if(first, order.cend(), [&](std::size_t row) { return times[row] >= begin + stepMs; });
        if (!out.times.empty() && begin > out.times.back() + stepMs) {
            const auto empty = std::size_t((begin - out.times.back()) / stepMs - 1);
            out.emptySteps += empty;
            ++out.gaps;
            out.longestGap = std::max(out.longestGap, empty);
        }
        out.times.push_back(begin);
        for (std::size_t c = 0; c < columns.size(); ++c)
            out.columns[c].numbers.push_back(aggregate(*columns[c], first, last, how));
        first = last;
    }
    return out;
}

std::size_t interpolate(double *values, std::size_t count, std::size_t most) {
    std::size_t filled = 0, known = count; // known: the newest step that has a value; count: none yet
    for (std::size_t i = 0; i < count; ++i) {
        if (std::isnan(values[i]))
            continue;
        const std::size_t run = known < count ? i - known - 1 : 0;
        if (run > 0 && run <= most) {
            for (std::size_t k = known + 1; k < i; ++k)
                values[k] = values[known] + (values[i] - values[known]) * double(k - known) / double(i - known);
            filled += run;
        }
        known = i;
    }
    return filled;
}

} // namespace pilothouse::data
