// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/transforms.h"
#include "core/learn/estimator.h"
#include "core/learn/samples.h"
#include "core/metrics/metrics.h"

namespace pilothouse::learn {

/// Rows that train together (all training rows, or those of one fold): the pre-processing that was fitted on them and on nothing else,
/// and what it makes of them. Refers to the samples, which must outlive it.
class TrainingPart {
public:
    /// @param rows  numbers in samples.rows. Invalid: what the transforms say against these rows.
    static Result<TrainingPart> fit(const Samples &samples, const workspace::Recipe &recipe, std::vector<std::size_t> rows, int threads);

    const data::FittedTransforms &transforms() const { return m_fitted.transforms; }
    const std::vector<double> &naiveScales() const { return m_naiveScales; } ///< forecast: see metrics::Scored
    QStringList notes() const; ///< rows that were made, a sentence
    /// For an estimator that stops early, a part of the rows is held out: the newest tenth of a forecast, any tenth otherwise. Rows are
    /// made (smote) of those it learns from only.
    Result<std::unique_ptr<FittedModel>> fitModel(Estimator &estimator, FitContext &context) const;
    /// A model's answers to rows of the samples, as a scorer would give them, beside the truth.
    Result<metrics::Scored> score(const FittedModel &model, const std::vector<std::size_t> &rows) const;
    Result<metrics::Scored> scoreTraining(const FittedModel &model) const; ///< to this part's own rows

private:
    Result<TrainData> learningData(const std::vector<std::size_t> &positions) const;
    TrainData trainData(const std::vector<std::size_t> &positions) const;
    Result<data::MadeRows> made(const TrainData &data) const;
    std::pair<std::vector<std::size_t>, std::vector<std::size_t>> validationSplit() const;
    Result<metrics::Scored> score(const FittedModel &model, const data::Rows &matrix, const std::vector<std::size_t> &rows) const;

    const Samples *m_samples = nullptr;
    std::vector<std::size_t> m_rows; ///< numbers in m_samples->rows
    data::FittedOnTraining m_fitted;
    data::TransformPtr m_maker;      ///< makes rows; may be null
    QString m_makerName;
    data::MadeRows m_made;           ///< of all rows
    std::vector<double> m_naiveScales; ///< forecast: see metrics::Scored
    quint64 m_seed = 7;
    int m_threads = 1;
};

} // namespace pilothouse::learn
