// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/seasonal_naive.h"

#include "core/base/json.h"
#include "core/data/naive_forecast.h"

#include <cmath>

namespace pilothouse::learn {

QJsonObject SeasonalNaive::toJson() const { return {{QStringLiteral("season"), qint64(season)}, {QStringLiteral("mae"), jsonNumber(mae)}}; }

SeasonalNaive seasonalNaive(const Samples &samples) {
    SeasonalNaive naive;
    naive.season = data::seasonOf(samples.stepMs);
    std::vector<std::pair<std::int64_t, double>> values; // rising: neighbouring windows share steps, each is taken once
    const std::size_t outputs = samples.rows.width();
    for (const std::size_t row : samples.train) {
        const auto add = [&](std::int64_t steps, double value) {
            const std::int64_t time = samples.origins[row] + steps * samples.stepMs;
            if (values.empty() || time > values.back().first)
                values.emplace_back(time, value);
        };
        const auto inputs = samples.rows.inputs.row(row); // the target's window comes first, oldest step first
        for (std::size_t k = 0; k < samples.window; ++k)
            add(std::int64_t(k) + 1 - std::int64_t(samples.window), inputs[k]);
        for (std::size_t o = 0; o < outputs; ++o)
            add(std::int64_t(o) + 1, samples.rows.targets[row * outputs + o]);
    }
    double sum = 0, count = 0;
    const std::int64_t ago = std::int64_t(naive.season) * samples.stepMs;
    for (std::size_t now = 0, then = 0; now < values.size(); ++now) {
        while (values[then].first < values[now].first - ago)
            ++then;
        if (values[then].first != values[now].first - ago)
            continue;
        sum += std::abs(values[now].second - values[then].second);
        ++count;
    }
    if (count > 0)
        naive.mae = sum / count;
    return naive;
}

} // namespace pilothouse::learn
