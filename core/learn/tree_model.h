// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"
#include "core/learn/tree_ensemble.h"

namespace pilothouse::learn {

/// Trees as a model. Numbers: one group an output. Classification: two classes have one group, the probability (or the logistic
/// margin) of the second class; more have one group a class, normalised to sum 1 (or softmax margins). model.json is XGBoost's.
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

} // namespace pilothouse::learn
