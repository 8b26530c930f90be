// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/filled_samples.h"

#include "core/data/time_fill.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

Result<void> fillRows(const data::Table &table, const workspace::Recipe &recipe, Samples &samples) {
    PH_ASSIGN(const data::TimeFill fill, data::fillOverTime(table, recipe, samples.signature.inputs));
    samples.rows.noteFilled(fill.values);
    samples.notes += fill.counts.notes();
    return {};
}

Result<void> fillSides(const data::Table &table, const workspace::Recipe &recipe, Samples &samples) {
    PH_ASSIGN(const std::vector<data::TimeFilled> overTime, data::timeFilledInputs(recipe, samples.signature.inputs));
    if (overTime.empty() || !recipe.time) // without a time fitting the transforms will say so
        return {};
    artifact::LabelledRows &rows = samples.rows;
    PH_ASSIGN(const data::TimeLine line, data::TimeLine::of(table, *recipe.time));
    samples.line = line.take(rows.tableRows);
    PH_ASSIGN(const data::TimeFill ofFile, data::fillOverTime(table, recipe, samples.signature.inputs));
    rows.noteFilled(ofFile.values);
    std::erase_if(rows.filled, [&](const data::FilledInput &one) { return std::binary_search(samples.train.begin(), samples.train.end(), one.row); });
    for (const data::FilledInput &one : data::fillOverTime(rows.take(samples.train).inputs, samples.line->take(samples.train), overTime))
        rows.filled.push_back({samples.train[one.row], one.input, one.value});
    std::sort(rows.filled.begin(), rows.filled.end());
    data::FillCounts counts;
    counts.filled = rows.filled.size();
    for (const data::TimeFilled &one : overTime)
        for (std::size_t row = 0; row < rows.inputs.count; ++row)
            counts.missing += std::isnan(rows.inputs.row(row)[one.input]);
    samples.notes += counts.notes();
    return {};
}

} // namespace pilothouse::learn
