// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"

#include <vector>

namespace pilothouse::data {

/// What the times of a series say of the steps they lie on. Where most rows lie says where the grid does, so that a stray time decides nothing.
struct GridFacts {
    std::int64_t phase = 0;              ///< ms of each step at which its row lies
    std::int64_t first = 0, last = 0;    ///< ms UTC, of the rows on the grid
    std::size_t rows = 0, repeated = 0;  ///< on the grid; those of them that repeat an earlier one's time
    std::size_t offGrid = 0, withoutTime = 0;
    /// Invalid: no row on the grid, more steps than anybody has, more than one row in a hundred repeats a time.
    Result<void> check(std::int64_t stepMs) const;
};

/// Steps first, first + step, … and the row of each: the first in file order. A step without one holds noRow.
struct Grid {
    static constexpr std::size_t noRow = std::size_t(-1);
    std::int64_t first = 0, step = 0; ///< ms
    std::vector<std::size_t> rows;
    GridFacts facts;
    std::int64_t time(std::size_t cell) const { return first + std::int64_t(cell) * step; }
    /// @param times  [rows] ms UTC. Invalid: what GridFacts::check() says.
    static Result<Grid> of(const std::vector<std::int64_t> &times, std::int64_t stepMs);
};

/// Where a time lies in its step, in ms from the multiple of the step before it.
std::int64_t phaseOf(std::int64_t time, std::int64_t stepMs);

} // namespace pilothouse::data
