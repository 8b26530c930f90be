// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/slicing.h"

#include "core/workspace/yaml_tree.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::metrics {

namespace {

constexpr std::size_t fewValues = 12; ///< months: up to that many numbers are groups of their own
constexpr std::size_t mostGroups = 50;

QString numberText(double value) { return QString::number(value, 'g', 6); }

/// Quartiles as numpy's default, each once, without the largest value.
std::vector<double> quartilesOf(const std::vector<double> &sorted) {
    std::vector<double> edges;
    for (const double q : {0.25, 0.5, 0.75}) {
        const double h = double(sorted.size() - 1) * q;
        const auto below = std::size_t(h);
        const double edge = below + 1 < sorted.size() ? sorted[below] + (h - double(below)) * (sorted[below + 1] - sorted[below]) : sorted[below];
        if (edge < sorted.back() && (edges.empty() || edge > edges.back()))
            edges.push_back(edge);
    }
    return edges;
}

/// Which group of `part` a time lies in, from 0.
int partOf(const QDateTime &time, const QString &part) {
    if (part == QLatin1String("hour"))
        return time.time().hour();
    return part == QLatin1String("weekday") ? time.date().dayOfWeek() - 1 : time.date().month() - 1;
}

const QStringList &timeParts() {
    static const QStringList parts{QStringLiteral("hour"), QStringLiteral("weekday"), QStringLiteral("month")};
    return parts;
}

} // namespace

std::size_t Slicing::missing() const { return std::size_t(std::count(of.begin(), of.end(), -1)); }

Slicing sliceByCategory(const QString &by, std::span<const std::int32_t> codes, const std::vector<std::string> &dictionary) {
    std::vector<std::size_t> counts(dictionary.size(), 0), order(dictionary.size());
    const auto known = [&](std::int32_t code) { return code >= 0 && std::size_t(code) < dictionary.size(); };
    for (const std::int32_t code : codes)
        if (known(code))
            ++counts[std::size_t(code)];
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::erase_if(order, [&](std::size_t code) { return counts[code] == 0; });
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return counts[a] != counts[b] ? counts[a] > counts[b] : dictionary[a] < dictionary[b]; });
    Slicing slicing{by, {}, {}};
    std::vector<std::int32_t> group(dictionary.size(), -1);
    const std::size_t whole = order.size() > mostGroups ? mostGroups - 1 : order.size();
    for (std::size_t place = 0; place < order.size(); ++place) {
        group[order[place]] = std::int32_t(std::min(place, whole));
        if (place < whole)
            slicing.names << QString::fromStdString(dictionary[order[place]]);
    }
    if (whole < order.size())
        slicing.names << QStringLiteral("other (%1 values)").arg(order.size() - whole);
    for (const std::int32_t code : codes)
        slicing.of.push_back(known(code) ? group[std::size_t(code)] : -1);
    return slicing;
}

Slicing sliceByNumber(const QString &by, std::span<const double> values) {
    Slicing slicing{by, {}, {}};
    std::vector<double> sorted;
    std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double v) { return std::isfinite(v); });
    std::sort(sorted.begin(), sorted.end());
    if (sorted.empty()) {
        slicing.of.assign(values.size(), -1);
        return slicing;
    }
    std::vector<double> distinct = sorted;
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    const bool each = distinct.size() <= fewValues;
    const std::vector<double> edges = each ? std::vector<double>(distinct.begin(), distinct.end() - 1) : quartilesOf(sorted);
    if (each)
        for (const double v : distinct)
            slicing.names << numberText(v);
    else
        for (std::size_t g = 0; g <= edges.size(); ++g)
            slicing.names << (edges.empty()       ? numberText(sorted.back()) // nearly all rows have the largest value
                              : g == 0           ? QStringLiteral("up to %1").arg(numberText(edges[0]))
                              : g < edges.size() ? QStringLiteral("above %1, up to %2").arg(numberText(edges[g - 1]), numberText(edges[g]))
                                                 : QStringLiteral("above %1").arg(numberText(edges[g - 1])));
    for (const double v : values)
        slicing.of.push_back(std::isfinite(v) ? std::int32_t(std::lower_bound(edges.begin(), edges.end(), v) - edges.begin()) : -1);
    return slicing;
}

Result<Slicing> sliceByTime(const QString &by, std::span<const std::int64_t> times, const QString &part, const QTimeZone &zone) {
    if (!timeParts().contains(part)) {
        const QString nearest = workspace::nearestName(part, timeParts());
        return invalid(QStringLiteral("A time has no part “%1”.").arg(part), {},
                       nearest.isEmpty() ? QStringLiteral("Known: %1.").arg(timeParts().join(QLatin1String(", "))) : QStringLiteral("Did you mean “%1”?").arg(nearest));
    }
    constexpr int most = 24;
    std::vector<int> parts;
    std::vector<bool> there(most, false);
    for (const std::int64_t time : times) {
        parts.push_back(time == data::Column::missingTime ? -1 : partOf(QDateTime::fromMSecsSinceEpoch(time, zone), part));
        if (parts.back() >= 0)
            there[std::size_t(parts.back())] = true;
    }
    Slicing slicing{by, {}, {}};
    std::vector<std::int32_t> group(most, -1);
    const QLocale words = QLocale::c();
    for (int p = 0; p < most; ++p) {
        if (!there[std::size_t(p)])
            continue;
        group[std::size_t(p)] = std::int32_t(slicing.names.size());
        slicing.names << (part == QLatin1String("hour")      ? QStringLiteral("%1 h").arg(p, 2, 10, QLatin1Char('0'))
                          : part == QLatin1String("weekday") ? words.dayName(p + 1, QLocale::ShortFormat)
                                                             : words.monthName(p + 1, QLocale::ShortFormat));
    }
    for (const int p : parts)
        slicing.of.push_back(p < 0 ? -1 : group[std::size_t(p)]);
    return slicing;
}

Result<Slicing> sliceByColumn(const QString &by, const data::Table &table, std::span<const std::size_t> rows) {
    const qsizetype colon = by.lastIndexOf(QLatin1Char(':'));
    const data::Column *column = table.find(by);
    QString part;
    if (!column && colon > 0) {
        column = table.find(by.left(colon));
        part = by.mid(colon + 1);
    }
    if (!column) {
        const QString nearest = workspace::nearestName(colon > 0 ? by.left(colon) : by, table.names());
        return invalid(QStringLiteral("The data has no column “%1” to slice by.").arg(by), {},
                       nearest.isEmpty() ? QStringLiteral("It has: %1.").arg(table.names().join(QLatin1String(", "))) : QStringLiteral("Did you mean “%1”?").arg(nearest));
    }
    if (column->type == data::ColumnType::Time) {
        if (part.isEmpty())
            return invalid(QStringLiteral("“%1” is a time; slices need a part of it.").arg(by), {}, QStringLiteral("Write %1:hour, %1:weekday or %1:month.").arg(by));
        std::vector<std::int64_t> times;
        for (const std::size_t row : rows)
            times.push_back(column->times[row]);
        return sliceByTime(by, times, part, QTimeZone::utc());
    }
    if (!part.isEmpty())
        return invalid(QStringLiteral("“%1” is no time, so it has no %2.").arg(column->name, part), {}, QStringLiteral("Write --by %1.").arg(column->name));
    if (column->type == data::ColumnType::Category) {
        std::vector<std::int32_t> codes;
        for (const std::size_t row : rows)
            codes.push_back(column->codes[row]);
        return sliceByCategory(by, codes, column->dictionary);
    }
    std::vector<double> values;
    for (const std::size_t row : rows)
        values.push_back(column->numbers[row]);
    return sliceByNumber(by, values);
}

} // namespace pilothouse::metrics
