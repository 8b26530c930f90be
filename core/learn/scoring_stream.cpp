// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/scoring_stream.h"

#include "core/data/fill_stream.h"
#include "core/data/history.h"
#include "core/data/past_stream.h"
#include "core/data/split.h"
#include "core/data/step_stream.h"
#include "core/data/window_stream.h"

namespace pilothouse::learn {

namespace {

using data::TimedRows;

/// Steps, then columns of the past: what rows and windows have in common.
class Prepared {
public:
    static Result<Prepared> of(const workspace::Recipe &recipe, const ScoringNeeds &needs, const data::TimeOrder *order, bool table, const QStringList &columns) {
        const QMap<QString, data::RepeatedTimes> repeats = order && !needs.steps ? order->repeats() : QMap<QString, data::RepeatedTimes>(); // no step repeats
        PH_ASSIGN(data::PastStream past, data::PastStream::of(recipe, columns, repeats));
        Prepared prepared(std::move(past));
        if (needs.steps)
            prepared.m_steps.emplace(*recipe.time, table);
        return prepared;
    }
    Result<TimedRows> add(const TimedRows &rows) {
        if (!m_steps)
            return m_past.add(rows);
        PH_ASSIGN(const TimedRows steps, m_steps->add(rows));
        return m_past.add(steps);
    }
    /// The last ones of both.
    Result<std::vector<TimedRows>> finish() {
        std::vector<TimedRows> last(2);
        if (m_steps) {
            PH_ASSIGN(const TimedRows steps, m_steps->finish());
            PH_ASSIGN(last[0], m_past.add(steps));
        }
        PH_ASSIGN(last[1], m_past.finish());
        return last;
    }
    std::optional<data::StepCounts> counts() const { return m_steps ? std::optional(m_steps->counts()) : std::nullopt; }

private:
    explicit Prepared(data::PastStream past) : m_past(std::move(past)) {}
    std::optional<data::StepStream> m_steps;
    data::PastStream m_past;
};

/// Rows of a table, or the steps made of them.
class RowStream final : public ScoringStream {
public:
    RowStream(const workspace::Recipe &recipe, const std::vector<artifact::Input> &inputs, const ScoringNeeds &needs, Prepared prepared, data::FillStream fill, bool fillsOnly, Offer offer)
        : ScoringStream(std::move(offer)), m_recipe(recipe), m_inputs(inputs), m_needs(needs), m_prepared(std::move(prepared)), m_fill(std::move(fill)), m_timeless(fillsOnly) {}

    Result<void> add(const data::Table &rows) override {
        if (rows.rows() == 0)
            return checkColumns(rows);
        if (!m_needs.times)
            return take(rows);
        PH_ASSIGN(std::vector<std::int64_t> times, data::rowTimes(rows, *m_recipe.time));
        PH_ASSIGN(const TimedRows made, m_prepared.add({rows, std::move(times)}));
        return fill(made);
    }
    Result<void> finish() override {
        if (!m_needs.times)
            return {};
        PH_ASSIGN(const std::vector<TimedRows> last, m_prepared.finish());
        for (const TimedRows &rows : last)
            PH_TRY(fill(rows));
        if (!m_needs.fills)
            return {};
        PH_ASSIGN(const TimedRows rows, m_fill.finish());
        return take(rows.table);
    }
    QStringList notes() const override {
        QStringList notes;
        if (const auto steps = m_prepared.counts())
            notes << steps->note();
        notes += m_needs.fills ? m_fill.counts().notes() : m_unfilled.notes();
        if (m_left > 0)
            notes << notScoredNote(m_left);
        notes += unknownNotes(m_rows.unknown);
        return notes;
    }

private:
    /// That the inputs are there is told before anything is read.
    Result<void> checkColumns(data::Table columns) const {
        for (const QString &name : m_needs.made)
            columns.columns.emplace_back().name = name;
        PH_TRY(data::rowsFromTable(columns, m_inputs));
        return {};
    }
    Result<void> fill(const TimedRows &rows) {
        if (!m_needs.fills)
            return take(rows.table);
        PH_ASSIGN(const TimedRows filled, m_fill.add(rows));
        return take(filled.table);
    }
    Result<void> take(const data::Table &table) {
        if (table.rows() == 0)
            return {};
        if (m_timeless) {
            PH_ASSIGN(const data::TimeFill none, data::fillOverTime(table, m_recipe, m_inputs));
            m_unfilled.timeless = none.counts.timeless;
            m_unfilled.missing += none.counts.missing;
        }
        PH_ASSIGN(const std::size_t left, m_needs.steps ? addScoringSteps(table, *m_recipe.time, m_inputs, m_rows) : addScoringRows(table, m_inputs, m_seen, m_rows));
        m_seen += table.rows();
        m_left += left;
        return m_offer(m_rows);
    }

    const workspace::Recipe m_recipe;
    const std::vector<artifact::Input> m_inputs;
    const ScoringNeeds m_needs;
    Prepared m_prepared;
    data::FillStream m_fill;
    const bool m_timeless; ///< the recipe fills over time, and the file has none: what is missing is only counted
    data::FillCounts m_unfilled;
    std::size_t m_seen = 0, m_left = 0;
};

/// The windows of a forecast.
class WindowStream final : public ScoringStream {
public:
    WindowStream(const workspace::Recipe &recipe, Prepared prepared, const data::GridFacts &grid, Offer offer)
        : ScoringStream(std::move(offer)), m_recipe(recipe), m_prepared(std::move(prepared)), m_windows(recipe, grid) {}

    Result<void> add(const data::Table &rows) override {
        if (rows.rows() == 0)
            return {};
        PH_ASSIGN(const std::vector<const data::Column *> columns, data::seriesColumns(rows, m_recipe));
        TimedRows series;
        for (const data::Column *column : columns)
            series.table.columns.push_back(*column);
        PH_ASSIGN(series.times, data::rowTimes(rows, *m_recipe.time));
        PH_ASSIGN(const TimedRows made, m_prepared.add(series));
        return take(made);
    }
    Result<void> finish() override {
        PH_ASSIGN(const std::vector<TimedRows> last, m_prepared.finish());
        for (const TimedRows &rows : last)
            PH_TRY(take(rows));
        if (m_count == 0)
            return m_windows.counts().noWindow(m_recipe);
        return {};
    }
    QStringList notes() const override {
        data::Windows counts = m_windows.counts();
        counts.steps = m_prepared.counts();
        return counts.notes();
    }

private:
    Result<void> take(const TimedRows &rows) {
        return m_windows.add(rows, [this](std::span<const double> inputs, std::int64_t origin) {
            m_rows.inputs.width = inputs.size();
            m_rows.inputs.values.insert(m_rows.inputs.values.end(), inputs.begin(), inputs.end());
            m_rows.origins.push_back(origin);
            ++m_rows.inputs.count;
            ++m_count;
            return m_offer(m_rows);
        });
    }

    const workspace::Recipe m_recipe;
    Prepared m_prepared;
    data::WindowStream m_windows;
    std::size_t m_count = 0;
};

} // namespace

Result<std::unique_ptr<ScoringStream>> scoringStream(const workspace::Recipe &recipe, const std::vector<artifact::Input> &inputs, const ScoringNeeds &needs, const data::TimeOrder *order,
                                                     ScoringStream::Offer offer) {
    const bool forecast = recipe.task == workspace::TaskKind::Forecast;
    PH_ASSIGN(Prepared prepared, Prepared::of(recipe, needs, order, !forecast, forecast ? data::seriesNames(recipe) : needs.columns));
    if (forecast) {
        const data::GridFacts grid = needs.steps ? order->stepGrid() : order->grid().value();
        PH_TRY(grid.check(recipe.time->stepSeconds() * 1000));
        return std::unique_ptr<ScoringStream>(std::make_unique<WindowStream>(recipe, std::move(prepared), grid, std::move(offer)));
    }
    PH_ASSIGN(const std::vector<data::TimeFilled> filled, data::timeFilledInputs(recipe, inputs));
    PH_ASSIGN(data::FillStream fill, needs.fills ? data::FillStream::of(recipe, inputs) : Result<data::FillStream>(data::FillStream()));
    if (needs.fills && !needs.steps)
        if (const data::RepeatedTimes repeats = order->repeats().value(recipe.time->by); repeats.repeated * 100 > repeats.rows)
            return data::severalSeries(repeats.repeated, repeats.rows);
    return std::unique_ptr<ScoringStream>(std::make_unique<RowStream>(recipe, inputs, needs, std::move(prepared), std::move(fill), !filled.empty() && !needs.fills, std::move(offer)));
}

} // namespace pilothouse::learn
