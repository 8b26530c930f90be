// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/transform.h"
#include "core/data/table.h"

#include <QJsonObject>
#include <QStringList>

#include <span>
#include <vector>

namespace pilothouse::data {

/// The inputs that a recipe's features name: every column but the target, the time columns and the excluded (or exactly
/// the included); categories are those that occur in `rows` of the table, sorted by bytes; optional where the recipe
/// imputes. Invalid: an unknown column, a time column that is asked for, no input left, the target is not there.
/// Regression and classification; a forecast's inputs come from windows.h.
Result<std::vector<Input>> inputsOf(const Table &table, const workspace::Recipe &recipe, const std::vector<std::size_t> &rows);

struct FittedOnTraining;

/// Pre-processing with what was learned from the training rows. Inputs → model matrix:
///   out = (coded(missing ? fill : in) − mean) / scale, where a category is coded as k columns of 0 and 1 or by a table (ColumnMap).
/// An unknown category gives all zeros or the table's line for it, or is refused; a constant column has scale 1.
/// Immutable after fit(): any thread.
class FittedTransforms {
public:
    /// @param training  [n × inputs], n ≥ 1. Steps act in their order, so that standard_scale after one_hot scales the
    /// 0/1 columns as well. Invalid: an unknown step or setting, a category that nothing codes, a column that the step does not
    /// fit, an input that has no value to impute from.
    static Result<FittedTransforms> fit(const Rows &training, const std::vector<Input> &inputs, const std::vector<workspace::TransformSpec> &steps,
                                        const TrainingTarget &target = {});
    /// The same with the matrix that an estimator learns from.
    static Result<FittedOnTraining> fitAndApply(const Rows &training, const std::vector<Input> &inputs, const std::vector<workspace::TransformSpec> &steps,
                                                const TrainingTarget &target, int threads = 0);

    std::size_t inputWidth() const { return m_inputs.size(); }
    const std::vector<ColumnMap> &maps() const { return m_inputs; } ///< [inputWidth()]; their columns stand side by side in the matrix
    std::size_t outputWidth() const { return m_names.size(); }
    const std::vector<QString> &outputNames() const { return m_names; } ///< "median_income", "ocean_proximity=INLAND"
    double mean(std::size_t output) const { return m_mean[output]; }   ///< what is taken away before the division; 0 if not scaled
    double scale(std::size_t output) const { return m_scale[output]; } ///< 1 if not scaled
    double fill(std::size_t input) const { return m_inputs[input].fill; } ///< NaN if not imputed

    /// One row, without allocation. in: inputWidth, out: outputWidth. A category that is refused counts as unknown here.
    void applyRow(std::span<const double> in, std::span<double> out) const;
    /// All rows, on all cores for many. Invalid if the width is wrong, or a category is unknown that must not be.
    Result<Rows> apply(const Rows &rows, int threads = 0) const;

    /// {"steps":["impute: median",…],"inputs":[{"name","fill","categories":[…],"unknown":"error"?,"over_time":limit?,"table":{"names","lines",
    /// "unknown","missing"}?}],"outputs":[{"name","mean","scale"}],"rules":[…]}
    QJsonObject toJson() const;
    static Result<FittedTransforms> fromJson(const QJsonObject &object, const QString &where);

private:
    void add(ColumnMap map);
    QStringList m_steps;
    std::vector<ColumnMap> m_inputs;
    std::vector<QString> m_names;
    std::vector<double> m_mean, m_scale; ///< [outputs] those of the inputs, side by side
};

struct FittedOnTraining {
    FittedTransforms transforms;
    Rows matrix;             ///< [n × outputs]; of cross-fitted columns not what transforms.apply() gives
    bool crossFitted = false;
    std::vector<int> groups; ///< [outputs]: the number of the input whose category it codes, −1 for a number
};

} // namespace pilothouse::data
