// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/time_order.h"

#include "core/data/history.h"
#include "core/data/resample.h"

#include <algorithm>

namespace pilothouse::data {

namespace {
constexpr std::size_t mostPhases = 65'536;
} // namespace

TimeOrder::TimeOrder(const QStringList &by, std::int64_t stepMs, bool phases) : m_by(by), m_series(std::size_t(by.size())), m_stepMs(stepMs), m_everyPhase(phases && stepMs > 0) {}

Result<void> TimeOrder::look(const Table &rows, const std::vector<std::int64_t> &times, const QString &by, Series &series) {
    PH_ASSIGN(const std::vector<std::int32_t> here, seriesOf(rows, by));
    const Column *const column = by.isEmpty() ? nullptr : rows.find(by);
    std::unordered_map<std::int32_t, std::size_t> numbers; // of this part → of all
    RepeatedTimes &repeats = m_repeats[by];
    for (std::size_t row = 0; row < times.size(); ++row) {
        const std::int64_t time = times[row];
        if (time == Column::missingTime)
            continue;
        const auto [place, added] = numbers.try_emplace(here[row], 0);
        if (added)
            place->second = series.numbers.try_emplace(column ? column->text(row).toStdString() : std::string(), series.numbers.size()).first->second;
        if (series.newest.size() <= place->second)
            series.newest.resize(place->second + 1, Column::missingTime);
        std::int64_t &newest = series.newest[place->second];
        series.rises = series.rises && time >= newest; // that of none is the least
        ++repeats.rows;
        repeats.repeated += time == newest;
        newest = time;
    }
    return {};
}

Result<void> TimeOrder::add(const Table &rows, const std::vector<std::int64_t> &times) {
    for (std::size_t i = 0; i < m_series.size(); ++i)
        PH_TRY(look(rows, times, m_by[qsizetype(i)], m_series[i]));
    for (const std::int64_t time : times) {
        if (time == Column::missingTime) {
            ++m_withoutTime;
            continue;
        }
        ++m_rows;
        m_first = m_first == Column::missingTime ? time : std::min(m_first, time);
        m_last = std::max(m_last, time);
        if (!m_everyPhase)
            continue;
        GridFacts &phase = m_phases[phaseOf(time, m_stepMs)];
        phase.repeated += phase.rows > 0 && phase.last == time;
        phase.first = phase.rows > 0 ? phase.first : time;
        phase.last = time;
        ++phase.rows;
        m_everyPhase = m_phases.size() <= mostPhases;
    }
    return {};
}

bool TimeOrder::rises() const {
    return std::all_of(m_series.begin(), m_series.end(), [](const Series &series) { return series.rises; });
}

std::optional<GridFacts> TimeOrder::grid() const {
    if (!m_everyPhase)
        return {};
    GridFacts most;
    for (const auto &[phase, facts] : m_phases) // rising: of several the smallest
        if (facts.rows > most.rows) {
            most = facts;
            most.phase = phase;
        }
    most.offGrid = m_rows - most.rows;
    most.withoutTime = m_withoutTime;
    return most;
}

GridFacts TimeOrder::stepGrid() const {
    GridFacts steps;
    if (m_rows == 0)
        return steps;
    steps.first = stepBegin(m_first, m_stepMs);
    steps.last = stepBegin(m_last, m_stepMs);
    steps.rows = 1; // at least
    return steps;
}

} // namespace pilothouse::data
