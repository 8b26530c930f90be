// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_entry.h"

#include <limits>

namespace pilothouse::metrics {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Area under the curve of one class against another one, or against all others (negative == positive): pairs of a positive and a
/// negative where the positive stands higher, a tie counting one half (Mann, Whitney 1947).
double area(const Draw &draw, std::size_t positive, std::size_t negative) {
    const std::vector<std::uint32_t> &order = draw.rows.byScore(positive);
    const double *p = draw.scored.probabilities.data() + positive;
    const std::size_t k = draw.scored.classes;
    double positives = 0, negatives = 0, won = 0;
    for (std::size_t i = 0; i < order.size();) {
        const double score = p[order[i] * k];
        double tiedPositives = 0, tiedNegatives = 0;
        for (; i < order.size() && p[order[i] * k] == score; ++i) {
            const auto truth = std::size_t(draw.scored.truth[order[i]]);
            if (truth == positive)
                tiedPositives += draw.weight(order[i]);
            else if (negative == positive || truth == negative)
                tiedNegatives += draw.weight(order[i]);
        }
        won += tiedNegatives * (positives + tiedPositives / 2);
        positives += tiedPositives;
        negatives += tiedNegatives;
    }
    return positives == 0 || negatives == 0 ? undefined : won / (positives * negatives);
}

/// Mean over the classes, or pairs of classes; one that never or always occurs makes it undefined.
double manyClassArea(const Draw &draw, bool oneVersusOne) {
    if (!draw.rows.hasScores())
        return undefined;
    const std::size_t k = draw.scored.classes;
    double sum = 0, terms = 0;
    for (std::size_t c = 0; c < k; ++c) {
        for (std::size_t other = 0; other < k; ++other) {
            if (oneVersusOne ? other == c : other != c)
                continue;
            sum += area(draw, c, other);
            ++terms;
        }
    }
    return sum / terms;
}

double rocAuc(const Draw &draw) {
    if (!draw.rows.hasScores())
        return undefined;
    return draw.scored.classes == 2 ? area(draw, 1, 1) : manyClassArea(draw, false);
}

/// Sum over distinct thresholds of (recall − recall before) · precision, without interpolation.
double averagePrecision(const Draw &draw) {
    if (!draw.rows.hasScores())
        return undefined;
    const std::vector<std::uint32_t> &order = draw.rows.byScore(1);
    const double *p = draw.scored.probabilities.data() + 1;
    double positives = 0, all = 0, sum = 0;
    for (std::size_t i = 0; i < order.size();) {
        const double score = p[order[i] * 2];
        double gained = 0;
        for (; i < order.size() && p[order[i] * 2] == score; ++i) {
            const double w = draw.weight(order[i]);
            all += w;
            gained += draw.scored.truth[order[i]] == 1 ? w : 0;
        }
        positives += gained;
        if (all > 0)
            sum += gained * positives / all;
    }
    return positives == 0 ? undefined : sum / positives;
}

} // namespace

PILOTHOUSE_SCORE(roc_auc, classes, 60, LogLoss, rocAuc)
PILOTHOUSE_SCORE(average_precision, twoClasses, 70, LogLoss, averagePrecision)
PILOTHOUSE_SCORE(roc_auc_ovr_macro, manyClasses, 130, LogLoss, [](const Draw &draw) { return manyClassArea(draw, false); })
PILOTHOUSE_SCORE(roc_auc_ovo_macro, manyClasses, 140, LogLoss, [](const Draw &draw) { return manyClassArea(draw, true); })

} // namespace pilothouse::metrics
