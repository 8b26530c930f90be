// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metrics.h"

#include <cstdint>
#include <optional>

namespace pilothouse::metrics {

struct MetricEntry;
using Counts = std::vector<std::uint32_t>; ///< [rows]: how often a resample drew each; empty: every row once

/// Metrics of one set of scored rows, with rows counted as often as a resample drew them. What a metric needs sorted is
/// sorted once here, so that a bootstrap round is linear in the rows. Values may be asked for from several threads.
class Evaluator {
public:
    /// @param scored must be checked (checkScored) and outlive the evaluator
    explicit Evaluator(const Scored &scored);
    /// NaN for a name that is no metric of these rows.
    double value(const QString &metric, const Counts &counts = {}) const;
    /// Several of one drawing, all of them metrics of these rows: what they have in common is computed once.
    std::vector<double> values(const std::vector<const MetricEntry *> &metrics, const Counts &counts = {}) const;

    const Scored &scored() const { return m_scored; }
    bool hasScores() const { return !m_byScore.empty(); }
    const std::vector<double> &absoluteErrors() const { return m_absolute; }         ///< of each value
    const std::vector<std::uint32_t> &byError() const { return m_byError; }           ///< values, by rising |error|
    const std::vector<std::uint32_t> &byScore(std::size_t c) const { return m_byScore[c]; } ///< rows, by falling probability of class c (two classes: of 1 only)
    const std::vector<double> &logLosses() const { return m_logLoss; }               ///< per row; empty without probabilities
    const std::vector<double> &brierLosses() const { return m_brier; }               ///< per row; empty without probabilities

private:
    const Scored &m_scored;
    std::vector<double> m_absolute;
    std::vector<std::uint32_t> m_byError;
    std::vector<std::vector<std::uint32_t>> m_byScore;
    std::vector<double> m_logLoss, m_brier;
};

/// Counts of true (rows) and predicted (columns) classes.
struct Confusion {
    std::size_t classes = 0;
    double total = 0;
    std::vector<double> cells, truth, predicted; ///< [classes²], [classes], [classes]
    /// Precision, recall and F1 of a class; 0/0 counts as 0, as scikit-learn's zero_division=0.
    double precision(std::size_t c) const { return predicted[c] == 0 ? 0 : cells[c * classes + c] / predicted[c]; }
    double recall(std::size_t c) const { return truth[c] == 0 ? 0 : cells[c * classes + c] / truth[c]; }
    double f1(std::size_t c) const { return truth[c] + predicted[c] == 0 ? 0 : 2 * cells[c * classes + c] / (truth[c] + predicted[c]); }
};

/// The rows of an evaluator as one resample drew them: what a metric is computed from. Belongs to one thread.
class Draw {
public:
    Draw(const Evaluator &evaluator, const Counts &counts) : rows(evaluator), scored(evaluator.scored()), m_counts(counts) {}
    const Evaluator &rows;
    const Scored &scored;
    double weight(std::size_t row) const { return m_counts.empty() ? 1.0 : double(m_counts[row]); }
    const Confusion &confusion() const;
    /// Mean of loss(row) over the drawn rows.
    template<class Loss>
    double meanOverRows(const Loss &loss) const {
        double sum = 0, total = 0;
        for (std::size_t i = 0; i < scored.count; ++i) {
            const double w = weight(i);
            if (w == 0)
                continue;
            sum += w * loss(i);
            total += w;
        }
        return sum / total;
    }
    /// Regression: mean of loss(value) over all outputs of the drawn rows.
    template<class Loss>
    double meanOverValues(const Loss &loss) const {
        const std::size_t outputs = scored.outputs;
        return meanOverRows([&](std::size_t i) {
            double sum = 0;
            for (std::size_t v = i * outputs; v < (i + 1) * outputs; ++v)
                sum += loss(v);
            return sum;
        }) / double(outputs);
    }

private:
    const Counts &m_counts;
    mutable std::optional<Confusion> m_confusion;
};

/// Invalid: no rows, lengths that do not fit, a value that is not finite or no class (with its row).
Result<void> checkScored(const Scored &scored);

} // namespace pilothouse::metrics
