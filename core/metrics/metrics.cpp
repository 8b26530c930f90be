// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metrics.h"

#include "core/base/json.h"
#include "core/metrics/metric_entry.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::metrics {

Scored Scored::take(const std::vector<std::size_t> &rows) const {
    Scored taken{rows.size(), outputs, classes, {}, {}, {}, naiveScales};
    const std::size_t width = isClassification() ? 1 : outputs;
    for (const std::size_t row : rows) {
        taken.truth.insert(taken.truth.end(), truth.begin() + std::ptrdiff_t(row * width), truth.begin() + std::ptrdiff_t((row + 1) * width));
        taken.predicted.insert(taken.predicted.end(), predicted.begin() + std::ptrdiff_t(row * width),
                               predicted.begin() + std::ptrdiff_t((row + 1) * width));
        if (!probabilities.empty())
            taken.probabilities.insert(taken.probabilities.end(), probabilities.begin() + std::ptrdiff_t(row * classes),
                                       probabilities.begin() + std::ptrdiff_t((row + 1) * classes));
    }
    return taken;
}

Result<void> checkScored(const Scored &s) {
    if (s.count == 0)
        return invalid(QStringLiteral("There are no rows to judge, so no metric has a value."));
    if (s.outputs == 0 || s.outputs % s.targets() != 0)
        return invalid(QStringLiteral("%1 outputs are not as many steps for each of %2 targets.").arg(s.outputs).arg(s.targets()));
    const std::size_t values = s.count * (s.isClassification() ? 1 : s.outputs);
    if (s.truth.size() != values || s.predicted.size() != values || (!s.probabilities.empty() && s.probabilities.size() != s.count * s.classes))
        return invalid(QStringLiteral("%1 true values, %2 predictions and %3 probabilities do not belong together.")
                           .arg(s.truth.size()).arg(s.predicted.size()).arg(s.probabilities.size()));
    const auto wrong = [&](double v) { return !std::isfinite(v) || (s.isClassification() && (v < 0 || v >= double(s.classes) || v != std::floor(v))); };
    for (std::size_t i = 0; i < values; ++i)
        if (wrong(s.truth[i]) || wrong(s.predicted[i]))
            return invalid(QStringLiteral("Row %1: true value %2, prediction %3: no metric can be computed from that.")
                               .arg(i / (s.isClassification() ? 1 : s.outputs)).arg(s.truth[i]).arg(s.predicted[i]));
    for (std::size_t i = 0; i < s.probabilities.size(); ++i)
        if (!(s.probabilities[i] >= 0 && s.probabilities[i] <= 1 + 1e-9))
            return invalid(QStringLiteral("Row %1: %2 is no probability.").arg(i / s.classes).arg(s.probabilities[i]));
    return {};
}

QStringList metricNames(std::size_t classes, bool forecast, bool severalTargets) {
    QStringList names;
    for (const MetricEntry *entry : metricTable())
        if (entry->isFor(classes, forecast, severalTargets))
            names << QLatin1String(entry->name);
    return names;
}

QStringList metricNames(const Scored &scored) { return metricNames(scored.classes, scored.isForecast(), scored.targets() > 1); }

Result<Values> allMetrics(const Scored &scored) {
    PH_TRY(checkScored(scored));
    const Evaluator evaluator(scored);
    const Counts once;
    const Draw draw(evaluator, once);
    Values values;
    for (const MetricEntry *entry : metricTable())
        if (entry->isFor(scored))
            values.insert(QLatin1String(entry->name), entry->value(draw));
    return values;
}

Result<double> metricOf(const QString &name, const Scored &scored) {
    PH_TRY(checkScored(scored));
    const MetricEntry *entry = metricEntry(name);
    if (!entry || !entry->isFor(scored))
        return invalid(QStringLiteral("%1 is no metric of a %2.")
                           .arg(name, scored.isClassification() ? QStringLiteral("classification with %1 classes").arg(scored.classes)
                                      : scored.targets() > 1    ? QStringLiteral("forecast of %1 targets").arg(scored.targets())
                                                                : QStringLiteral("regression")),
                       {}, QStringLiteral("Known: %1.").arg(metricNames(scored).join(QLatin1String(", "))));
    return Evaluator(scored).value(name);
}

std::vector<std::vector<double>> confusion(const Scored &scored) {
    std::vector<std::vector<double>> cells(scored.classes, std::vector<double>(scored.classes, 0));
    for (std::size_t i = 0; i < scored.count; ++i)
        cells[std::size_t(scored.truth[i])][std::size_t(scored.predicted[i])] += 1;
    return cells;
}

namespace {

RowLoss rowLossOf(const Scored &scored, const QString &metric) {
    const MetricEntry *entry = metricEntry(metric);
    if (scored.isClassification())
        return scored.probabilities.empty() ? RowLoss::ZeroOne : entry && entry->isFor(scored) ? entry->rowLoss : RowLoss::LogLoss;
    const RowLoss loss = entry && entry->isFor(scored) ? entry->rowLoss : RowLoss::Absolute;
    const bool relative = std::find(scored.truth.begin(), scored.truth.end(), 0.0) == scored.truth.end();
    const bool scaled = scored.isForecast() && std::all_of(scored.naiveScales.begin(), scored.naiveScales.end(), [](double scale) { return scale > 0; });
    return (loss == RowLoss::Relative && !relative) || (loss == RowLoss::Scaled && !scaled) ? RowLoss::Absolute : loss;
}

/// What each output's error is measured in: 1, what mase is measured in, or its spread where the targets have different units. A constant one is
/// left as it is.
std::vector<double> unitsOf(const Scored &scored, RowLoss kind) {
    std::vector<double> units(scored.outputs, 1);
    if (kind == RowLoss::Scaled) {
        for (std::size_t o = 0; o < scored.outputs; ++o)
            units[o] = scored.naiveScales[o / (scored.outputs / scored.targets())];
        return units;
    }
    for (std::size_t o = 0; scored.targets() > 1 && o < scored.outputs; ++o) {
        double mean = 0, squares = 0;
        for (std::size_t i = 0; i < scored.count; ++i)
            mean += scored.truth[i * scored.outputs + o] / double(scored.count);
        for (std::size_t i = 0; i < scored.count; ++i)
            squares += (scored.truth[i * scored.outputs + o] - mean) * (scored.truth[i * scored.outputs + o] - mean);
        units[o] = squares > 0 ? std::sqrt(squares / double(scored.count)) : 1;
    }
    return units;
}

/// Of one value. A quantile's loss weighs what lies above the prediction by the quantile, what lies below by the rest, as the metrics do.
/// @param unit  of the output, unitsOf()
double lossOf(RowLoss kind, double truth, double predicted, double unit) {
    const double off = std::abs(truth - predicted), error = off / unit, size = std::abs(truth) + std::abs(predicted);
    switch (kind) {
    case RowLoss::Squared: return error * error;
    case RowLoss::Relative: return off / std::abs(truth);
    case RowLoss::Symmetric: return size == 0 ? 0 : 2 * off / size;
    case RowLoss::Pinball10: return error * (truth > predicted ? 0.1 : 0.9);
    case RowLoss::Pinball90: return error * (truth > predicted ? 0.9 : 0.1);
    default: return error;
    }
}

} // namespace

std::vector<double> rowLosses(const Scored &scored, const QString &metric) {
    const RowLoss kind = rowLossOf(scored, metric);
    const std::vector<double> units = unitsOf(scored, kind);
    std::vector<double> losses(scored.count, 0);
    const std::size_t k = scored.classes;
    for (std::size_t i = 0; i < scored.count; ++i) {
        const double *p = scored.probabilities.data() + i * k;
        for (std::size_t o = 0; o < (k ? 0 : scored.outputs); ++o)
            losses[i] += lossOf(kind, scored.truth[i * scored.outputs + o], scored.predicted[i * scored.outputs + o], units[o]) / double(scored.outputs);
        if (kind == RowLoss::ZeroOne)
            losses[i] = scored.truth[i] == scored.predicted[i] ? 0 : 1;
        else if (kind == RowLoss::LogLoss)
            losses[i] = -std::log(std::max(p[std::size_t(scored.truth[i])], std::numeric_limits<double>::epsilon()));
        else if (kind == RowLoss::Brier)
            for (std::size_t c = k == 2 ? 1 : 0; c < k; ++c)
                losses[i] += (p[c] - (scored.truth[i] == double(c) ? 1 : 0)) * (p[c] - (scored.truth[i] == double(c) ? 1 : 0));
    }
    return losses;
}

QString rowLossName(const Scored &scored, const QString &metric) {
    const QString units = scored.targets() > 1 ? QStringLiteral(" in units of each target's spread") : QString();
    switch (rowLossOf(scored, metric)) {
    case RowLoss::Squared: return QStringLiteral("squared error") + units;
    case RowLoss::Scaled: return QStringLiteral("scaled error");
    case RowLoss::Relative: return QStringLiteral("relative error");
    case RowLoss::Symmetric: return QStringLiteral("symmetric relative error");
    case RowLoss::Pinball10: return QStringLiteral("pinball loss at 0.1") + units;
    case RowLoss::Pinball90: return QStringLiteral("pinball loss at 0.9") + units;
    case RowLoss::ZeroOne: return QStringLiteral("0/1 loss");
    case RowLoss::LogLoss: return QStringLiteral("log loss");
    case RowLoss::Brier: return QStringLiteral("squared distance");
    case RowLoss::Absolute: break;
    }
    return QStringLiteral("absolute error") + units;
}

QJsonObject toJson(const Values &values) {
    QJsonObject object;
    for (auto it = values.begin(); it != values.end(); ++it)
        object.insert(it.key(), jsonNumber(it.value()));
    return object;
}

Values valuesFromJson(const QJsonObject &object) {
    Values values;
    for (auto it = object.begin(); it != object.end(); ++it)
        values.insert(it.key(), it.value().toDouble(std::numeric_limits<double>::quiet_NaN()));
    return values;
}

} // namespace pilothouse::metrics
