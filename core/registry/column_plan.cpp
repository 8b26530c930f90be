// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/column_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::registry {

ColumnPlan::ColumnPlan(const CurveLine &line, double x0, double x1, int columns) : m_start(line.x.front()), m_every(line.every), m_size(line.x.size()) {
    const std::vector<double> &x = line.x;
    const double perX = columns / (x1 - x0);
    const auto inside = std::size_t(std::lower_bound(x.begin(), x.end(), x0) - x.begin()), end = std::size_t(std::upper_bound(x.begin(), x.end(), x1) - x.begin());
    const auto columnOf = [&](std::size_t i) { return std::min(columns - 1, int((x[i] - x0) * perX)); }; // the right edge belongs to the last column
    m_begin.resize(std::size_t(columns) + 1);
    std::size_t i = inside;
    for (int c = 0; c < columns; ++c) {
        if (m_every > 0 && i < end) { // near where it must be; the comparisons below are what counts
            const double guess = (x0 + c / perX - m_start) / m_every;
            i = std::clamp(guess > 0 ? std::size_t(std::min(guess, double(end))) : 0, i, end);
            while (i > (c ? m_begin[std::size_t(c) - 1] : inside) && columnOf(i - 1) >= c)
                --i;
        }
        while (i < end && columnOf(i) < c)
            ++i;
        m_begin[std::size_t(c)] = i;
    }
    m_begin.back() = end;
    m_edges.assign(std::size_t(columns) + 1, {none, 0});
    const auto cross = [&](std::size_t after, double edge) -> Crossing {
        if (after == 0 || after >= x.size())
            return {none, 0};
        const double from = x[after - 1], to = x[after];
        return {after - 1, (std::clamp(edge, from, to) - from) / (to - from)};
    };
    m_edges.front() = inside < x.size() && x[inside] > x0 ? cross(inside, x0) : Crossing{none, 0};
    for (int c = 1; c < columns; ++c)
        m_edges[std::size_t(c)] = cross(m_begin[std::size_t(c)], x0 + c / perX);
    m_edges.back() = cross(end, x1);
}

void ColumnPlan::spans(std::span<const double> y, std::span<double> low, std::span<double> high) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::size_t columns = m_begin.size() - 1;
    const auto at = [&](const Crossing &edge, double otherwise) { return edge.left == none ? otherwise : y[edge.left] + (y[edge.left + 1] - y[edge.left]) * edge.share; };
    for (std::size_t c = 0; c < columns; ++c) {
        double least = infinity, most = -infinity, least2 = infinity, most2 = -infinity; // two of each: the next does not wait for the last
        std::size_t i = m_begin[c];
        const std::size_t end = m_begin[c + 1];
        for (; i + 1 < end; i += 2) {
            const double a = y[i], b = y[i + 1];
            least = a < least ? a : least;
            most = a > most ? a : most;
            least2 = b < least2 ? b : least2;
            most2 = b > most2 ? b : most2;
        }
        if (i < end) {
            least = y[i] < least ? y[i] : least;
            most = y[i] > most ? y[i] : most;
        }
        for (const Crossing &edge : {m_edges[c], m_edges[c + 1]}) {
            least = std::min(least, at(edge, infinity));
            most = std::max(most, at(edge, -infinity));
        }
        low[c] = std::min(least, least2);
        high[c] = std::max(most, most2);
    }
}

} // namespace pilothouse::registry
