// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_entry.h"

#include <cmath>
#include <limits>

namespace pilothouse::metrics {

namespace {

/// Right answers, and products of the margins.
struct Margins {
    double right = 0, byChance = 0, truthSquared = 0, predictedSquared = 0;
};

Margins marginsOf(const Confusion &c) {
    Margins m;
    for (std::size_t i = 0; i < c.classes; ++i) {
        m.right += c.cells[i * c.classes + i];
        m.byChance += c.truth[i] * c.predicted[i];
        m.truthSquared += c.truth[i] * c.truth[i];
        m.predictedSquared += c.predicted[i] * c.predicted[i];
    }
    return m;
}

/// Cohen (1960); undefined where chance alone would always agree.
double kappa(const Draw &draw) {
    const Confusion &c = draw.confusion();
    const Margins m = marginsOf(c);
    const double expected = m.byChance / (c.total * c.total);
    return expected == 1 ? std::numeric_limits<double>::quiet_NaN() : (m.right / c.total - expected) / (1 - expected);
}

/// Matthews (1975), for many classes Gorodkin (2004); 0/0 counts as 0.
double mcc(const Draw &draw) {
    const Confusion &c = draw.confusion();
    const Margins m = marginsOf(c);
    const double below = std::sqrt((c.total * c.total - m.predictedSquared) * (c.total * c.total - m.truthSquared));
    return below == 0 ? 0 : (m.right * c.total - m.byChance) / below;
}

} // namespace

PILOTHOUSE_SCORE(mcc, classes, 110, ZeroOne, mcc)
PILOTHOUSE_SCORE(cohen_kappa, classes, 120, ZeroOne, kappa)

} // namespace pilothouse::metrics
