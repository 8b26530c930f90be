// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/scoring_needs.h"

#include "core/data/made_columns.h"
#include "core/data/prepare_table.h"
#include "core/data/split.h"
#include "core/data/time_fill.h"
#include "core/data/windows.h"

#include <algorithm>

namespace pilothouse::learn {

namespace {

using workspace::TaskKind;

/// Puts the needs together, one column after the other.
class Needs {
public:
    Needs(const workspace::Recipe &recipe, const QStringList &columns) : m_recipe(recipe), m_columns(columns) {}

    Result<ScoringNeeds> run(const std::vector<artifact::Input> &inputs) {
        const bool forecast = m_recipe.task == TaskKind::Forecast;
        m_needs.steps = forecast ? m_recipe.time && !m_recipe.time->resample.isEmpty() : data::resamples(m_recipe, m_columns);
        m_needs.times = forecast || m_needs.steps;
        PH_TRY(madeColumns());
        PH_TRY(fills(inputs));
        if (forecast)
            for (const QString &name : data::seriesNames(m_recipe))
                need(name);
        for (const artifact::Input &input : inputs)
            if (!forecast && !m_needs.made.contains(input.name))
                m_needs.columns << input.name; // that it is there is looked at when rows are coded
        if (m_needs.steps || m_needs.fills || forecast)
            m_needs.rising << QString();
        if (m_needs.times)
            needTimes();
        m_needs.columns.removeDuplicates();
        m_needs.rising.removeDuplicates();
        return m_needs;
    }

private:
    /// A column without which the error is that of the whole file.
    void need(const QString &name) {
        m_needs.columns << name;
        m_needs.whole |= !m_columns.contains(name);
    }
    void needTimes() {
        if (!m_recipe.time || !data::hasTimes(m_columns, *m_recipe.time) || (m_recipe.task == TaskKind::Forecast && (!m_recipe.forecast || m_recipe.time->stepSeconds() <= 0))) {
            m_needs.whole = true;
            return;
        }
        m_needs.columns << data::stepTimeColumn(*m_recipe.time) << m_recipe.time->parts;
        if (m_needs.steps && !m_recipe.time->by.isEmpty())
            need(m_recipe.time->by);
    }
    Result<void> madeColumns() {
        PH_ASSIGN(const std::vector<data::TransformStep> steps, data::makeTransforms(m_recipe));
        const QStringList series = data::seriesNames(m_recipe), &there = m_recipe.task == TaskKind::Forecast ? series : m_columns;
        const QStringList made = data::madeColumns(steps, m_recipe.targets());
        for (const QString &name : made)
            (there.contains(name) ? m_needs.columns : m_needs.made) << name;
        for (const data::TransformStep &step : data::stepsToMake(steps, m_recipe.targets(), there)) {
            m_needs.times = true;
            const auto look = step.transform->lookBack();
            if (!look)
                continue;
            const QString by = look->by.isEmpty() && m_recipe.time ? m_recipe.time->by : look->by;
            QStringList sources = look->columns.isEmpty() ? m_recipe.targets() : look->columns;
            if (!by.isEmpty())
                sources << by;
            for (const QString &name : std::as_const(sources)) {
                need(name);
                m_needs.whole |= m_recipe.task == TaskKind::Forecast && !series.contains(name); // it looks back on its series alone
            }
            m_needs.rising << by;
            if (m_needs.steps && m_recipe.time && by != m_recipe.time->by) { // how often their times repeat only the steps tell
                m_needs.whole = true;
                m_needs.help = QStringLiteral("Let the recipe's time: {by: …} name the series of its steps: then a file sorted by time is scored block by block.");
            }
        }
        return {};
    }
    Result<void> fills(const std::vector<artifact::Input> &inputs) {
        PH_ASSIGN(const std::vector<data::TimeFilled> filled, data::timeFilledInputs(m_recipe, inputs));
        if (filled.empty() || !m_recipe.time || !data::hasTimes(m_columns, *m_recipe.time))
            return {};
        m_needs.fills = m_needs.times = true;
        if (!m_recipe.time->by.isEmpty())
            need(m_recipe.time->by);
        m_needs.rising << m_recipe.time->by;
        if (std::any_of(filled.begin(), filled.end(), [](const data::TimeFilled &one) { return one.limit == 0; })) {
            m_needs.whole = true;
            m_needs.help = QStringLiteral("Train with a limit (impute: {strategy: time, limit: 6}): then a file sorted by time is scored block by block.");
        }
        return {};
    }

    const workspace::Recipe &m_recipe;
    const QStringList &m_columns;
    ScoringNeeds m_needs;
};

} // namespace

Result<ScoringNeeds> scoringNeeds(const workspace::Recipe &recipe, const std::vector<artifact::Input> &inputs, const QStringList &columns) { return Needs(recipe, columns).run(inputs); }

} // namespace pilothouse::learn
