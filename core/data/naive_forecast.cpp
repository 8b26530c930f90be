// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/naive_forecast.h"

namespace pilothouse::data {

std::size_t seasonOf(std::int64_t stepMs) {
    constexpr std::int64_t day = 86400000;
    if (stepMs > 0 && stepMs < day && day % stepMs == 0)
        return std::size_t(day / stepMs);
    if (stepMs == day)
        return 7;
    if (stepMs == 7 * day)
        return 52;
    if (stepMs >= 28 * day && stepMs <= 31 * day)
        return 12;
    return stepMs >= 90 * day && stepMs <= 92 * day ? 4 : 1;
}

std::vector<std::size_t> naiveSeasons(std::size_t window, std::int64_t stepMs) {
    const std::size_t season = seasonOf(stepMs);
    return season > 1 && season <= window ? std::vector<std::size_t>{1, season} : std::vector<std::size_t>{1};
}

QString naiveName(std::size_t season) { return season == 1 ? QStringLiteral("persistence") : QStringLiteral("seasonal"); }

void naiveForecast(std::span<const double> inputs, std::size_t window, std::size_t season, std::size_t targets, std::span<double> outputs) {
    const std::size_t horizon = outputs.size() / targets;
    for (std::size_t target = 0; target < targets; ++target)
        for (std::size_t step = 0; step < horizon; ++step)
            outputs[target * horizon + step] = inputs[(target + 1) * window - season + step % season];
}

std::vector<double> meanForecast(std::span<const double> trainTargets, std::size_t targets, std::size_t outputs) {
    const std::size_t horizon = outputs / targets;
    const double ofEach = double(trainTargets.size() / outputs * horizon);
    std::vector<double> means(targets, 0), answers(outputs);
    for (std::size_t i = 0; i < trainTargets.size(); ++i)
        means[i % outputs / horizon] += trainTargets[i] / ofEach;
    for (std::size_t o = 0; o < outputs; ++o)
        answers[o] = means[o / horizon];
    return answers;
}

} // namespace pilothouse::data
