// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/networks/scaling.h"

#include <cmath>
#include <limits>

namespace pilothouse::learn {

namespace {

/// Mean and standard deviation (ddof 0) of `columns` interleaved columns, in two passes.
void moments(const std::vector<double> &values, std::size_t columns, std::vector<double> &mean, std::vector<double> &std) {
    const std::size_t rows = columns ? values.size() / columns : 0;
    mean.assign(columns, 0);
    std.assign(columns, 0);
    for (std::size_t i = 0; i < values.size(); ++i)
        mean[i % columns] += values[i];
    for (double &m : mean)
        m /= double(std::max<std::size_t>(1, rows));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double d = values[i] - mean[i % columns];
        std[i % columns] += d * d;
    }
    for (std::size_t j = 0; j < columns; ++j) {
        std[j] = std::sqrt(std[j] / double(std::max<std::size_t>(1, rows)));
        if (!(std[j] > 1e-12 * std::abs(mean[j]))) // constant but for rounding
            std[j] = 1;
    }
}

} // namespace

Scaling fitScaling(const TrainData &data) {
    Scaling s;
    std::vector<double> std;
    moments(data.x, data.width, s.xMean, std);
    if (data.window > 0) {
        for (std::size_t first = 0; first < data.width; first += data.window) { // windows overlap: the pooled moments are those of the series
            double mean = 0, square = 0;
            for (std::size_t t = first; t < first + data.window; ++t)
                mean += s.xMean[t] / double(data.window);
            for (std::size_t t = first; t < first + data.window; ++t)
                square += (std[t] * std[t] + (s.xMean[t] - mean) * (s.xMean[t] - mean)) / double(data.window);
            for (std::size_t t = first; t < first + data.window; ++t) {
                s.xMean[t] = mean;
                std[t] = std::sqrt(square);
            }
        }
    }
    for (const double d : std)
        s.xScale.push_back(1 / d);
    if (!data.isClassification())
        moments(data.y, data.outputs, s.yMean, s.yScale);
    return s;
}

Samples scaled(const TrainData &data, const Scaling &s) {
    Samples samples;
    samples.rows = data.rows;
    samples.x.resize(data.x.size());
    for (std::size_t i = 0; i < data.x.size(); ++i)
        samples.x[i] = float((data.x[i] - s.xMean[i % data.width]) * s.xScale[i % data.width]);
    samples.y.resize(data.y.size());
    for (std::size_t i = 0; i < data.y.size(); ++i)
        samples.y[i] = s.yMean.empty() ? float(data.y[i]) : float((data.y[i] - s.yMean[i % data.outputs]) / s.yScale[i % data.outputs]);
    return samples;
}

Result<void> requireFinite(const TrainData &data, const QString &estimator) {
    const auto wrong = [&](const QString &column, std::size_t row) {
        return invalid(QStringLiteral("%1 cannot learn from a missing or infinite value: column \"%2\", training row %3.").arg(estimator, column).arg(row),
                       {}, QStringLiteral("Add \"impute: median\" to the recipe's transforms, or leave the column out."));
    };
    const auto nameOf = [&](std::size_t column) { return column < data.names.size() ? data.names[column] : QString::number(column); };
    constexpr double most = double(std::numeric_limits<float>::max());
    for (std::size_t i = 0; i < data.x.size(); ++i) {
        if (!std::isfinite(data.x[i]))
            return wrong(nameOf(i % data.width), i / data.width);
        if (std::abs(data.x[i]) > most)
            return invalid(QStringLiteral("%1 calculates in single precision, 3.4e+38 at most; the column “%2” reaches %3.").arg(estimator, nameOf(i % data.width)).arg(data.x[i]), {},
                           QStringLiteral("Scale the columns (transforms: [standard_scale]), or correct the value."));
    }
    for (std::size_t i = 0; i < data.y.size(); ++i)
        if (!std::isfinite(data.y[i]))
            return wrong(QStringLiteral("target"), i / std::max<std::size_t>(1, data.isClassification() ? 1 : data.outputs));
        else if (std::abs(data.y[i]) > most)
            return invalid(QStringLiteral("%1 calculates in single precision, 3.4e+38 at most; the target reaches %2.").arg(estimator).arg(data.y[i]), {},
                           QStringLiteral("Give the target in a larger unit, or correct the value."));
    return {};
}

} // namespace pilothouse::learn
