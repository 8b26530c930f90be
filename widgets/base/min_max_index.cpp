// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/min_max_index.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace pilothouse::ui {
namespace {

constexpr std::size_t leaf = 64, fan = 16;

/// Adds up positions left to right; the first of equal values stays.
struct Best {
    std::span<const QPointF> points;
    std::uint32_t least = 0, greatest = 0;
    bool any = false;
    void add(std::uint32_t low, std::uint32_t high) {
        if (!any || points[low].y() < points[least].y())
            least = low;
        if (!any || points[high].y() > points[greatest].y())
            greatest = high;
        any = true;
    }
};

/// Of a whole block without a gap: the values in four independent rows of comparisons, then where they stand. nullopt: there is a gap.
std::optional<MinMaxIndex::Found> gapless(const QPointF *points) {
    double low[4], high[4], sum[4]{};
    for (std::size_t k = 0; k < 4; ++k)
        low[k] = high[k] = points[k].y();
    for (std::size_t i = 0; i < leaf; i += 4)
        for (std::size_t k = 0; k < 4; ++k) {
            const double y = points[i + k].y();
            low[k] = y < low[k] ? y : low[k];
            high[k] = y > high[k] ? y : high[k];
            sum[k] += y * 0; // NaN of a NaN and of an infinity
        }
    if (sum[0] + sum[1] + sum[2] + sum[3] != 0)
        return std::nullopt;
    const double least = std::min(std::min(low[0], low[1]), std::min(low[2], low[3])), greatest = std::max(std::max(high[0], high[1]), std::max(high[2], high[3]));
    MinMaxIndex::Found found;
    while (points[found.least].y() != least)
        ++found.least;
    while (points[found.greatest].y() != greatest)
        ++found.greatest;
    return found;
}

} // namespace

MinMaxIndex::MinMaxIndex(std::span<const QPointF> points) {
    std::vector<Block> level;
    level.reserve(points.size() / leaf + 1);
    for (std::size_t from = 0; from < points.size(); from += leaf) {
        const std::size_t to = std::min(points.size(), from + leaf);
        if (to - from == leaf) {
            if (const auto found = gapless(points.data() + from)) {
                level.push_back({std::uint32_t(from) + found->least, std::uint32_t(from) + found->greatest, false, false});
                continue;
            }
        }
        Best best{points};
        bool gap = false;
        for (std::size_t i = from; i < to; ++i)
            if (!std::isfinite(points[i].y()))
                gap = true;
            else
                best.add(std::uint32_t(i), std::uint32_t(i));
        level.push_back({best.least, best.greatest, gap, !best.any});
    }
    while (!level.empty()) {
        m_levels.push_back(std::move(level));
        const std::vector<Block> &below = m_levels.back();
        if (below.size() <= 1)
            break;
        level = {};
        for (std::size_t from = 0; from < below.size(); from += fan) {
            const std::size_t to = std::min(below.size(), from + fan);
            Best best{points};
            bool gap = false;
            for (std::size_t i = from; i < to; ++i) {
                gap |= below[i].gap;
                if (!below[i].empty)
                    best.add(below[i].least, below[i].greatest);
            }
            level.push_back({best.least, best.greatest, gap, !best.any});
        }
    }
}

template <class OnPoint, class OnBlock>
void MinMaxIndex::walk(std::size_t first, std::size_t last, OnPoint onPoint, OnBlock onBlock) const {
    while (first < last) {
        std::size_t level = 0, size = leaf;
        if (first % leaf != 0 || first + leaf > last || m_levels.empty()) {
            onPoint(first++);
            continue;
        }
        while (level + 1 < m_levels.size() && first % (size * fan) == 0 && first + size * fan <= last)
            ++level, size *= fan; // the largest block that begins here and ends in time
        onBlock(m_levels[level][first / size]);
        first += size;
    }
}

bool MinMaxIndex::find(std::span<const QPointF> points, std::size_t first, std::size_t last, Found &found) const {
    Best best{points};
    bool gap = false;
    walk(
        first, last,
        [&](std::size_t i) {
            gap |= !std::isfinite(points[i].y());
            best.add(std::uint32_t(i), std::uint32_t(i));
        },
        [&](const Block &block) {
            gap |= block.gap;
            if (!block.empty)
                best.add(block.least, block.greatest);
        });
    found = {best.least, best.greatest};
    return best.any && !gap;
}

bool MinMaxIndex::reach(std::span<const QPointF> points, std::size_t first, std::size_t last, double &low, double &high) const {
    Best best{points};
    walk(
        first, last,
        [&](std::size_t i) {
            if (std::isfinite(points[i].y()))
                best.add(std::uint32_t(i), std::uint32_t(i));
        },
        [&](const Block &block) {
            if (!block.empty)
                best.add(block.least, block.greatest);
        });
    if (!best.any)
        return false;
    low = std::min(low, points[best.least].y());
    high = std::max(high, points[best.greatest].y());
    return true;
}

} // namespace pilothouse::ui
