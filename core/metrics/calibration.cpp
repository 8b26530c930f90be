// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/calibration.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::metrics {

namespace {

/// Edges [bins + 1], rising; equal ones make bins that stay empty.
std::vector<double> edgesOf(std::vector<double> probabilities, CalibrationBins how, std::size_t bins) {
    std::vector<double> edges;
    std::sort(probabilities.begin(), probabilities.end());
    for (std::size_t b = 0; b <= bins; ++b) {
        const double share = double(b) / double(bins);
        if (how == CalibrationBins::EqualWidth) {
            edges.push_back(share);
            continue;
        }
        const double h = share * double(probabilities.size() - 1);
        const auto below = std::min(std::size_t(h), probabilities.size() - 1), above = std::min(below + 1, probabilities.size() - 1);
        edges.push_back(probabilities[below] + (h - double(below)) * (probabilities[above] - probabilities[below]));
    }
    return edges;
}

void addWilson(CalibrationBin &bin) {
    constexpr double z = 1.959963984540054;
    const double n = double(bin.count), p = bin.observed, scale = 1 + z * z / n;
    const double middle = (p + z * z / (2 * n)) / scale, half = z / scale * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    bin.low = bin.observed == 0 ? 0 : std::max(0.0, middle - half); // where the two are equal but for rounding
    bin.high = bin.observed == 1 ? 1 : std::min(1.0, middle + half);
}

} // namespace

std::vector<CalibrationBin> calibrationCurve(const Scored &scored, std::size_t positive, CalibrationBins how, std::size_t bins) {
    if (scored.probabilities.empty() || positive >= scored.classes || scored.count == 0 || bins == 0)
        return {};
    std::vector<double> probabilities(scored.count);
    for (std::size_t i = 0; i < scored.count; ++i)
        probabilities[i] = scored.probabilities[i * scored.classes + positive];
    const std::vector<double> edges = edgesOf(probabilities, how, bins);
    std::vector<CalibrationBin> all(bins);
    for (std::size_t b = 0; b < bins; ++b) {
        all[b].from = edges[b];
        all[b].to = edges[b + 1];
    }
    for (std::size_t i = 0; i < scored.count; ++i) {
        CalibrationBin &bin = all[std::size_t(std::lower_bound(edges.begin() + 1, edges.end() - 1, probabilities[i]) - edges.begin() - 1)];
        ++bin.count;
        bin.predicted += probabilities[i];
        bin.observed += scored.truth[i] == double(positive) ? 1 : 0;
    }
    std::erase_if(all, [](const CalibrationBin &bin) { return bin.count == 0; });
    for (CalibrationBin &bin : all) {
        bin.predicted /= double(bin.count);
        bin.observed /= double(bin.count);
        addWilson(bin);
    }
    return all;
}

QJsonArray toJson(const std::vector<CalibrationBin> &curve) {
    using Q = QLatin1String;
    QJsonArray out;
    for (const CalibrationBin &b : curve)
        out.append(QJsonObject{{Q("from"), b.from}, {Q("to"), b.to}, {Q("count"), qint64(b.count)}, {Q("predicted"), b.predicted}, {Q("observed"), b.observed}, {Q("low"), b.low}, {Q("high"), b.high}});
    return out;
}

std::vector<CalibrationBin> calibrationFromJson(const QJsonArray &curve) {
    std::vector<CalibrationBin> out;
    for (const QJsonValue &value : curve) {
        const auto figure = [&](const char *key) { return value.toObject().value(QLatin1String(key)).toDouble(); };
        out.push_back({figure("from"), figure("to"), std::size_t(figure("count")), figure("predicted"), figure("observed"), figure("low"), figure("high")});
    }
    return out;
}

} // namespace pilothouse::metrics
