// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/timed_rows.h"
#include "core/data/windows.h"

#include <functional>
#include <span>

namespace pilothouse::data {

/// The windows that buildWindows() makes for scoring (Targets::None), of rows whose times never fall, however many there are: the same ones, to
/// the last bit. Memory holds one window.
class WindowStream {
public:
    /// A window's inputs, series by series, oldest step first, and the time of its newest step. An error ends the stream.
    using Take = std::function<Result<void>(std::span<const double> inputs, std::int64_t origin)>;

    /// @param grid  of all rows that will come
    WindowStream(const workspace::Recipe &recipe, const GridFacts &grid);
    /// @param rows  numbers: the series and what is made of them, the same ones each time
    Result<void> add(const TimedRows &rows, const Take &take);
    /// How many windows were left out and why; without windows and inputs.
    const Windows &counts() const { return m_counts; }

private:
    Result<void> push(const std::vector<Column> *columns, std::size_t row, const Take &take);

    Windows m_counts;
    std::int64_t m_phase;
    std::size_t m_most; ///< missing steps in a row that are filled
    std::int64_t m_last = Column::missingTime; ///< time of the newest step
    std::size_t m_cells = 0, m_newest = 0;     ///< steps so far; place of the newest in the ring
    std::vector<double> m_ring, m_window;      ///< [series × window]
    std::vector<bool> m_there;                 ///< [window]: the step has a row
};

} // namespace pilothouse::data
