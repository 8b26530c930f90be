// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/quantile_sketch.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pilothouse::data {

void QuantileSketch::add(double value) {
    m_levels.front().push_back(value);
    for (std::size_t level = 0; m_levels[level].size() == m_bound; ++level)
        compact(level);
}

void QuantileSketch::merge(const QuantileSketch &other) {
    if (other.m_levels.size() > m_levels.size())
        m_levels.resize(other.m_levels.size());
    for (std::size_t level = 0; level < other.m_levels.size(); ++level)
        m_levels[level].insert(m_levels[level].end(), other.m_levels[level].begin(), other.m_levels[level].end());
    for (std::size_t level = 0; level < m_levels.size(); ++level) // the list grows meanwhile
        if (m_levels[level].size() >= m_bound)
            compact(level);
}

/// Half of the values go up, each counted double, so that the sum of all counts stays the number of values; of an odd number the last stays.
void QuantileSketch::compact(std::size_t level) {
    if (level + 1 == m_levels.size())
        m_levels.emplace_back();
    std::vector<double> &full = m_levels[level], &above = m_levels[level + 1];
    std::sort(full.begin(), full.end());
    const std::size_t even = full.size() - full.size() % 2;
    for (std::size_t i = std::size_t(m_lots.below(2)); i < even; i += 2)
        above.push_back(full[i]);
    full.erase(full.begin(), full.begin() + std::ptrdiff_t(even));
}

qint64 QuantileSketch::count() const {
    qint64 count = 0;
    for (std::size_t level = 0; level < m_levels.size(); ++level)
        count += qint64(m_levels[level].size()) << level;
    return count;
}

QuantileSketch QuantileSketch::fromLevels(std::size_t bound, std::vector<std::vector<double>> levels) {
    QuantileSketch sketch(bound);
    if (!levels.empty())
        sketch.m_levels = std::move(levels);
    return sketch;
}

std::vector<std::pair<double, qint64>> QuantileSketch::weighted() const {
    std::vector<std::pair<double, qint64>> values;
    for (std::size_t level = 0; level < m_levels.size(); ++level)
        for (const double value : m_levels[level])
            values.emplace_back(value, qint64(1) << level);
    std::sort(values.begin(), values.end());
    return values;
}

std::vector<double> QuantileSketch::quantiles(const std::vector<double> &shares) const {
    const std::vector<std::pair<double, qint64>> values = weighted();
    const qint64 count = this->count();
    const auto at = [&](qint64 rank) {
        for (const auto &[value, weight] : values)
            if ((rank -= weight) < 0)
                return value;
        return values.back().first;
    };
    std::vector<double> found;
    for (const double share : shares) {
        if (values.empty()) {
            found.push_back(NAN);
            continue;
        }
        const double h = double(count - 1) * share;
        const auto low = qint64(h);
        const double below = at(low), above = low + 1 < count ? at(low + 1) : below;
        found.push_back(below + (h - double(low)) * (above - below));
    }
    return found;
}

} // namespace pilothouse::data
