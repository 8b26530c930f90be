// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/window_stream.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::data {

WindowStream::WindowStream(const workspace::Recipe &recipe, const GridFacts &grid) : m_phase(grid.phase), m_most(std::size_t(recipe.time->interpolate)) {
    m_counts.window = std::size_t(std::max(1, recipe.forecast->window));
    m_counts.horizon = std::size_t(std::max(1, recipe.forecast->horizon));
    m_counts.stepMs = recipe.time->stepSeconds() * 1000;
    m_counts.setLeftOut(grid);
    m_there.assign(m_counts.window, false);
}

/// A step with the values of a row, or (null) without one.
Result<void> WindowStream::push(const std::vector<Column> *columns, std::size_t row, const Take &take) {
    const std::size_t window = m_counts.window, series = m_ring.size() / window;
    m_newest = (m_newest + 1) % window;
    m_there[m_newest] = columns != nullptr;
    for (std::size_t s = 0; s < series; ++s)
        m_ring[s * window + m_newest] = columns ? (*columns)[s].numbers[row] : std::numeric_limits<double>::quiet_NaN();
    if (++m_cells < window)
        return {};
    if (!columns) { // its newest step can be filled by nothing
        ++m_counts.leftOutGap;
        return {};
    }
    bool gap = false, missing = false, filled = false;
    for (std::size_t s = 0; s < series; ++s) {
        const auto ring = m_ring.begin() + std::ptrdiff_t(s * window), out = m_window.begin() + std::ptrdiff_t(s * window);
        std::rotate_copy(ring, ring + std::ptrdiff_t((m_newest + 1) % window), ring + std::ptrdiff_t(window), out);
        filled |= m_most > 0 && interpolate(&*out, window, m_most) > 0;
        for (std::size_t t = 0; t < window; ++t)
            if (std::isnan(out[std::ptrdiff_t(t)]))
                (m_there[(m_newest + 1 + t) % window] ? missing : gap) = true;
    }
    if (gap)
        ++m_counts.leftOutGap;
    else if (missing)
        ++m_counts.leftOutMissing;
    else {
        m_counts.interpolated += filled ? 1 : 0;
        return take(m_window, m_last);
    }
    return {};
}

Result<void> WindowStream::add(const TimedRows &rows, const Take &take) {
    const std::size_t cells = rows.table.columns.size() * m_counts.window;
    if (m_ring.size() < cells) { // before the first row
        m_ring.assign(cells, std::numeric_limits<double>::quiet_NaN());
        m_window.assign(cells, 0);
    }
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        const std::int64_t time = rows.times[row];
        if (time == Column::missingTime || phaseOf(time, m_counts.stepMs) != m_phase || (m_last != Column::missingTime && time <= m_last))
            continue; // counted beforehand; the first row of a time counts
        for (; m_last != Column::missingTime && m_last + m_counts.stepMs < time; m_last += m_counts.stepMs)
            PH_TRY(push(nullptr, 0, take));
        m_last = time;
        PH_TRY(push(&rows.table.columns, row, take));
    }
    return {};
}

} // namespace pilothouse::data
