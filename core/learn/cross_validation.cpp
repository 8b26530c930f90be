// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/cross_validation.h"

#include "core/data/split.h"
#include "core/learn/training_part.h"
#include "core/workspace/recipe_place.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
using Kind = workspace::ValidationSpec::Kind;

/// The group of each training row, 0 … g − 1 in the order of the column's numbers or texts.
Result<std::vector<std::size_t>> groupsOf(const Samples &samples, const QString &by) {
    PH_ASSIGN(const std::vector<std::int64_t> numbers, data::groupNumbers(samples.loaded.table, by));
    const data::Column &column = *samples.loaded.table.find(by);
    std::map<std::pair<double, QString>, std::size_t> order;
    std::vector<std::pair<double, QString>> keys;
    std::size_t without = 0;
    for (const std::size_t sample : samples.train) {
        const std::size_t row = samples.rows.tableRows[sample];
        if (numbers[row] < 0) {
            ++without;
            continue;
        }
        keys.emplace_back(column.type == data::ColumnType::Number ? column.numbers[row] : 0, column.text(row));
        order.try_emplace(keys.back(), 0);
    }
    if (without)
        return invalid(QStringLiteral("%1 training rows have no “%2”, by which they are to be grouped.").arg(without).arg(by), {}, QStringLiteral("Fill the column, or leave these rows out by `where:`."));
    std::size_t next = 0;
    for (auto &[key, number] : order)
        number = next++;
    std::vector<std::size_t> groups;
    for (const auto &key : keys)
        groups.push_back(order.at(key));
    return groups;
}

/// Training rows in the order of time (numbers in samples.rows).
Result<std::vector<std::size_t>> rowsByTime(const Samples &samples, const workspace::Recipe &recipe, std::vector<std::int64_t> &times) {
    times = samples.origins;
    if (recipe.task != workspace::TaskKind::Forecast) {
        PH_ASSIGN(const std::vector<std::int64_t> ofTable, data::rowTimes(samples.loaded.table, *recipe.time));
        for (const std::size_t row : samples.rows.tableRows)
            times.push_back(ofTable[row]);
    }
    const auto without = std::count_if(samples.train.begin(), samples.train.end(), [&](std::size_t row) { return times[row] == data::Column::missingTime; });
    if (without)
        return invalid(QStringLiteral("%1 training rows have no time, so an expanding window has no place for them.").arg(without), {}, QStringLiteral("Leave them out by `where:`, or use {k_fold: 5}."));
    std::vector<std::size_t> order = samples.train;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
    return order;
}

Result<std::vector<data::Fold>> expanding(const Samples &samples, const workspace::Recipe &recipe) {
    std::vector<std::int64_t> times;
    PH_ASSIGN(const std::vector<std::size_t> order, rowsByTime(samples, recipe, times));
    PH_ASSIGN(std::vector<data::Fold> folds, data::expandingWindow(order.size(), recipe.validation->folds, std::size_t(recipe.validation->horizon)));
    const std::int64_t reach = recipe.forecast ? (recipe.forecast->horizon - 1) * recipe.time->stepSeconds() * 1000 : 0; // from the first target to the last
    for (data::Fold &fold : folds) {
        const std::int64_t border = times[order[fold.validation.front()]];
        for (auto *side : {&fold.train, &fold.validation})
            for (std::size_t &position : *side)
                position = order[position];
        if (recipe.task == workspace::TaskKind::Forecast)
            fold.train.erase(std::remove_if(fold.train.begin(), fold.train.end(), [&](std::size_t row) { return times[row] + reach >= border; }), fold.train.end());
        if (fold.train.empty())
            return invalid(QStringLiteral("The first fold of the expanding window has no training rows."), {}, QStringLiteral("Use fewer folds, or a shorter horizon in `validation:`."));
        std::sort(fold.train.begin(), fold.train.end());
        std::sort(fold.validation.begin(), fold.validation.end());
    }
    return folds;
}

Result<std::vector<data::Fold>> foldsByPosition(const Samples &samples, const workspace::ValidationSpec &validation) {
    if (validation.kind == Kind::StratifiedKFold) {
        std::vector<std::size_t> classes;
        for (const std::size_t row : samples.train)
            classes.push_back(std::size_t(samples.rows.targets[row]));
        return data::stratifiedKFold(classes, validation.folds, validation.seed);
    }
    if (validation.kind == Kind::GroupedKFold) {
        PH_ASSIGN(const std::vector<std::size_t> groups, groupsOf(samples, validation.by));
        return data::groupedKFold(groups, validation.folds);
    }
    return data::kFold(samples.train.size(), validation.folds, validation.seed);
}

} // namespace

Result<std::vector<data::Fold>> validationFolds(const Samples &samples, const workspace::Recipe &recipe) {
    if (!recipe.validation)
        return std::vector<data::Fold>();
    Result<std::vector<data::Fold>> folds = recipe.validation->kind == Kind::Expanding ? expanding(samples, recipe) : foldsByPosition(samples, *recipe.validation);
    if (!folds) {
        Error error = folds.error();
        if (error.where.isEmpty())
            error.where = workspace::placeInFile(recipe.file, {QStringLiteral("validation")});
        return error;
    }
    if (recipe.validation->kind != Kind::Expanding)
        for (data::Fold &fold : *folds)
            for (auto *side : {&fold.train, &fold.validation})
                for (std::size_t &position : *side)
                    position = samples.train[position];
    return folds;
}

Result<metrics::Values> scoreFold(const Samples &samples, const workspace::Recipe &recipe, const workspace::EstimatorSpec &spec, const data::Fold &fold, int threads, FitContext &context) {
    PH_ASSIGN(const std::unique_ptr<Estimator> estimator, makeEstimator(spec, recipe.task));
    PH_ASSIGN(const TrainingPart part, TrainingPart::fit(samples, recipe, fold.train, threads));
    PH_ASSIGN(const std::unique_ptr<FittedModel> model, part.fitModel(*estimator, context));
    PH_ASSIGN(const metrics::Scored scored, part.score(*model, fold.validation));
    return metrics::allMetrics(scored);
}

FoldFigures figuresOf(const std::vector<metrics::Values> &folds) {
    FoldFigures figures;
    if (folds.empty())
        return figures;
    for (const QString &metric : folds.front().keys()) {
        double sum = 0, squares = 0;
        for (const metrics::Values &fold : folds)
            sum += fold.value(metric, std::nan(""));
        const double mean = sum / double(folds.size());
        for (const metrics::Values &fold : folds)
            squares += std::pow(fold.value(metric, std::nan("")) - mean, 2);
        figures.mean.insert(metric, mean);
        figures.deviation.insert(metric, std::sqrt(squares / double(folds.size())));
    }
    return figures;
}

QJsonObject foldsJson(const std::vector<metrics::Values> &folds) {
    QJsonArray all;
    for (const metrics::Values &fold : folds)
        all.append(metrics::toJson(fold));
    const FoldFigures figures = figuresOf(folds);
    return {{Q("folds"), all}, {Q("mean"), metrics::toJson(figures.mean)}, {Q("std"), metrics::toJson(figures.deviation)}};
}

std::vector<metrics::Values> foldsFromJson(const QJsonObject &object) {
    std::vector<metrics::Values> folds;
    for (const QJsonValue &value : object.value(Q("folds")).toArray())
        folds.push_back(metrics::valuesFromJson(value.toObject()));
    return folds;
}

QString validationText(const workspace::ValidationSpec &validation) {
    const QString order = validation.seed ? QStringLiteral("shuffled with seed %1").arg(*validation.seed) : QStringLiteral("in the order of the rows");
    switch (validation.kind) {
    case Kind::KFold: return QStringLiteral("%1 folds of the training rows, %2").arg(validation.folds).arg(order);
    case Kind::StratifiedKFold: return QStringLiteral("%1 folds of the training rows with the same share of each class, %2").arg(validation.folds).arg(order);
    case Kind::GroupedKFold: return QStringLiteral("%1 folds of the training rows, no group by %2 on both sides").arg(validation.folds).arg(validation.by);
    case Kind::Expanding: break;
    }
    return QStringLiteral("%1 folds of the training rows by time, each trained on all rows before").arg(validation.folds);
}

} // namespace pilothouse::learn
