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

/// An even number of values: half of them go up, each counted double, so that the sum of all counts stays the number of values. The
/// level above then holds half of what it can, or all.
void QuantileSketch::compact(std::size_t level) {
    if (level + 1 == m_levels.size())
        m_levels.emplace_back();
    std::vector<double> &full = m_levels[level], &above = m_levels[level + 1];
    std::sort(full.begin(), full.end());
    for (std::size_t i = std::size_t(m_lots.below(2)); i < full.size(); i += 2)
        above.push_back(full[i]);
    full.clear();
}

std::vector<double> QuantileSketch::quantiles(const std::vector<double> &shares) const {
    std::vector<std::pair<double, qint64>> values; // and how many each stands for
    qint64 count = 0;
    for (std::size_t level = 0; level < m_levels.size(); ++level) {
        for (const double value : m_levels[level])
            values.emplace_back(value, qint64(1) << level);
        count += qint64(m_levels[level].size()) << level;
    }
    std::sort(values.begin(), values.end());
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
