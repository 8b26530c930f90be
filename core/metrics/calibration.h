// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metrics.h"

#include <QJsonArray>

namespace pilothouse::metrics {

/// How the probabilities are binned: bins of one width, or with about as many rows in each.
enum class CalibrationBins { EqualWidth, Quantile };

struct CalibrationBin {
    double from = 0, to = 0; ///< (from, to]; the first also holds its lower edge
    std::size_t count = 0;
    double predicted = 0;    ///< mean probability
    double observed = 0;     ///< share of rows that are of the class
    double low = 0, high = 0; ///< 95 % interval of `observed` (Wilson 1927)
};

/// Calibration curve of one class (one against the rest), as scikit-learn's calibration_curve(n_bins, strategy "uniform" or
/// "quantile"): empty bins are left out; quantiles as numpy's default. Empty without probabilities or for a class that is not there.
std::vector<CalibrationBin> calibrationCurve(const Scored &scored, std::size_t positive, CalibrationBins how, std::size_t bins = 10);

/// [{"from","to","count","predicted","observed","low","high"}]
QJsonArray toJson(const std::vector<CalibrationBin> &curve);
std::vector<CalibrationBin> calibrationFromJson(const QJsonArray &curve);

} // namespace pilothouse::metrics
