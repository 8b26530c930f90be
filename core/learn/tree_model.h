// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"
#include "core/learn/tree_ensemble.h"

namespace pilothouse::learn {

/// Trees as a model. Numbers: one group an output. Classification: two classes have one group, the probability of the second
/// class; more have one group a class, normalised to sum 1. model.json is XGBoost's.
class TreeModel final : public FittedModel {
public:
    TreeModel(TreeEnsemble ensemble, std::size_t classes, QJsonObject facts) : m_ensemble(std::move(ensemble)), m_classes(classes), m_facts(std::move(facts)) {}
    Result<artifact::Predictions> predict(const data::Rows &x) const override;
    Result<QStringList> save(const QString &folder) const override;
    QString flavour() const override { return QStringLiteral("trees"); }
    QJsonObject describe() const override { return m_facts; }
    const TreeEnsemble &ensemble() const { return m_ensemble; }
    static Result<std::unique_ptr<FittedModel>> load(const QString &folder, const artifact::Signature &signature);

private:
    TreeEnsemble m_ensemble;
    std::size_t m_classes;
    QJsonObject m_facts;
};

/// decision_tree {max_depth, min_child_weight, tree_method, max_bin} and random_forest {n_estimators, max_depth, subsample,
/// colsample_bynode, min_child_weight, tree_method, max_bin, trees_per_booster}, grown by XGBoost.
Result<std::unique_ptr<Estimator>> makeTreeEstimator(const workspace::EstimatorSpec &spec);

} // namespace pilothouse::learn
