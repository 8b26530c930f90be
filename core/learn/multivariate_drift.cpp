// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/multivariate_drift.h"

#include "core/data/folds.h"
#include "core/learn/estimator.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

constexpr int folds = 5;
constexpr std::size_t energyRows = 1000;
constexpr int permutations = 199;

/// Boosted trees: small ones, as two groups that differ do so in few ways.
workspace::EstimatorSpec trees() {
    return {QStringLiteral("gradient_boosting"), {{QStringLiteral("n_estimators"), qlonglong(60)}, {QStringLiteral("max_depth"), qlonglong(4)}, {QStringLiteral("learning_rate"), 0.1}}};
}

std::span<const double> rowOf(const drift::CodedPair &pair, std::size_t i) { return i < pair.reference.count ? pair.reference.row(i) : pair.current.row(i - pair.reference.count); }

Result<void> classify(const drift::CodedPair &pair, const MultivariateOptions &options, std::stop_token stop, drift::MultivariateDrift &into) {
    const std::size_t n = pair.reference.count, all = n + pair.current.count, width = pair.reference.width;
    auto &out = into.classifier;
    out.learner = QStringLiteral("gradient_boosting");
    out.folds = folds;
    out.byChance = drift::areaByChance(n, pair.current.count);
    if (std::min(n, pair.current.count) < drift::multivariateRows) // not even tried: the verdict would be the same
        return {};
    std::vector<std::size_t> side(all, 0);
    std::fill(side.begin() + std::ptrdiff_t(n), side.end(), std::size_t(1));
    PH_ASSIGN(const std::vector<data::Fold> parts, data::stratifiedKFold(side, folds, options.seed));
    std::vector<double> scores(all, 0);
    for (const data::Fold &part : parts) {
        if (stop.stop_requested())
            return cancelled();
        TrainData train;
        train.task = workspace::TaskKind::Classification;
        train.rows = part.train.size();
        train.width = width;
        train.classes = {"reference", "current"};
        train.names = {pair.names.begin(), pair.names.end()};
        for (const std::size_t i : part.train) {
            train.x.insert(train.x.end(), rowOf(pair, i).begin(), rowOf(pair, i).end());
            train.y.push_back(double(side[i]));
        }
        PH_ASSIGN(const std::unique_ptr<Estimator> estimator, makeEstimator(trees(), workspace::TaskKind::Classification));
        FitContext context;
        context.seed = options.seed;
        context.threads = options.threads;
        context.stop = stop;
        PH_ASSIGN(const std::unique_ptr<FittedModel> model, estimator->fit(train, {}, context));
        data::Rows held;
        held.count = part.validation.size();
        held.width = width;
        for (const std::size_t i : part.validation)
            held.values.insert(held.values.end(), rowOf(pair, i).begin(), rowOf(pair, i).end());
        PH_ASSIGN(const artifact::Predictions predicted, model->predict(held));
        for (std::size_t i = 0; i < held.count; ++i)
            scores[part.validation[i]] = predicted.probabilities[i * 2 + 1];
    }
    const std::span<const double> given(scores);
    const drift::Area area = drift::areaOf(given.first(n), given.subspan(n));
    out.auc = area.auc;
    out.low = std::max(0.0, area.auc - 1.959964 * area.error);
    out.high = std::min(1.0, area.auc + 1.959964 * area.error);
    out.verdict = drift::verdictOn(area.auc, area.error, drift::aucWarning, drift::aucDrifted, std::min(n, pair.current.count));
    return {};
}

} // namespace

Result<drift::MultivariateDrift> multivariateDrift(const data::Table &reference, const data::Table &current, const MultivariateOptions &options, std::stop_token stop) {
    PH_ASSIGN(const drift::CodedPair pair, drift::codedPair(reference, current, drift::multivariateSample, options.seed, options.leaveOut));
    drift::MultivariateDrift out;
    out.seed = options.seed;
    out.columns = pair.columns;
    out.referenceRows = pair.reference.count;
    out.currentRows = pair.current.count;
    PH_TRY(classify(pair, options, stop, out));
    drift::reconstruct(pair, out);
    if (stop.stop_requested())
        return cancelled();
    drift::measureEnergy(pair, energyRows, permutations, out);
    return out;
}

} // namespace pilothouse::learn
