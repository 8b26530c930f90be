// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/cross_validation.h"
#include "core/learn/search.h"
#include "core/learn/search_plan.h"

namespace pilothouse::learn {

Result<std::vector<metrics::Values>> scoreTrial(const workspace::Recipe &recipe, double share, int threads, std::stop_token stop) {
    if (recipe.estimators.size() != 1 || !recipe.validation)
        return invalid(QStringLiteral("A trial's recipe has one estimator and a validation."), recipe.file);
    PH_ASSIGN(const Samples samples, trainingSamples(recipe, stop, [](qint64, qint64) {}));
    PH_ASSIGN(std::vector<data::Fold> folds, validationFolds(samples, recipe));
    std::vector<metrics::Values> all;
    for (data::Fold &fold : folds) {
        if (stop.stop_requested())
            return cancelled();
        fold.train = shareOf(samples, recipe, fold.train, share);
        FitContext context; // nobody sees a trial's curves, and an interrupted one begins again
        context.seed = recipe.seed;
        context.threads = threads;
        context.stop = stop;
        PH_ASSIGN(metrics::Values values, scoreFold(samples, recipe, recipe.estimators.front(), fold, threads, context));
        all.push_back(std::move(values));
    }
    return all;
}

} // namespace pilothouse::learn
