// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/prepare_table.h"

#include "core/data/made_columns.h"
#include "core/data/split.h"
#include "core/data/unknown_column.h"

namespace pilothouse::data {

bool resamples(const workspace::Recipe &recipe, const QStringList &columns) {
    return recipe.task != workspace::TaskKind::Forecast && recipe.time && !recipe.time->resample.isEmpty() && hasTimes(columns, *recipe.time);
}

Result<Table> resampleTable(const Table &table, const std::vector<std::int64_t> &times, const workspace::TimeSpec &time, StepCounter &counter) {
    const Column *const by = time.by.isEmpty() ? nullptr : table.find(time.by);
    if (!by && !time.by.isEmpty())
        return invalid(QStringLiteral("`time:` names the column “%1”, which the data does not have.").arg(time.by), {}, columnsHint(time.by, table.names()));
    std::vector<const Column *> columns;
    for (const Column &column : table.columns)
        columns.push_back(&column);
    PH_ASSIGN(Steps steps, resample(columns, times, time, by, counter));
    Table out{std::move(steps.columns)};
    int at = out.indexOf(stepTimeColumn(time));
    if (at < 0) {
        at = int(out.columns.size());
        out.columns.emplace_back().name = stepTimeColumn(time);
    }
    Column &begins = out.columns[std::size_t(at)];
    begins.type = ColumnType::Time;
    begins.times = std::move(steps.times);
    begins.zoned = true; // they are UTC, whatever the recipe's zone
    return out;
}

Result<std::optional<StepCounts>> prepareTable(Table &table, const workspace::Recipe &recipe) {
    if (!resamples(recipe, table.names())) {
        PH_TRY(makeColumns(table, recipe));
        return std::optional<StepCounts>();
    }
    PH_ASSIGN(const std::vector<std::int64_t> times, rowTimes(table, *recipe.time));
    StepCounter counter(*recipe.time);
    PH_ASSIGN(Table steps, resampleTable(table, times, *recipe.time, counter));
    PH_TRY(makeColumns(steps, recipe));
    table = std::move(steps);
    return std::optional(counter.counts());
}

QString stepsText(const workspace::Recipe &recipe) {
    if (!recipe.time || recipe.time->resample.isEmpty())
        return {};
    const workspace::TimeSpec &time = *recipe.time;
    const QString columns = time.column.isEmpty() ? time.parts.join(QLatin1Char(' ')) : time.column;
    return QStringLiteral("steps of %1 (%2) of %3%4%5").arg(time.step, time.resample, columns, time.zone == QLatin1String("UTC") ? QString() : QStringLiteral(" in ") + time.zone,
                                                          time.by.isEmpty() ? QString() : QStringLiteral(", by ") + time.by);
}

} // namespace pilothouse::data
