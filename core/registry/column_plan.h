// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/run_curves.h"

namespace pilothouse::registry {

/// Where the points of an x axis fall among the pixel columns of a view: worked out once, it gives the spans of every curve over that axis by one
/// pass over its y and no x. For curves without a gap (CurveLine::gapless); the same columns and values as columnSpans(), which asks at each point.
class ColumnPlan {
public:
    /// @param columns  over [x0, x1], columns > 0 and x1 > x0
    ColumnPlan(const CurveLine &line, double x0, double x1, int columns);
    /// Whether this line has the same x: told only of even ones, without reading them.
    bool isOf(const CurveLine &line) const { return m_every > 0 && line.every == m_every && line.x.size() == m_size && line.x.front() == m_start; }
    /// What a curve covers of each column: low > high: nothing. A line is straight in these y: for a logarithmic axis they are logarithms.
    /// @param y  one a point, all finite
    /// @param low, high  one a column; written to
    void spans(std::span<const double> y, std::span<double> low, std::span<double> high) const;

private:
    struct Crossing {
        std::size_t left; ///< the point before it; none: no piece of the line crosses here
        double share;     ///< of the way to the next point
    };
    static constexpr std::size_t none = std::size_t(-1);
    double m_start = 0, m_every = 0;
    std::size_t m_size = 0;
    std::vector<std::size_t> m_begin;   ///< columns + 1: the first point in the column or after it
    std::vector<Crossing> m_edges;      ///< columns + 1: the left edge of the view, of each further column, the right edge of the view
};

} // namespace pilothouse::registry
