// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/made_columns.h"

#include "core/data/split.h"
#include "core/workspace/recipe_place.h"

#include <algorithm>

namespace pilothouse::data {

namespace {

bool hasAll(const Table &table, const QStringList &names) {
    return std::all_of(names.begin(), names.end(), [&](const QString &name) { return table.find(name) != nullptr; });
}

} // namespace

QStringList madeColumns(const std::vector<TransformStep> &steps, const QStringList &targets) {
    QStringList names;
    for (const TransformStep &step : steps)
        if (step.transform->makesColumns())
            names += step.transform->columnNames(targets);
    names.removeDuplicates();
    return names;
}

std::vector<TransformStep> stepsToMake(const std::vector<TransformStep> &steps, const QStringList &targets, const QStringList &columns) {
    std::vector<TransformStep> all;
    for (const TransformStep &step : steps) {
        const QStringList names = step.transform->columnNames(targets);
        if (step.transform->makesColumns() && !std::all_of(names.begin(), names.end(), [&](const QString &name) { return columns.contains(name); }))
            all.push_back(step);
    }
    return all;
}

Result<void> makeColumns(Table &table, const workspace::Recipe &recipe) {
    PH_ASSIGN(const std::vector<TransformStep> steps, makeTransforms(recipe));
    const QStringList names = madeColumns(steps, recipe.targets());
    if (names.isEmpty() || hasAll(table, names)) // then no time is needed either
        return {};
    if (!recipe.time)
        return invalid(QStringLiteral("%1 needs to know when each row was.").arg(steps.front().spec.name), workspace::placeInFile(recipe.file, {QStringLiteral("transforms"), QStringLiteral("0")}, steps.front().spec.name),
                       QStringLiteral("Add `time:`, for example time: {column: datetime, step: 1h}."));
    PH_ASSIGN(const std::vector<std::int64_t> times, rowTimes(table, *recipe.time));
    return makeColumns(table, times, recipe);
}

Result<void> makeColumns(Table &table, const std::vector<std::int64_t> &times, const workspace::Recipe &recipe, const QMap<QString, RepeatedTimes> *ofAll) {
    PH_ASSIGN(const std::vector<TransformStep> steps, makeTransforms(recipe));
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const TransformStep &step = steps[i];
        if (!step.transform->makesColumns() || hasAll(table, step.transform->columnNames(recipe.targets())))
            continue;
        Result<std::vector<Column>> made = step.transform->columns({table, times, recipe.time->stepSeconds() * 1000, recipe.time->zone, recipe.targets(), recipe.task == workspace::TaskKind::Forecast, recipe.time->by, ofAll});
        if (!made) {
            Error error = made.error();
            if (error.kind == ErrorKind::Invalid)
                error.where = workspace::placeInFile(recipe.file, {QStringLiteral("transforms"), QString::number(i)}, step.spec.name);
            return error;
        }
        for (Column &column : *made)
            if (!table.find(column.name))
                table.columns.push_back(std::move(column));
    }
    return {};
}

} // namespace pilothouse::data
