// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"
#include "core/metrics/metrics.h"

namespace pilothouse::learn {

inline constexpr std::size_t estimateReference = 300; ///< labelled rows below which nothing is calibrated and no losses are learned

/// What a metric would be on rows whose labels have not come: an estimate, never a measurement. NaN: no interval.
struct AccuracyEstimate {
    QString metric;
    double value = 0, low = 0, high = 0; ///< 95 % of what chance does to as many labels, not of what the estimator got wrong; that the model's world has not changed in what no input shows, is taken for granted
    std::size_t rows = 0;
};

/// Confidence-based performance estimation as NannyML publishes it: probabilities are calibrated one against the rest by isotonic regression on
/// rows with labels and made to add up to one, where that lowers the calibration error on held-out ones; the expected confusion matrix of new rows gives their metric. It sees a drift of the inputs, not
/// one of what they mean (concept drift).
class ConfidenceEstimator {
public:
    /// @param reference  with probabilities. With fewer than estimateReference rows the probabilities are taken as they are: calibrated() is false
    static Result<ConfidenceEstimator> fit(const metrics::Scored &reference);
    bool calibrated() const { return !m_curves.empty(); }
    /// On reference rows that were held out calibrating did not lower the expected calibration error: they are taken as they are, too.
    bool fineAsGiven() const { return m_fine; }
    /// Of one row's probabilities; in place.
    void calibrate(double *probabilities) const;
    /// @param metric  accuracy, f1_macro
    /// @param rows    `truth` is not looked at
    Result<AccuracyEstimate> estimate(const QString &metric, const metrics::Scored &rows, quint64 seed = 7) const;

private:
    struct Step {
        double from = 0, share = 0; ///< share from this probability on
    };
    void learnCurves(const metrics::Scored &reference);
    std::size_t m_classes = 0;
    bool m_fine = false;
    std::vector<std::vector<Step>> m_curves; ///< of each class
};

/// Direct loss estimation as NannyML publishes it: gradient boosted trees learn the loss of each row from its inputs and what was predicted; their
/// mean over new rows is the estimate. The interval is that of the mean of as many losses, by the errors on held-out reference rows.
class LossEstimator {
public:
    /// @param inputs  [truth.size() × width], row-major; missing: NaN
    /// Invalid: fewer than estimateReference rows.
    static Result<LossEstimator> fit(const data::Rows &inputs, const std::vector<double> &predicted, const std::vector<double> &truth, const QString &metric, FitContext context);
    /// mae or rmse, as fitted.
    Result<AccuracyEstimate> estimate(const data::Rows &inputs, const std::vector<double> &predicted) const;

private:
    data::Rows columns(const data::Rows &inputs, const std::vector<double> &predicted) const;
    QString m_metric;
    double m_spread = 0;           ///< standard deviation of a loss about what was estimated for it
    std::vector<double> m_missing; ///< [width]: stands for a missing value, below all there were
    std::shared_ptr<const FittedModel> m_model;
};

} // namespace pilothouse::learn
