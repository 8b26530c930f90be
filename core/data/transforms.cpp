// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/transforms.h"

#include "core/base/task.h"
#include "core/data/made_columns.h"
#include "core/data/unknown_column.h"
#include "core/workspace/yaml_tree.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace pilothouse::data {

namespace {

constexpr std::size_t grain = 4096;

/// The categories that occur in these rows, sorted by bytes; numbers by their shortest text.
std::vector<std::string> categoriesIn(const Column &column, const std::vector<std::size_t> &rows) {
    std::set<std::string> seen;
    if (column.type == ColumnType::Category) {
        std::vector<bool> used(column.dictionary.size());
        for (const std::size_t row : rows)
            if (column.codes[row] >= 0)
                used[std::size_t(column.codes[row])] = true;
        for (std::size_t i = 0; i < used.size(); ++i)
            if (used[i])
                seen.insert(column.dictionary[i]);
    } else {
        for (const std::size_t row : rows)
            if (!column.isMissing(row))
                seen.insert(column.text(row).toStdString());
    }
    return {seen.begin(), seen.end()};
}

/// Every column that a step names must be an input.
Result<void> checkColumns(const workspace::TransformSpec &spec, const std::vector<Input> &inputs) {
    QStringList names;
    for (const Input &input : inputs)
        names << input.name;
    for (const QString &column : spec.columns) {
        const bool known = std::any_of(names.begin(), names.end(), [&](const QString &name) { return name == column || name.startsWith(column + QLatin1Char('@')); });
        const QString nearest = workspace::nearestName(column, names), all = QStringLiteral("The inputs are: %1.").arg(names.mid(0, 30).join(QStringLiteral(", ")));
        if (!known)
            return invalid(QStringLiteral("%1 names the column “%2”, which is no input.").arg(spec.name, column), {},
                           nearest.isEmpty() ? all : QStringLiteral("Did you mean “%1”? %2").arg(nearest, all));
    }
    return {};
}

Result<void> fitColumn(ColumnFit &column, const std::vector<TransformStep> &steps, const TrainingTarget &target) {
    for (const TransformStep &step : steps) {
        if (step.transform->makesRows() || step.transform->makesColumns() || !step.names(column.input().name))
            continue;
        if (step.transform->accepts(column))
            PH_TRY(step.transform->fit(column, target));
        else if (!step.spec.columns.isEmpty())
            return invalid(QStringLiteral("%1 works on %2; “%3” holds %4.").arg(step.spec.name, step.transform->subject(), column.input().name,
                                column.isCategory() ? QStringLiteral("categories") : QStringLiteral("numbers")), {}, QStringLiteral("Take it out of `columns:`, or change the order of the steps."));
    }
    if (column.isCategory())
        return invalid(QStringLiteral("The input “%1” is a category, and no transform makes numbers of it.").arg(column.input().name), {},
                       QStringLiteral("Add one_hot to `transforms:`, or exclude the column."));
    const std::optional<CategoryTable> &table = column.map().table;
    if (column.input().optional && std::isnan(column.map().fill) && table && std::any_of(table->missing.begin(), table->missing.end(), [](double v) { return std::isnan(v); }))
        return invalid(QStringLiteral("A missing value of “%1” stays missing: it is coded before it is imputed.").arg(column.input().name), {}, QStringLiteral("Write impute before the step that codes it."));
    return {};
}

} // namespace

Result<std::vector<Input>> inputsOf(const Table &table, const workspace::Recipe &recipe, const std::vector<std::size_t> &rows) {
    std::set<QString> out{recipe.target};
    if (recipe.time) {
        out.insert(recipe.time->column);
        for (const QString &part : recipe.time->parts)
            out.insert(part);
    }
    for (const auto &list : {recipe.categorical, recipe.include, recipe.exclude, QStringList{recipe.target}})
        for (const QString &name : list)
            if (!table.find(name))
                return unknownColumn(recipe, name, table);
    for (const QString &group : {recipe.split.by, recipe.validation ? recipe.validation->by : QString()})
        out.insert(group);
    PH_ASSIGN(const std::vector<TransformStep> steps, makeTransforms(recipe));
    const QStringList made = madeColumns(steps, recipe.targets());
    std::vector<Input> inputs;
    for (const Column &column : table.columns) {
        const bool included = recipe.include.contains(column.name) || made.contains(column.name);
        if (recipe.exclude.contains(column.name) || (recipe.include.isEmpty() ? out.contains(column.name) : !included))
            continue;
        if (column.type == ColumnType::Time) {
            if (included)
                return invalid(QStringLiteral("The column “%1” holds times; it cannot be a feature.").arg(column.name), recipe.file,
                               QStringLiteral("Take it out of `features: {include: […]}`."));
            continue;
        }
        Input input{column.name, column.type, {}, false};
        if (recipe.categorical.contains(column.name))
            input.type = ColumnType::Category;
        if (input.type == ColumnType::Category)
            input.categories = categoriesIn(column, rows);
        for (const TransformStep &step : steps)
            if (step.names(input.name))
                step.transform->prepare(input);
        inputs.push_back(std::move(input));
    }
    if (inputs.empty())
        return invalid(QStringLiteral("No column is left as a feature."), recipe.file, QStringLiteral("Change `features:`, or the target."));
    return inputs;
}

Result<FittedTransforms> FittedTransforms::fit(const Rows &training, const std::vector<Input> &inputs, const std::vector<workspace::TransformSpec> &steps, const TrainingTarget &target) {
    PH_ASSIGN(FittedOnTraining fitted, fitAndApply(training, inputs, steps, target));
    return std::move(fitted.transforms);
}

Result<FittedOnTraining> FittedTransforms::fitAndApply(const Rows &training, const std::vector<Input> &inputs, const std::vector<workspace::TransformSpec> &specs,
                                                       const TrainingTarget &target, int threads) {
    if (training.count == 0 || training.width != inputs.size())
        return invalid(QStringLiteral("There are no training rows, or they do not have the %1 inputs.").arg(inputs.size()));
    FittedOnTraining fitted;
    std::vector<TransformStep> steps;
    for (const workspace::TransformSpec &spec : specs) {
        PH_ASSIGN(TransformPtr transform, makeTransform(spec));
        if (!transform->makesColumns()) // its columns are those of the table
            PH_TRY(checkColumns(spec, inputs));
        steps.push_back({spec, std::move(transform)});
        fitted.transforms.m_steps << spec.text();
    }
    std::vector<std::pair<std::size_t, std::vector<double>>> crossFitted; // first output, values
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        ColumnFit column(training, i, inputs[i]);
        PH_TRY(fitColumn(column, steps, target));
        if (column.isCrossFitted())
            crossFitted.emplace_back(fitted.groups.size(), column.values());
        fitted.groups.insert(fitted.groups.end(), column.width(), column.isNominal() ? int(i) : -1);
        fitted.transforms.add(column.map());
    }
    PH_ASSIGN(fitted.matrix, fitted.transforms.apply(training, threads));
    for (const auto &[first, values] : crossFitted) {
        const std::size_t columns = values.size() / training.count;
        for (std::size_t row = 0; row < training.count; ++row)
            std::copy_n(values.begin() + std::ptrdiff_t(row * columns), columns, fitted.matrix.values.begin() + std::ptrdiff_t(row * fitted.matrix.width + first));
    }
    fitted.crossFitted = !crossFitted.empty();
    return fitted;
}

void FittedTransforms::add(ColumnMap map) {
    for (std::size_t c = 0; c < map.width(); ++c)
        m_names.push_back(map.outputName(c));
    m_mean.insert(m_mean.end(), map.offset.begin(), map.offset.end());
    m_scale.insert(m_scale.end(), map.scale.begin(), map.scale.end());
    m_inputs.push_back(std::move(map));
}

void FittedTransforms::applyRow(std::span<const double> in, std::span<double> out) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < m_inputs.size(); ++i) {
        const ColumnMap &map = m_inputs[i];
        if (map.category) {
            map.apply(in[i], out.data() + at);
            at += map.width();
        } else {
            out[at] = ((std::isnan(in[i]) ? map.fill : in[i]) - m_mean[at]) / m_scale[at];
            ++at;
        }
    }
}

Result<Rows> FittedTransforms::apply(const Rows &rows, int threads) const {
    if (rows.width != inputWidth())
        return invalid(QStringLiteral("A row has %1 values; the model takes %2.").arg(rows.width).arg(inputWidth()));
    for (std::size_t i = 0; i < m_inputs.size(); ++i)
        for (std::size_t row = 0; m_inputs[i].refusesUnknown && row < rows.count; ++row)
            if (rows.row(row)[i] < 0)
                return invalid(QStringLiteral("Input “%1” of row %2 holds a category that the training rows do not have, and the recipe refuses it.").arg(m_inputs[i].name).arg(rows.first + row + 1), {},
                               QStringLiteral("Train with such rows, or write one_hot without unknown: error."));
    Rows out;
    out.count = rows.count;
    out.width = outputWidth();
    out.first = rows.first;
    out.values.resize(out.count * out.width);
    parallelFor(rows.count, grain, [&](std::size_t first, std::size_t last) {
        for (std::size_t row = first; row < last; ++row)
            applyRow(rows.row(row), out.row(row));
    }, threads);
    return out;
}

} // namespace pilothouse::data
