// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/estimator.h"
#include "core/learn/search.h"
#include "core/metrics/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::learn {

namespace {

constexpr std::size_t leastTrials = 8;
constexpr int repeats = 10;

/// A drawn value as a number: its own, or its place among the choices.
double coded(const workspace::SearchRange &range, const QVariant &value) {
    const bool number = range.choices.isEmpty() || std::all_of(range.choices.begin(), range.choices.end(), [](const QVariant &choice) {
        return choice.typeId() == QMetaType::LongLong || choice.typeId() == QMetaType::Double;
    });
    return number ? value.toDouble() : double(range.choices.indexOf(value));
}

double squaredError(const std::vector<double> &a, const std::vector<double> &b) {
    return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0, std::plus<>(), [](double x, double y) { return (x - y) * (x - y); });
}

/// The growth of the squared error when one column is shuffled, mean of the repeats; not below 0.
Result<std::vector<double>> permutationGrowth(const TrainData &data) {
    PH_ASSIGN(const std::unique_ptr<Estimator> forest, makeEstimator({QStringLiteral("random_forest"), {{QStringLiteral("n_estimators"), 200}, {QStringLiteral("max_depth"), 6}}}, workspace::TaskKind::Regression));
    FitContext context;
    PH_ASSIGN(const std::unique_ptr<FittedModel> model, forest->fit(data, {}, context));
    data::Rows rows{data.rows, data.width, data.x};
    PH_ASSIGN(const artifact::Predictions whole, model->predict(rows));
    const double base = squaredError(whole.values, data.y);
    std::vector<double> growth(data.width);
    for (std::size_t column = 0; column < data.width; ++column) {
        metrics::Random random(context.seed, column);
        double sum = 0;
        for (int i = 0; i < repeats; ++i) {
            std::vector<std::size_t> order(data.rows);
            std::iota(order.begin(), order.end(), std::size_t(0));
            metrics::shuffle(order, random);
            for (std::size_t row = 0; row < data.rows; ++row)
                rows.values[row * data.width + column] = data.x[order[row] * data.width + column];
            PH_ASSIGN(const artifact::Predictions shuffled, model->predict(rows));
            sum += squaredError(shuffled.values, data.y) - base;
        }
        rows.values = data.x;
        growth[column] = std::max(0.0, sum / repeats);
    }
    return growth;
}

} // namespace

std::vector<SearchImportance> searchImportance(const workspace::SearchSpec &search, const std::vector<SearchTrial> &trials, const std::vector<double> &figures) {
    std::vector<SearchImportance> all;
    QStringList estimators;
    for (const workspace::SearchRange &range : search.space)
        if (!estimators.contains(range.estimator))
            estimators << range.estimator;
    for (const QString &estimator : std::as_const(estimators)) {
        std::vector<const workspace::SearchRange *> ranges;
        for (const workspace::SearchRange &range : search.space)
            if (range.estimator == estimator)
                ranges.push_back(&range);
        TrainData data;
        data.width = ranges.size();
        for (std::size_t i = 0; i < trials.size(); ++i) {
            if (trials[i].spec.name != estimator || std::isnan(figures[i]))
                continue;
            for (const workspace::SearchRange *range : ranges)
                data.x.push_back(coded(*range, trials[i].spec.parameters.value(range->parameter)));
            data.y.push_back(figures[i]);
        }
        data.rows = data.y.size();
        if (data.rows < leastTrials || std::all_of(data.y.begin(), data.y.end(), [&](double y) { return y == data.y.front(); }))
            continue;
        for (const workspace::SearchRange *range : ranges)
            data.names.push_back(range->parameter);
        const Result<std::vector<double>> growth = permutationGrowth(data);
        const double sum = growth ? std::accumulate(growth->begin(), growth->end(), 0.0) : 0;
        for (std::size_t column = 0; column < data.width && sum > 0; ++column)
            all.push_back({estimator, ranges[column]->parameter, (*growth)[column] / sum});
    }
    std::stable_sort(all.begin(), all.end(), [](const SearchImportance &a, const SearchImportance &b) { return a.share > b.share; });
    return all;
}

} // namespace pilothouse::learn
