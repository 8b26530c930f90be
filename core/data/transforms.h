// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/input.h"
#include "core/workspace/recipe.h"

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

/// Pre-processing with what was learned from the training rows. Inputs → model matrix:
///   out = ((missing ? fill : in) − mean) / scale, a category of k values as k columns of 0 and 1.
/// An unknown category gives all zeros; a missing one too if it is not imputed. mean and median impute a category by
/// its most frequent value (ties: the first by bytes). A constant column has scale 1. std has ddof 0.
/// Immutable after fit(): any thread.
class FittedTransforms {
public:
    /// @param training  [n × inputs], n ≥ 1. Steps act in their order, so that standard_scale after one_hot scales the
    /// 0/1 columns as well. Invalid: an unknown step, a category without one_hot, an input that has no value to impute from.
    static Result<FittedTransforms> fit(const Rows &training, const std::vector<Input> &inputs, const std::vector<workspace::TransformSpec> &steps);

    std::size_t inputWidth() const { return m_inputs.size(); }
    std::size_t outputWidth() const { return m_mean.size(); }
    const std::vector<QString> &outputNames() const { return m_names; } ///< "median_income", "ocean_proximity=INLAND"
    double mean(std::size_t output) const { return m_mean[output]; }    ///< 0 if not scaled
    double scale(std::size_t output) const { return m_scale[output]; }  ///< 1 if not scaled
    double fill(std::size_t input) const { return m_inputs[input].fill; } ///< NaN if not imputed

    /// One row, without allocation. in: inputWidth, out: outputWidth.
    void applyRow(std::span<const double> in, std::span<double> out) const;
    /// All rows, on all cores for many. Invalid if the width is wrong.
    Result<Rows> apply(const Rows &rows, int threads = 0) const;

    /// {"steps":["impute: median",…],"inputs":[{"name","fill","categories":[…]}],"outputs":[{"name","mean","scale"}],"rules":[…]}
    QJsonObject toJson() const;
    static Result<FittedTransforms> fromJson(const QJsonObject &object, const QString &where);

private:
    class Fitter;
    struct Step {
        double fill = 0;            ///< NaN: a missing value stays missing
        std::int32_t categories = -1; ///< -1: a number; else how many 0/1 columns
        QString name;
        std::vector<std::string> texts;
    };
    QStringList m_steps;
    std::vector<Step> m_inputs;
    std::vector<QString> m_names;
    std::vector<double> m_mean, m_scale;
};

} // namespace pilothouse::data
