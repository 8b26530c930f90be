// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/package.h"
#include "core/artifact/scorer.h"
#include "core/data/transforms.h"
#include "core/learn/estimator.h"

namespace pilothouse::learn {

/// Verifies a package (artifact::openPackage) and makes its scorer: pre-processing and weights of any flavour. Loads
/// LibTorch only for TorchScript; XGBoost for none. Invalid with the file named if anything is wrong with the package.
Result<artifact::ScorerPtr> loadScorer(const QString &packageFolder);
/// The same of a package that has just been opened.
Result<artifact::ScorerPtr> loadScorer(const artifact::Package &package);

/// A package's two halves, for what asks more of a model than its predictions (own_shap.h). loadScorer is makeScorer of them.
struct LoadedModel {
    data::FittedTransforms transforms;
    std::shared_ptr<const FittedModel> model;
};
Result<LoadedModel> loadModel(const artifact::Package &package);

/// The weights alone, by FittedModel::flavour().
Result<std::unique_ptr<FittedModel>> loadFitted(const QString &modelType, const QString &folder, const artifact::Signature &signature);

/// Inputs → transforms → model.
artifact::ScorerPtr makeScorer(artifact::Signature signature, data::FittedTransforms transforms, std::shared_ptr<const FittedModel> model);

/// A model that learned next to nothing, which every other must beat.
struct NaiveModel {
    QString name; ///< "mean" (numbers), "majority" (classes); a forecast: "persistence", "seasonal" where its window holds a whole season, and "mean"
    artifact::ScorerPtr scorer;
};

/// All of a task, fitted on raw training rows. naive_forecast.h says what those of a forecast answer.
/// @param window, stepMs  forecast; else 0
/// @param trainTargets    [n × outputs]; empty (of an imported forecast they are not known): no "mean"
std::vector<NaiveModel> naiveModels(const artifact::Signature &signature, std::size_t window, std::int64_t stepMs, const std::vector<double> &trainTargets);

} // namespace pilothouse::learn
