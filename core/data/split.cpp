// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/split.h"

#include "core/data/csv.h"
#include "core/data/folds.h"
#include "core/data/lots.h"
#include "core/data/unknown_column.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace pilothouse::data {

namespace {

using Kind = workspace::SplitSpec::Kind;

/// Draws the test rows out of `rows`: round(fraction · n), at least one on each side where there are two.
void draw(std::vector<std::size_t> rows, double fraction, Lots &lots, Split &split) {
    const std::size_t n = rows.size();
    std::size_t wanted = std::size_t(std::llround(fraction * double(n)));
    if (n >= 2)
        wanted = std::clamp<std::size_t>(wanted, 1, n - 1);
    for (std::size_t i = 0; i < wanted && i + 1 < n; ++i)
        std::swap(rows[i], rows[i + lots.below(n - i)]);
    split.test.insert(split.test.end(), rows.begin(), rows.begin() + std::ptrdiff_t(wanted));
    split.train.insert(split.train.end(), rows.begin() + std::ptrdiff_t(wanted), rows.end());
}

Result<Split> finished(Split split) {
    std::sort(split.train.begin(), split.train.end());
    std::sort(split.test.begin(), split.test.end());
    if (split.train.empty() || split.test.empty())
        return invalid(QStringLiteral("The split leaves %1 training rows and %2 test rows.").arg(split.train.size()).arg(split.test.size()), {},
                       QStringLiteral("Both sides need rows: change `split:`, or use more data."));
    return split;
}

/// Each class in the same share on both sides; rows without a class are left out.
Result<Split> stratified(const Table &table, const workspace::SplitSpec &spec, const QString &target) {
    const Column *column = table.find(target);
    if (!column)
        return invalid(QStringLiteral("A stratified split needs the target; the data has no column “%1”.").arg(target), {},
                       QStringLiteral("It has: %1.").arg(table.names().join(QStringLiteral(", "))));
    std::map<QString, std::vector<std::size_t>> classes;
    Split split;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        if (column->isMissing(row))
            ++split.leftOut;
        else
            classes[column->text(row)].push_back(row);
    }
    Lots lots(spec.seed);
    for (const auto &[name, rows] : classes) {
        if (rows.size() == 1) {
            split.train.push_back(rows.front());
            split.notes << QStringLiteral("The class “%1” has one row; it is in training and cannot be tested.").arg(name);
        } else {
            draw(rows, spec.fraction, lots, split);
        }
    }
    if (split.leftOut)
        split.notes << QStringLiteral("%1 rows have no class; they are in neither part.").arg(split.leftOut);
    return finished(std::move(split));
}

/// Whole groups are drawn: round(fraction · groups), at least one on each side.
Result<Split> grouped(const Table &table, const workspace::SplitSpec &spec) {
    PH_ASSIGN(const std::vector<std::int64_t> groups, groupNumbers(table, spec.by));
    const std::size_t count = groups.empty() ? 0 : std::size_t(*std::max_element(groups.begin(), groups.end()) + 1);
    if (count < 2)
        return invalid(QStringLiteral("The column “%1” has %2 group(s); a grouped split needs two or more.").arg(spec.by).arg(count), {}, QStringLiteral("Use {random: 0.2, seed: 7}."));
    std::vector<std::size_t> all(count);
    std::iota(all.begin(), all.end(), std::size_t(0));
    Lots lots(spec.seed);
    Split drawn;
    draw(std::move(all), spec.fraction, lots, drawn);
    const std::set<std::size_t> tested(drawn.test.begin(), drawn.test.end());
    Split split;
    for (std::size_t row = 0; row < groups.size(); ++row) {
        if (groups[row] < 0)
            ++split.leftOut;
        else
            (tested.contains(std::size_t(groups[row])) ? split.test : split.train).push_back(row);
    }
    split.notes << QStringLiteral("%1 groups by %2 train, %3 test; none is on both sides.").arg(drawn.train.size()).arg(spec.by).arg(drawn.test.size());
    if (split.leftOut)
        split.notes << QStringLiteral("%1 rows have no “%2”; they are in neither part.").arg(split.leftOut).arg(spec.by);
    return finished(std::move(split));
}

Result<Split> byTime(const Table &table, const workspace::SplitSpec &spec, const std::optional<workspace::TimeSpec> &time) {
    const std::int64_t border = parseIsoTime(spec.after.toStdString());
    if (border == Column::missingTime)
        return invalid(QStringLiteral("`after: %1` is no date or time.").arg(spec.after), {}, QStringLiteral("Write 2013-10-01 or 2013-10-01T06:00:00 (UTC)."));
    if (!time)
        return invalid(QStringLiteral("A split by time needs `time:`."), {}, QStringLiteral("Add time: {column: …}."));
    PH_ASSIGN(const std::vector<std::int64_t> times, rowTimes(table, *time));
    const std::int64_t length = time->resample.isEmpty() ? 1 : time->stepSeconds() * 1000; // a resampled step holds rows until the next one begins
    Split split;
    std::size_t cut = 0;
    for (std::size_t row = 0; row < times.size(); ++row) {
        if (times[row] == Column::missingTime)
            ++split.leftOut;
        else if (times[row] >= border)
            split.test.push_back(row);
        else if (times[row] + length <= border)
            split.train.push_back(row);
        else
            ++cut;
    }
    if (split.leftOut)
        split.notes << QStringLiteral("%1 rows have no time; they are in neither part.").arg(split.leftOut);
    if (cut)
        split.notes << QStringLiteral("%1 steps hold rows from both sides of the border; they are in neither part.").arg(cut);
    split.leftOut += cut;
    return finished(std::move(split));
}

/// UTC from the wall clock of a zone; nothing to do for UTC.
std::int64_t fromLocal(std::int64_t local, const QTimeZone &zone, bool utc) {
    if (utc || local == Column::missingTime)
        return local;
    const QDateTime wall = QDateTime::fromMSecsSinceEpoch(local, Qt::UTC);
    return QDateTime(wall.date(), wall.time(), zone).toMSecsSinceEpoch();
}

std::int64_t timeOfParts(const std::vector<const Column *> &parts, std::size_t row) {
    int values[6] = {1970, 1, 1, 0, 0, 0};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const double v = parts[i]->numbers[row];
        if (std::isnan(v) || v != std::floor(v) || std::abs(v) > 9999)
            return Column::missingTime;
        values[i] = int(v);
    }
    // Some files count the hours 1 … 24: 24 is the next day's 0.
    const bool midnight = values[3] == 24 && values[4] == 0 && values[5] == 0;
    const QDate date(values[0], values[1], values[2]);
    const QTime clock(midnight ? 0 : values[3], values[4], values[5]);
    if (!date.isValid() || !clock.isValid())
        return Column::missingTime;
    return QDateTime(midnight ? date.addDays(1) : date, clock, Qt::UTC).toMSecsSinceEpoch();
}

} // namespace

QString stepTimeColumn(const workspace::TimeSpec &time) { return time.column.isEmpty() ? QStringLiteral("time@step") : time.column; }

bool hasTimes(const QStringList &columns, const workspace::TimeSpec &time) {
    return columns.contains(stepTimeColumn(time)) || (time.column.isEmpty() && std::all_of(time.parts.begin(), time.parts.end(), [&](const QString &part) { return columns.contains(part); }));
}

Result<std::vector<std::int64_t>> rowTimes(const Table &table, const workspace::TimeSpec &time) {
    if (const Column *steps = time.column.isEmpty() ? table.find(stepTimeColumn(time)) : nullptr; steps && steps->type == ColumnType::Time)
        return steps->times;
    const QTimeZone zone(time.zone.toUtf8());
    if (!zone.isValid())
        return invalid(QStringLiteral("Unknown time zone “%1”.").arg(time.zone), {}, QStringLiteral("Write UTC or a name such as Asia/Colombo."));
    const bool utc = zone == QTimeZone::utc() || time.zone == QLatin1String("UTC");
    const QStringList names = time.column.isEmpty() ? time.parts : QStringList{time.column};
    std::vector<const Column *> columns;
    for (const QString &name : names) {
        const Column *column = table.find(name);
        if (!column)
            return invalid(QStringLiteral("`time:` names the column “%1”, which the data does not have.").arg(name), {}, columnsHint(name, table.names()));
        const ColumnType wanted = time.column.isEmpty() ? ColumnType::Number : ColumnType::Time;
        if (column->type != wanted)
            return invalid(QStringLiteral("The time column “%1” holds %2 values.").arg(name, columnTypeName(column->type)), {},
                           time.column.isEmpty() ? QStringLiteral("`parts:` need whole numbers: year, month, day, hour.")
                                                 : QStringLiteral("`column:` needs ISO 8601 times such as 2013-01-01T06:00:00Z; for numbers use `parts:`."));
        columns.push_back(column);
    }
    if (columns.empty() || (time.column.isEmpty() && (columns.size() < 3 || columns.size() > 6)))
        return invalid(QStringLiteral("`time:` needs a column, or three to six parts."), {}, QStringLiteral("For example {column: datetime, step: 1h}."));
    if (!time.column.isEmpty() && (utc || columns[0]->zoned))
        return columns[0]->times;
    std::vector<std::int64_t> times(table.rows());
    for (std::size_t row = 0; row < times.size(); ++row)
        times[row] = fromLocal(time.column.isEmpty() ? timeOfParts(columns, row) : columns[0]->times[row], zone, utc);
    return times;
}

Result<Split> splitCount(std::size_t count, const workspace::SplitSpec &spec) {
    Split split;
    if (spec.kind == Kind::Every) {
        const std::size_t every = std::size_t(std::max(2, spec.every));
        for (std::size_t row = 0; row < count; ++row)
            (row % every == every - 1 ? split.test : split.train).push_back(row);
        return finished(std::move(split));
    }
    if (spec.kind != Kind::Random)
        return invalid(QStringLiteral("This split needs the rows' classes or times."), {}, QStringLiteral("Use {every: 5} or {random: 0.2, seed: 7}."));
    std::vector<std::size_t> rows(count);
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    Lots lots(spec.seed);
    draw(std::move(rows), spec.fraction, lots, split);
    return finished(std::move(split));
}

Result<Split> splitRows(const Table &table, const workspace::SplitSpec &spec, const QString &target, const std::optional<workspace::TimeSpec> &time) {
    switch (spec.kind) {
    case Kind::Stratified: return stratified(table, spec, target);
    case Kind::Grouped: return grouped(table, spec);
    case Kind::After: return byTime(table, spec, time);
    case Kind::Every:
    case Kind::Random: break;
    }
    return splitCount(table.rows(), spec);
}

} // namespace pilothouse::data
