// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metrics.h"

#include <cstdint>

namespace pilothouse::metrics {

/// Metrics of one set of scored rows, with rows counted as often as a resample drew them. What a metric needs sorted is
/// sorted once here, so that a bootstrap round is linear in the rows. value() may be called from several threads.
class Evaluator {
public:
    /// @param scored must be checked (checkScored) and outlive the evaluator
    explicit Evaluator(const Scored &scored);
    /// @param counts [rows], or empty: every row once
    double value(const QString &metric, const std::vector<std::uint32_t> &counts = {}) const;

private:
    struct Confusion {
        std::size_t classes = 0;
        double total = 0;
        std::vector<double> cells, truth, predicted; ///< [classes²], [classes], [classes]
    };
    double weight(const std::vector<std::uint32_t> &counts, std::size_t row) const { return counts.empty() ? 1.0 : double(counts[row]); }
    double regression(const QString &metric, const std::vector<std::uint32_t> &counts) const;
    double explained(bool aroundMean, const std::vector<std::uint32_t> &counts) const;
    double medianError(const std::vector<std::uint32_t> &counts) const;
    double classification(const QString &metric, const std::vector<std::uint32_t> &counts) const;
    Confusion confusion(const std::vector<std::uint32_t> &counts) const;
    double averaged(const QString &metric, const Confusion &c) const;
    /// Area under the curve of one class against another one, or against all others (negative == positive).
    double rocAuc(std::size_t positive, std::size_t negative, const std::vector<std::uint32_t> &counts) const;
    double manyClassAuc(bool oneVersusOne, const std::vector<std::uint32_t> &counts) const;
    double topTwo(const std::vector<std::uint32_t> &counts) const;
    double averagePrecision(std::size_t positive, const std::vector<std::uint32_t> &counts) const;
    double calibrationError(const std::vector<std::uint32_t> &counts) const;
    double meanLoss(bool brier, const std::vector<std::uint32_t> &counts) const;

    const Scored &m_scored;
    std::vector<double> m_absolute;                    ///< |error| of each value
    std::vector<std::uint32_t> m_byError;              ///< values, by rising |error|
    std::vector<std::vector<std::uint32_t>> m_byScore; ///< per class: rows, by falling probability
    std::vector<double> m_logLoss, m_brier;            ///< per row
};

/// Invalid: no rows, lengths that do not fit, a value that is not finite or no class (with its row).
Result<void> checkScored(const Scored &scored);

} // namespace pilothouse::metrics
