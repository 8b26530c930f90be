// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/timed_rows.h"

#include <algorithm>
#include <numeric>

namespace pilothouse::data {

TimedRows TimedRows::take(const std::vector<std::size_t> &rows) const {
    TimedRows out{table.take(rows), {}};
    for (const std::size_t row : rows)
        out.times.push_back(times[row]);
    return out;
}

TimedRows TimedRows::take(std::size_t first, std::size_t behindLast) const {
    std::vector<std::size_t> rows(behindLast - first);
    std::iota(rows.begin(), rows.end(), first);
    return take(rows);
}

void TimedRows::append(const TimedRows &more) {
    if (more.rows() == 0)
        return;
    table.append(more.table);
    times.insert(times.end(), more.times.begin(), more.times.end());
}

std::int64_t TimedRows::newest() const { return times.empty() ? Column::missingTime : *std::max_element(times.begin(), times.end()); }

} // namespace pilothouse::data
