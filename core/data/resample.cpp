// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/resample.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::data {

namespace {

using Q = QLatin1String;
using RowNumbers = std::vector<std::size_t>;

/// The rows of one step in the order of time.
double aggregate(const Column &column, const RowNumbers &rows, const QString &how) {
    double sum = 0, newest = std::numeric_limits<double>::quiet_NaN();
    std::size_t present = 0;
    for (const std::size_t row : rows) {
        const double value = column.numbers[row];
        if (std::isnan(value))
            continue;
        sum += value;
        newest = value;
        ++present;
    }
    if (present == 0 || how == Q("last"))
        return newest;
    return how == Q("sum") ? sum : sum / double(present);
}

/// The newest row that has a value; of none the newest.
std::size_t newest(const Column &column, const RowNumbers &rows) {
    const auto found = std::find_if(rows.rbegin(), rows.rend(), [&](std::size_t row) { return !column.isMissing(row); });
    return found == rows.rend() ? rows.back() : *found;
}

void addStep(Column &to, const Column &from, const RowNumbers &rows, const QString &how) {
    switch (from.type) {
    case ColumnType::Number: to.numbers.push_back(aggregate(from, rows, how)); break;
    case ColumnType::Category: to.codes.push_back(from.codes[newest(from, rows)]); break;
    case ColumnType::Time: to.times.push_back(from.times[newest(from, rows)]); break;
    }
}

/// Rows of one step by series, in the order of each one's first row.
std::vector<RowNumbers> bySeries(const RowNumbers &rows, const Column *by) {
    if (!by)
        return {rows};
    std::vector<RowNumbers> groups;
    std::unordered_map<std::string, std::size_t> places;
    for (const std::size_t row : rows) {
        const auto [place, added] = places.emplace(by->text(row).toStdString(), groups.size());
        if (added)
            groups.emplace_back();
        groups[place->second].push_back(row);
    }
    return groups;
}

} // namespace

QString StepCounts::note() const {
    const QString made = QStringLiteral("%1 rows were resampled to %2 steps of %3 (%4)%5.").arg(rows).arg(steps).arg(step, how, series > 1 ? QStringLiteral(" in %1 series").arg(series) : QString());
    const QString missing = gaps ? QStringLiteral(" %1 steps have no row, in %2 gaps; the longest has %3.").arg(emptySteps).arg(gaps).arg(longestGap) : QStringLiteral(" No step between the first and the last is missing.");
    return made + missing + (withoutTime ? QStringLiteral(" %1 rows have no time; they are left out.").arg(withoutTime) : QString());
}

QJsonObject StepCounts::toJson() const {
    return {{Q("step"), step}, {Q("how"), how}, {Q("rows"), qint64(rows)}, {Q("without_time"), qint64(withoutTime)}, {Q("series"), qint64(series)}, {Q("steps"), qint64(steps)},
            {Q("missing_steps"), qint64(emptySteps)}, {Q("gaps"), qint64(gaps)}, {Q("longest_gap"), qint64(longestGap)}};
}

StepCounter::StepCounter(const workspace::TimeSpec &time) : m_stepMs(time.stepSeconds() * 1000) {
    m_counts.step = time.step;
    m_counts.how = time.resample;
}

void StepCounter::addRows(std::size_t withTime, std::size_t without) {
    m_counts.rows += withTime;
    m_counts.withoutTime += without;
}

void StepCounter::addStep(const std::string &series, std::int64_t begin) {
    const auto [last, first] = m_last.emplace(series, begin);
    ++m_counts.steps;
    m_counts.series += first;
    if (begin > last->second + m_stepMs) {
        const auto empty = std::size_t((begin - last->second) / m_stepMs - 1);
        m_counts.emptySteps += empty;
        ++m_counts.gaps;
        m_counts.longestGap = std::max(m_counts.longestGap, empty);
    }
    last->second = begin;
}

std::int64_t stepBegin(std::int64_t time, std::int64_t stepMs) { return time - ((time % stepMs) + stepMs) % stepMs; }

Result<Steps> resample(const std::vector<const Column *> &columns, const std::vector<std::int64_t> &times, const workspace::TimeSpec &time, const Column *by, StepCounter &counter) {
    const std::int64_t stepMs = time.stepSeconds() * 1000;
    RowNumbers order;
    for (std::size_t row = 0; row < times.size(); ++row)
        if (times[row] != Column::missingTime)
            order.push_back(row);
    if (order.empty())
        return invalid(QStringLiteral("No row has a time."), {}, QStringLiteral("Check `time:` against the columns that `pilot profile` shows."));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
    counter.addRows(order.size(), times.size() - order.size());
    Steps out;
    for (const Column *column : columns) {
        Column &made = out.columns.emplace_back();
        made.name = column->name;
        made.type = column->type;
        made.dictionary = column->dictionary;
        made.zoned = column->zoned;
    }
    for (auto first = order.cbegin(); first != order.cend();) {
        const std::int64_t begin = stepBegin(times[*first], stepMs);
        const auto last = std::find_if(first, order.cend(), [&](std::size_t row) { return times[row] >= begin + stepMs; });
        for (const RowNumbers &rows : bySeries(RowNumbers(first, last), by)) {
            counter.addStep(by ? by->text(rows.front()).toStdString() : std::string(), begin);
            out.times.push_back(begin);
            for (std::size_t c = 0; c < columns.size(); ++c)
                addStep(out.columns[c], *columns[c], rows, columns[c] == by ? QStringLiteral("last") : time.resample);
        }
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
