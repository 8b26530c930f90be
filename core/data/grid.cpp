// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/grid.h"

#include <algorithm>

namespace pilothouse::data {

namespace {
constexpr std::uint64_t mostCells = 200'000'000;
} // namespace

std::int64_t phaseOf(std::int64_t time, std::int64_t stepMs) { return ((time % stepMs) + stepMs) % stepMs; }

Result<void> GridFacts::check(std::int64_t stepMs) const {
    if (rows == 0)
        return invalid(QStringLiteral("No row has a time."), {}, QStringLiteral("Check `time:` against the columns that `pilot profile` shows."));
    const auto cells = std::uint64_t(last - first) / std::uint64_t(stepMs) + 1;
    if (cells > mostCells)
        return invalid(QStringLiteral("The times span %1 steps of %2 s.").arg(cells).arg(stepMs / 1000), {}, QStringLiteral("Use a longer `step:`, or look for a wrong time."));
    if (repeated * 100 > rows)
        return invalid(QStringLiteral("%1 of %2 rows repeat a time: there are several series in this file.").arg(repeated).arg(rows), {},
                       QStringLiteral("Choose one, for example data: {where: {station: NAME}}."));
    return {};
}

Result<Grid> Grid::of(const std::vector<std::int64_t> &times, std::int64_t step) {
    Grid grid;
    grid.step = step;
    std::vector<std::size_t> order;
    std::vector<std::int64_t> phases;
    for (std::size_t row = 0; row < times.size(); ++row) {
        if (times[row] == Column::missingTime)
            continue;
        order.push_back(row);
        phases.push_back(phaseOf(times[row], step));
    }
    GridFacts &facts = grid.facts;
    facts.withoutTime = times.size() - order.size();
    std::sort(phases.begin(), phases.end());
    for (std::size_t i = 0; i < phases.size();) {
        std::size_t j = i;
        while (j < phases.size() && phases[j] == phases[i])
            ++j;
        if (j - i > facts.rows) {
            facts.rows = j - i;
            facts.phase = phases[i];
        }
        i = j;
    }
    facts.offGrid = order.size() - facts.rows;
    std::erase_if(order, [&](std::size_t row) { return phaseOf(times[row], step) != facts.phase; });
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
    for (std::size_t i = 1; i < order.size(); ++i)
        facts.repeated += times[order[i]] == times[order[i - 1]];
    if (!order.empty()) {
        facts.first = times[order.front()];
        facts.last = times[order.back()];
    }
    PH_TRY(facts.check(step));
    grid.first = facts.first;
    grid.rows.assign(std::size_t((facts.last - facts.first) / step) + 1, noRow);
    for (const std::size_t row : order)
        if (std::size_t &cell = grid.rows[std::size_t((times[row] - grid.first) / step)]; cell == noRow)
            cell = row;
    return grid;
}

} // namespace pilothouse::data
