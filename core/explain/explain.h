// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/labelled_rows.h"
#include "core/explain/attribution.h"
#include "core/explain/explanation.h"

#include <optional>

namespace pilothouse::explain {

/// auto: of one row shap; of one column partial-dependence; of a data set the model's own SHAP values, else permutation importance where
/// the truth is known, else Kernel SHAP. shap: the model's own SHAP values, else Kernel SHAP.
enum class Method { Auto, Shap, TreeShap, LinearShap, KernelShap, IntegratedGradients, Lime, Permutation, PartialDependence };
/// Invalid for an unknown word, with the nearest.
Result<Method> methodOf(const QString &name);
QStringList methodNames();
QString methodName(Method method);
/// The methods that can answer a view of a model, auto first (of a dependence the only one). An endpoint is asked from outside.
/// @param modelType  of artifact::Package: trees have tree-shap, linear models linear-shap, networks (also an imported TorchScript) integrated gradients
std::vector<Method> methodsFor(View view, const QString &modelType, bool endpoint);

/// A model with what its explanations need beside it.
struct Subject {
    artifact::ScorerPtr scorer;
    std::shared_ptr<const OwnShap> own; ///< nullptr: the model does not know its own SHAP values
    std::shared_ptr<const OwnShap> gradients; ///< integrated gradients; nullptr: no network. Only where they are asked for: they are no SHAP values
    artifact::Rows background;          ///< to compare with; drawn from when there are more than asked for
    QString model;                      ///< as the operator named it
    QString withoutGradients = {};      ///< why a network has no `gradients`, a sentence: Kernel SHAP takes their place then, and says so
};

struct Options {
    Method method = Method::Auto;
    QString output;              ///< class or output; empty: targetOf chooses
    Grouping grouping = Grouping::Inputs;
    std::size_t background = 100; ///< rows of Kernel SHAP
    std::size_t coalitions = 0;   ///< of Kernel SHAP, 0: 2·features + 2048
    std::size_t samples = 5000;   ///< of LIME
    std::size_t sample = 0;       ///< rows of a data set that are explained; 0: 1000 (own SHAP), 100 (Kernel SHAP), 5000 (permutation), 200 (dependence)
    int repeats = 10;             ///< of permutation importance
    std::size_t grid = 100;       ///< points of partial dependence
    QString metric;               ///< of permutation importance
    QString column;               ///< of partial dependence
    quint64 seed = 7;
};

/// One row: SHAP values or LIME. Rows [1], coded by the signature. Invalid: a missing value that the model does not fill in.
Result<Explanation> explainRow(const Subject &subject, const artifact::Rows &row, const Options &options, const Run &run);
/// Many rows: importance of the features, or the dependence on one. `truth` (permutation) may be empty.
Result<Explanation> explainDataSet(const Subject &subject, const artifact::Rows &rows, const artifact::LabelledRows &truth, const Options &options, const Run &run);

/// A coded value as text: a number at full precision, a category by name, "" = missing.
QString valueText(const data::Input &input, double value);

} // namespace pilothouse::explain
