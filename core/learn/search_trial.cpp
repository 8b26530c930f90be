// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/cross_validation.h"
#include "core/learn/search.h"
#include "core/learn/search_plan.h"

#include <new>

namespace pilothouse::learn {

namespace {

Result<std::vector<metrics::Values>> scoreFolds(const workspace::Recipe &recipe, double share, int threads, const QString &dataSha256, std::stop_token stop) {
    if (recipe.estimators.size() != 1 || !recipe.validation)
        return invalid(QStringLiteral("A trial's recipe has one estimator and a validation."), recipe.file);
    PH_ASSIGN(const Samples samples, trainingSamples(recipe, stop, [](qint64, qint64) {}));
    if (const QString now = samples.loaded.fingerprint.sha256; !dataSha256.isEmpty() && now != dataSha256)
        return changedData(dataSha256, now, recipe.data.source);
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

} // namespace

Result<std::vector<metrics::Values>> scoreTrial(const workspace::Recipe &recipe, double share, int threads, const QString &dataSha256, std::stop_token stop) {
    try {
        return scoreFolds(recipe, share, threads, dataSha256, std::move(stop));
    } catch (const std::bad_alloc &) {
        return refused(QStringLiteral("The trial needs more memory than there is."), recipe.data.source, QStringLiteral("Train on fewer rows or columns, or a smaller model."));
    }
}

Error changedData(const QString &then, const QString &now, const QString &where) {
    const QString what = now.isEmpty() ? QStringLiteral("The data cannot be read any more") : QStringLiteral("The data changed (SHA-256 %1 then, %2 now)").arg(then.left(12), now.left(12));
    return {ErrorKind::Conflict, what + QStringLiteral(" since the search began: trials on other data cannot be compared."), where,
            QStringLiteral("Put the data back as it was and go on with --resume; or begin again with data that stays."), {}};
}

} // namespace pilothouse::learn
