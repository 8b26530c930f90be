// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/time_fill.h"

#include "core/data/split.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::data {

Result<std::vector<TimeFilled>> timeFilledInputs(const workspace::Recipe &recipe, const std::vector<Input> &inputs) {
    std::vector<TimeFilled> all;
    if (recipe.task == workspace::TaskKind::Forecast)
        return all;
    PH_ASSIGN(const std::vector<TransformStep> steps, makeTransforms(recipe));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i].type != ColumnType::Number)
            continue;
        const auto first = std::find_if(steps.begin(), steps.end(), [&](const TransformStep &step) { return step.transform->filling() && step.names(inputs[i].name); });
        if (first == steps.end())
            continue;
        if (const Filling filling = *first->transform->filling(); filling.overTime)
            all.push_back({i, filling.limit});
    }
    return all;
}

QStringList FillCounts::notes() const {
    if (missing == 0)
        return {};
    if (timeless)
        return {QStringLiteral("The rows have no time, so that %1 missing values get the training rows' median and not what the rows beside them say.").arg(missing)};
    return {QStringLiteral("%1 of %2 missing values were read off the rows before and behind them in time%3.")
                .arg(filled).arg(missing).arg(filled < missing ? QStringLiteral("; the others get the training rows' median") : QString())};
}

Result<TimeFill> fillOverTime(const Table &table, const workspace::Recipe &recipe, const std::vector<Input> &inputs) {
    TimeFill fill;
    PH_ASSIGN(const std::vector<TimeFilled> wanted, timeFilledInputs(recipe, inputs));
    if (wanted.empty() || !recipe.time)
        return fill;
    std::optional<TimeLine> line;
    fill.counts.timeless = !hasTimes(table.names(), *recipe.time);
    if (!fill.counts.timeless) {
        PH_ASSIGN(line, TimeLine::of(table, *recipe.time));
    }
    for (const TimeFilled &one : wanted) {
        const Column *const column = table.find(inputs[one.input].name);
        if (!column || column->type != ColumnType::Number)
            continue;
        std::vector<double> values = column->numbers;
        if (line)
            line->fill(values, one.limit);
        for (std::size_t row = 0; row < values.size(); ++row) {
            if (!column->isMissing(row))
                continue;
            ++fill.counts.missing;
            if (!std::isnan(values[row]))
                fill.values.push_back({row, one.input, values[row]});
        }
    }
    fill.counts.filled = fill.values.size();
    std::sort(fill.values.begin(), fill.values.end());
    return fill;
}

std::vector<FilledInput> fillOverTime(const Rows &rows, const TimeLine &line, const std::vector<TimeFilled> &wanted) {
    std::vector<FilledInput> all;
    std::vector<double> values(rows.count);
    for (const TimeFilled &one : wanted) {
        for (std::size_t row = 0; row < rows.count; ++row)
            values[row] = rows.row(row)[one.input];
        line.fill(values, one.limit);
        for (std::size_t row = 0; row < rows.count; ++row)
            if (std::isnan(rows.row(row)[one.input]) && !std::isnan(values[row]))
                all.push_back({row, one.input, values[row]});
    }
    std::sort(all.begin(), all.end());
    return all;
}

void writeFilled(Table &table, const std::vector<Input> &inputs, const std::vector<FilledInput> &values) {
    for (const FilledInput &one : values)
        table.columns[std::size_t(table.indexOf(inputs[one.input].name))].numbers[one.row] = one.value;
}

} // namespace pilothouse::data
