// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/accuracy_causes.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace pilothouse::learn {

std::vector<AccuracyCause> rankCauses(const drift::DriftReport &report, const std::vector<std::pair<QString, double>> &importance) {
    std::vector<AccuracyCause> causes;
    double sum = 0;
    for (const auto &[feature, worth] : importance) {
        const auto column = std::find_if(report.columns.begin(), report.columns.end(), [&, &name = feature](const drift::ColumnDrift &c) { return c.name == name; });
        if (column == report.columns.end())
            continue;
        AccuracyCause cause;
        cause.feature = feature;
        cause.tooFew = column->tooFewRows;
        cause.drift = std::isfinite(column->effect) && !cause.tooFew ? std::max(0.0, column->effect) : 0;
        cause.importance = std::isfinite(worth) ? std::max(0.0, worth) : 0;
        sum += cause.drift * cause.importance;
        causes.push_back(cause);
    }
    for (AccuracyCause &cause : causes)
        cause.share = sum > 0 ? cause.drift * cause.importance / sum : 0;
    std::sort(causes.begin(), causes.end(), [](const AccuracyCause &a, const AccuracyCause &b) { return std::tuple(-a.share, -a.drift, a.feature) < std::tuple(-b.share, -b.drift, b.feature); });
    return causes;
}

} // namespace pilothouse::learn
