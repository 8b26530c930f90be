// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>

#include <cstdint>
#include <span>
#include <vector>

namespace pilothouse::ui {

/// Where the least and the greatest y of any stretch of points stand, without looking at all of them: a tree of blocks (64 points, then 16 blocks each),
/// about 0.3 bytes a point; a million points take some milliseconds once, and a question some hundred steps. Holds positions only: whoever asks
/// hands over the same points again.
class MinMaxIndex {
public:
    struct Found {
        std::uint32_t least = 0, greatest = 0; ///< the first of equal ones
    };
    MinMaxIndex() = default;
    explicit MinMaxIndex(std::span<const QPointF> points);
    bool empty() const { return m_levels.empty(); }
    /// Of [first, last), which is not empty. @return false: there is a gap (NaN, Inf) among them: to be looked through
    bool find(std::span<const QPointF> points, std::size_t first, std::size_t last, Found &found) const;
    /// Least and greatest y of [first, last) but for gaps. @return false: nothing but gaps
    bool reach(std::span<const QPointF> points, std::size_t first, std::size_t last, double &low, double &high) const;

private:
    struct Block {
        std::uint32_t least, greatest; ///< of the finite ones; none: empty
        bool gap, empty;
    };
    /// The blocks that make up [first, last), left to right, then single points at both ends.
    template <class OnPoint, class OnBlock>
    void walk(std::size_t first, std::size_t last, OnPoint onPoint, OnBlock onBlock) const;
    std::vector<std::vector<Block>> m_levels;
};

} // namespace pilothouse::ui
