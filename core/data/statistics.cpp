// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/profile.h"

#include "core/data/statistics_rules.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace pilothouse::data {

namespace {

/// Linear interpolation at h = (n − 1)·q of sorted values.
double quantile(const std::vector<double> &sorted, double q) {
    const double h = double(sorted.size() - 1) * q;
    const auto low = std::size_t(h);
    if (low + 1 >= sorted.size())
        return sorted.back();
    return sorted[low] + (h - double(low)) * (sorted[low + 1] - sorted[low]);
}

void moments(const std::vector<double> &values, ColumnStatistics &s) {
    long double sum = 0, squares = 0; // long double: exact enough for a relative 1e-9 on millions of rows
    for (const double v : values)
        sum += v;
    const long double mean = sum / static_cast<long double>(values.size());
    for (const double v : values)
        squares += (v - mean) * (v - mean);
    s.sum = double(sum);
    s.mean = double(mean);
    s.std = double(std::sqrt(squares / static_cast<long double>(values.size())));
}

Extremes extremesOf(const std::vector<double> &sorted) {
    Extremes e{sorted.front(), NAN, sorted.back(), NAN};
    if (const auto next = std::upper_bound(sorted.begin(), sorted.end(), e.low); next != sorted.end())
        e.secondLow = *next;
    if (const auto last = std::lower_bound(sorted.begin(), sorted.end(), e.high); last != sorted.begin())
        e.secondHigh = *(last - 1);
    return e;
}

void numberStatistics(const Column &column, ColumnStatistics &s) {
    std::vector<double> values;
    values.reserve(column.numbers.size());
    for (const double v : column.numbers)
        if (!std::isnan(v))
            values.push_back(v);
    s.present = qint64(values.size());
    if (values.empty())
        return;
    moments(values, s);
    qint64 steps = 0;
    for (std::size_t i = 1; i < values.size(); ++i)
        steps += values[i] == values[i - 1] + 1;
    std::sort(values.begin(), values.end());
    s.min = values.front();
    s.max = values.back();
    s.q25 = quantile(values, 0.25);
    s.median = quantile(values, 0.5);
    s.q75 = quantile(values, 0.75);
    s.whole = true;
    for (std::size_t i = 0; i < values.size();) {
        std::size_t j = i;
        while (j < values.size() && values[j] == values[i])
            ++j;
        ++s.distinct;
        s.whole = s.whole && values[i] == std::floor(values[i]);
        if (qint64(j - i) > s.mostCommonCount) {
            s.mostCommonCount = qint64(j - i);
            s.mostCommon = values[i];
        }
        i = j;
    }
    s.maxCount = qint64(values.end() - std::lower_bound(values.begin(), values.end(), s.max));
    s.sentinel = sentinelOf(extremesOf(values));
    s.counter = s.whole && countsRows(steps, s.present, s.distinct);
}

void categoryStatistics(const Column &column, ColumnStatistics &s) {
    std::vector<qint64> counts(column.dictionary.size());
    for (const std::int32_t code : column.codes) {
        if (code < 0)
            continue;
        ++counts[std::size_t(code)];
        ++s.present;
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (counts[i] > 0) // a filtered table keeps its whole dictionary
            order.push_back(i);
    s.distinct = qint64(order.size());
    const auto shown = std::min(topCount, order.size());
    // Bytes of UTF-8 sort as code points do.
    std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(shown), order.end(), [&](std::size_t a, std::size_t b) {
        return counts[a] != counts[b] ? counts[a] > counts[b] : column.dictionary[a] < column.dictionary[b];
    });
    for (std::size_t i = 0; i < shown; ++i)
        s.top.emplace_back(QString::fromStdString(column.dictionary[order[i]]), counts[order[i]]);
}

void timeStatistics(const Column &column, ColumnStatistics &s) {
    std::vector<std::int64_t> values;
    s.sorted = true;
    for (const std::int64_t t : column.times) {
        if (t == Column::missingTime)
            continue;
        s.sorted = s.sorted && (values.empty() || t >= values.back());
        values.push_back(t);
    }
    s.present = qint64(values.size());
    if (values.empty())
        return;
    if (!s.sorted)
        std::sort(values.begin(), values.end());
    s.firstTime = values.front();
    s.lastTime = values.back();
    values.erase(std::unique(values.begin(), values.end()), values.end());
    s.distinct = qint64(values.size());
    std::map<std::int64_t, qint64> steps;
    for (std::size_t i = 1; i < values.size(); ++i)
        ++steps[values[i] - values[i - 1]];
    const auto most = std::max_element(steps.begin(), steps.end(), [](const auto &a, const auto &b) { return a.second < b.second; });
    if (most != steps.end()) {
        s.step = most->first;
        s.gaps = qint64(values.size()) - 1 - most->second;
        countMissingSteps(steps, s);
    }
}

} // namespace

double sentinelOf(const Extremes &e) {
    static constexpr double usual[] = {-99, -999, -9999, -99999, 99, 999, 9999, 99999};
    for (const double edge : {e.low, e.high}) {
        if (std::find(std::begin(usual), std::end(usual), edge) == std::end(usual))
            continue;
        const double restLow = edge == e.low ? e.secondLow : e.low;
        const double restHigh = edge == e.high ? e.secondHigh : e.high;
        if (std::isnan(restLow) || std::isnan(restHigh))
            continue;
        const double distance = edge == e.low ? restLow - edge : edge - restHigh;
        if (distance > restHigh - restLow)
            return edge;
    }
    return NAN;
}

bool countsRows(qint64 steps, qint64 present, qint64 distinct) {
    if (distinct <= 366 || 20 * distinct < present)
        return false;
    return steps * 100 >= (present - 1) * 99;
}

ColumnStatistics statisticsOf(const Column &column) {
    ColumnStatistics s;
    s.name = column.name;
    s.type = column.type;
    switch (column.type) {
    case ColumnType::Number: numberStatistics(column, s); break;
    case ColumnType::Category: categoryStatistics(column, s); break;
    case ColumnType::Time: timeStatistics(column, s); break;
    }
    s.missing = qint64(column.size()) - s.present;
    return s;
}

} // namespace pilothouse::data
