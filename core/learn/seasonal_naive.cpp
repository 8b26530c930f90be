// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/seasonal_naive.h"

#include "core/base/json.h"
#include "core/data/naive_forecast.h"

#include <cmath>

namespace pilothouse::learn {

namespace {

/// The values of a target that the training windows hold, with their times, rising: neighbouring windows share steps, each is taken once.
std::vector<std::pair<std::int64_t, double>> valuesOf(const Samples &samples, std::size_t target, std::size_t horizon) {
    std::vector<std::pair<std::int64_t, double>> values;
    for (const std::size_t row : samples.train) {
        const auto add = [&](std::int64_t steps, double value) {
            const std::int64_t time = samples.origins[row] + steps * samples.stepMs;
            if (values.empty() || time > values.back().first)
                values.emplace_back(time, value);
        };
        const auto inputs = samples.rows.inputs.row(row).subspan(target * samples.window); // the targets' windows come first, oldest step first
        for (std::size_t k = 0; k < samples.window; ++k)
            add(std::int64_t(k) + 1 - std::int64_t(samples.window), inputs[k]);
        for (std::size_t step = 0; step < horizon; ++step)
            add(std::int64_t(step) + 1, samples.rows.targets[row * samples.rows.width() + target * horizon + step]);
    }
    return values;
}

double meanChange(const std::vector<std::pair<std::int64_t, double>> &values, std::int64_t ago) {
    double sum = 0, count = 0;
    for (std::size_t now = 0, then = 0; now < values.size(); ++now) {
        while (values[then].first < values[now].first - ago)
            ++then;
        if (values[then].first != values[now].first - ago)
            continue;
        sum += std::abs(values[now].second - values[then].second);
        ++count;
    }
    return count > 0 ? sum / count : std::nan("");
}

} // namespace

QJsonObject SeasonalNaive::toJson() const {
    QJsonValue mae = jsonNumber(maes.empty() ? std::nan("") : maes.front());
    if (maes.size() > 1) {
        QJsonObject each;
        for (std::size_t t = 0; t < maes.size(); ++t)
            each.insert(targets[qsizetype(t)], jsonNumber(maes[t]));
        mae = each;
    }
    return {{QStringLiteral("season"), qint64(season)}, {QStringLiteral("mae"), mae}};
}

SeasonalNaive seasonalNaive(const Samples &samples) {
    SeasonalNaive naive;
    naive.season = data::seasonOf(samples.stepMs);
    naive.targets = samples.signature.targets();
    const auto targets = std::size_t(naive.targets.size());
    for (std::size_t target = 0; target < targets; ++target)
        naive.maes.push_back(meanChange(valuesOf(samples, target, samples.rows.width() / targets), std::int64_t(naive.season) * samples.stepMs));
    return naive;
}

} // namespace pilothouse::learn
