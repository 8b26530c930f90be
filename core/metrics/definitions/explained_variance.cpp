// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_entry.h"

#include <limits>

namespace pilothouse::metrics {

namespace {

/// 1 − what is left of the variance, as a mean over the outputs; a constant truth counts 1 if it is met, else 0.
double explained(const Draw &draw, bool aroundMean) {
    const Scored &s = draw.scored;
    double sumOfOutputs = 0;
    for (std::size_t o = 0; o < s.outputs; ++o) {
        // Two passes: one would lose every digit of a variance that is small against the mean.
        double rows = 0, mean = 0, meanError = 0;
        for (std::size_t i = 0; i < s.count; ++i) {
            const double w = draw.weight(i), y = s.truth[i * s.outputs + o];
            rows += w;
            mean += w * y;
            meanError += w * (y - s.predicted[i * s.outputs + o]);
        }
        if (rows < 2)
            return std::numeric_limits<double>::quiet_NaN();
        mean /= rows;
        meanError = aroundMean ? meanError / rows : 0;
        double left = 0, whole = 0;
        for (std::size_t i = 0; i < s.count; ++i) {
            const double w = draw.weight(i), y = s.truth[i * s.outputs + o];
            const double e = y - s.predicted[i * s.outputs + o] - meanError;
            left += w * e * e;
            whole += w * (y - mean) * (y - mean);
        }
        sumOfOutputs += whole > 0 ? 1 - left / whole : left > 0 ? 0 : 1;
    }
    return sumOfOutputs / double(s.outputs);
}

double r2(const Draw &draw) { return explained(draw, false); }
double explainedVariance(const Draw &draw) { return explained(draw, true); }

} // namespace

PILOTHOUSE_SCORE(r2, numbers | severalTargets, 10, Squared, r2)
PILOTHOUSE_SCORE(explained_variance, numbers | severalTargets, 80, Squared, explainedVariance)

} // namespace pilothouse::metrics
