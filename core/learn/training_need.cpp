// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/training_need.h"

#include "core/base/memory.h"
#include "core/data/made_columns.h"

#include <QSet>

#include <algorithm>

namespace pilothouse::learn {

namespace {

using workspace::Recipe;
using workspace::TaskKind;

/// Columns of the samples and of the matrix, targets a row.
struct Widths {
    double inputs = 0, matrix = 0, outputs = 1;
};

Widths windowWidths(const Recipe &recipe, qsizetype made) {
    const auto window = double(recipe.forecast ? recipe.forecast->window : 1), horizon = double(recipe.forecast ? recipe.forecast->horizon : 1);
    const QStringList targets = recipe.targets(), series = targets + recipe.include;
    const double width = double(QSet<QString>(series.begin(), series.end()).size() + made) * window;
    return {width, width, horizon * double(targets.size())};
}

Widths columnWidths(const Recipe &recipe, const data::CsvBeginning &beginning, const data::TableSize &table, const std::vector<data::TransformStep> &steps) {
    QSet<QString> out(recipe.exclude.begin(), recipe.exclude.end());
    out << recipe.target << recipe.split.by;
    if (recipe.validation)
        out << recipe.validation->by;
    if (recipe.time) {
        out << recipe.time->column;
        for (const QString &part : recipe.time->parts)
            out << part;
    }
    Widths widths;
    for (std::size_t i = 0; i < beginning.columns.size(); ++i) {
        const QString &name = beginning.dialect.names[i];
        const data::ColumnType type = beginning.columns[i].type;
        if (out.contains(name) || type == data::ColumnType::Time || !(recipe.include.isEmpty() || recipe.include.contains(name)))
            continue;
        const bool hot = std::any_of(steps.begin(), steps.end(), [&](const data::TransformStep &step) { return step.spec.name == QLatin1String("one_hot") && step.names(name); });
        widths.inputs += 1;
        widths.matrix += type == data::ColumnType::Category && hot ? double(std::max<qint64>(1, table.differentTexts[i])) : 1;
    }
    return widths;
}

/// The share of the rows that train.
double trainShare(const workspace::SplitSpec &split) {
    using Kind = workspace::SplitSpec::Kind;
    switch (split.kind) {
    case Kind::Every: return 1 - 1.0 / std::max(1, split.every);
    case Kind::After: return 0.5; // where the border lies the data tells
    case Kind::Random:
    case Kind::Stratified:
    case Kind::Grouped: return 1 - split.fraction;
    }
    return 0.5;
}

double cells(double rows, double columns) { return 8 * rows * columns; }

/// Trials that run at once, at least: the last round of a halving may be a single one.
int trialsAtOnce(const workspace::SearchSpec &search, int threads) {
    if (search.method == workspace::SearchSpec::Method::Halving)
        return 1;
    return std::max(1, std::min(search.parallel > 0 ? search.parallel : threads, search.trials));
}

/// Bytes at the peak beside the table, with one estimator.
double besideTable(const Recipe &recipe, const Estimator &estimator, double rows, const Widths &widths, double tableBytes, int threads) {
    const double train = rows * trainShare(recipe.split);
    const double samples = cells(rows, widths.inputs + widths.outputs + 1), matrix = cells(train, widths.matrix);
    const auto fit = [&](double share, int with) { // its matrix, the rows it learns from, and what the estimator takes
        return 2 * share * matrix + estimator.memory({share * train, widths.matrix, widths.outputs, with});
    };
    double most = recipe.task == TaskKind::Forecast ? samples : samples + cells(rows, widths.inputs); // coding makes them once more
    most = std::max(most, samples + cells(train, widths.inputs) + matrix);                            // fitting the transforms
    if (!recipe.search)
        most = std::max(most, samples + fit(1, threads));
    const int folds = recipe.validation ? std::max(2, recipe.validation->folds) : recipe.search ? 3 : 0;
    if (folds > 0 && !recipe.search)
        most = std::max(most, samples + matrix + fit(1 - 1.0 / folds, threads));
    if (recipe.search) {
        const int trials = trialsAtOnce(*recipe.search, threads);
        most = std::max(most, samples + matrix + trials * (tableBytes + samples + fit(1 - 1.0 / folds, std::max(1, threads / trials))));
    }
    return most;
}

} // namespace

Result<TrainingNeed> trainingNeed(const Recipe &recipe, const std::vector<std::unique_ptr<Estimator>> &estimators, int threads) {
    data::CsvOptions options(recipe.data);
    options.types = data::typesOf(recipe);
    PH_ASSIGN(const data::CsvBeginning beginning, data::readBeginning(recipe.data.path(), options));
    PH_ASSIGN(const std::vector<data::TransformStep> steps, data::makeTransforms(recipe));
    TrainingNeed need;
    need.table = data::tableSize(beginning, recipe.data.path());
    need.bytes = need.table.bytes;
    const qsizetype made = data::madeColumns(steps, recipe.targets()).size();
    Widths widths = recipe.task == TaskKind::Forecast ? windowWidths(recipe, made) : columnWidths(recipe, beginning, need.table, steps);
    if (recipe.task != TaskKind::Forecast) {
        widths.inputs += double(made);
        widths.matrix += double(made);
    }
    need.columns = qint64(widths.matrix);
    if (!recipe.data.where.isEmpty() || (recipe.time && !recipe.time->resample.isEmpty()))
        return need;
    need.rows = need.table.rows;
    for (const std::unique_ptr<Estimator> &estimator : estimators) {
        const double tableBytes = double(need.table.bytes), bytes = tableBytes + besideTable(recipe, *estimator, double(need.rows), widths, tableBytes, threads);
        if (qint64(bytes) <= need.bytes)
            continue;
        need.bytes = qint64(bytes);
        need.estimator = estimator->name();
    }
    return need;
}

Result<void> requireTraining(const Recipe &recipe, const std::vector<std::unique_ptr<Estimator>> &estimators, int threads) {
    const Result<TrainingNeed> need = trainingNeed(recipe, estimators, threads);
    if (!need)
        return {};
    const QString what = need->estimator.isEmpty() ? QStringLiteral("Training on a table of about %1 rows and %2 columns").arg(need->table.rows).arg(need->table.columns)
                                                   : QStringLiteral("Training %1 on about %2 rows (%3 columns in the file, %4 in the model)").arg(need->estimator).arg(need->rows).arg(need->table.columns).arg(need->columns);
    const auto check = [&](const QString &hint) { return requireMemory(need->bytes, what, recipe.data.source, hint); };
    if (check({}))
        return {};
    QString hint = QStringLiteral("Take fewer columns (features: {include: […]}) or rows (a part of the file).");
    if (const auto one = trainingNeed(recipe, estimators, 1); threads > 1 && one && one->bytes < need->bytes)
        hint += QStringLiteral(" With --threads 1%1 it needs about %2.").arg(recipe.search ? QStringLiteral(" and search: {parallel: 1}") : QString(), memoryText(one->bytes));
    return check(hint);
}

} // namespace pilothouse::learn
