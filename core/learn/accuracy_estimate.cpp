// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/accuracy_estimate.h"

#include "core/metrics/resampling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

constexpr double z95 = 1.959963984540054;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Mean of the classes' F1 of counts [true × predicted]; 0/0 counts as 0, as scikit-learn's zero_division=0. A class that is nowhere is left out.
double f1Macro(const std::vector<double> &cells, std::size_t classes) {
    double sum = 0;
    std::size_t seen = 0;
    for (std::size_t c = 0; c < classes; ++c) {
        double truth = 0, predicted = 0;
        for (std::size_t k = 0; k < classes; ++k) {
            truth += cells[c * classes + k];
            predicted += cells[k * classes + c];
        }
        if (truth + predicted <= 0)
            continue;
        sum += 2 * cells[c * classes + c] / (truth + predicted);
        ++seen;
    }
    return seen > 0 ? sum / double(seen) : nan;
}

Result<void> checkProbabilities(const metrics::Scored &rows, std::size_t classes) {
    if (rows.classes < 2 || rows.probabilities.size() != rows.count * rows.classes || rows.predicted.size() != rows.count || (classes > 0 && rows.classes != classes))
        return invalid(QStringLiteral("Accuracy without labels is estimated from the probabilities of the classes, and these rows have none."), {}, QStringLiteral("Use a model that gives probabilities."));
    return {};
}

} // namespace

Result<ConfidenceEstimator> ConfidenceEstimator::fit(const metrics::Scored &reference) {
    PH_TRY(checkProbabilities(reference, 0));
    ConfidenceEstimator out;
    out.m_classes = reference.classes;
    if (reference.count < estimateReference)
        return out;
    // Every fifth row is held out: what is calibrated as it comes is left alone, for steps would only blur it.
    std::vector<std::size_t> part, held;
    for (std::size_t i = 0; i < reference.count; ++i)
        (i % 5 == 0 ? held : part).push_back(i);
    out.learnCurves(reference.take(part));
    metrics::Scored before = reference.take(held), after = before;
    for (std::size_t i = 0; i < after.count; ++i)
        out.calibrate(after.probabilities.data() + i * after.classes);
    PH_ASSIGN(const double asGiven, metrics::metricOf(QStringLiteral("ece"), before));
    PH_ASSIGN(const double calibrated, metrics::metricOf(QStringLiteral("ece"), after));
    out.m_curves.clear();
    if (calibrated < asGiven)
        out.learnCurves(reference);
    else
        out.m_fine = true;
    return out;
}

void ConfidenceEstimator::learnCurves(const metrics::Scored &reference) {
    std::vector<std::size_t> order(reference.count);
    for (std::size_t c = 0; c < reference.classes; ++c) {
        const auto probability = [&](std::size_t i) { return reference.probabilities[i * reference.classes + c]; };
        std::iota(order.begin(), order.end(), std::size_t(0));
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return probability(a) < probability(b); });
        struct Block {
            double from, hits, rows;
        };
        std::vector<Block> blocks; // pool adjacent violators; equal probabilities are one block from the start
        for (std::size_t k = 0; k < order.size();) {
            Block block{probability(order[k]), 0, 0};
            for (; k < order.size() && probability(order[k]) == block.from; ++k) {
                block.hits += reference.truth[order[k]] == double(c) ? 1 : 0;
                block.rows += 1;
            }
            while (!blocks.empty() && blocks.back().hits * block.rows >= block.hits * blocks.back().rows) {
                block = {blocks.back().from, blocks.back().hits + block.hits, blocks.back().rows + block.rows};
                blocks.pop_back();
            }
            blocks.push_back(block);
        }
        std::vector<Step> curve;
        for (const Block &block : blocks)
            curve.push_back({block.from, block.hits / block.rows});
        m_curves.push_back(std::move(curve));
    }
}

void ConfidenceEstimator::calibrate(double *probabilities) const {
    if (!calibrated())
        return;
    double sum = 0;
    std::vector<double> shares(m_classes);
    for (std::size_t c = 0; c < m_classes; ++c) {
        const auto &curve = m_curves[c];
        const auto after = std::upper_bound(curve.begin(), curve.end(), probabilities[c], [](double p, const Step &step) { return p < step.from; });
        shares[c] = after == curve.begin() ? curve.front().share : std::prev(after)->share;
        sum += shares[c];
    }
    if (sum <= 0)
        return; // seen of no class: as the model says
    for (std::size_t c = 0; c < m_classes; ++c)
        probabilities[c] = shares[c] / sum;
}

Result<AccuracyEstimate> ConfidenceEstimator::estimate(const QString &metric, const metrics::Scored &rows, quint64 seed) const {
    PH_TRY(checkProbabilities(rows, m_classes));
    if (metric != Q("accuracy") && metric != Q("f1_macro"))
        return invalid(QStringLiteral("“%1” is not estimated without labels.").arg(metric), {}, QStringLiteral("Known: accuracy, f1_macro."));
    AccuracyEstimate out{metric, nan, nan, nan, rows.count};
    if (rows.count < metrics::leastRows)
        return out;
    std::vector<double> probabilities = rows.probabilities, cells(m_classes * m_classes, 0.0);
    double right = 0, variance = 0;
    for (std::size_t i = 0; i < rows.count; ++i) {
        double *p = probabilities.data() + i * m_classes;
        calibrate(p);
        const auto predicted = std::size_t(rows.predicted[i]);
        for (std::size_t c = 0; c < m_classes; ++c)
            cells[c * m_classes + predicted] += p[c];
        right += p[predicted];
        variance += p[predicted] * (1 - p[predicted]);
    }
    const double n = double(rows.count);
    if (metric == Q("accuracy")) {
        out.value = right / n;
        const double half = z95 * std::sqrt(variance) / n;
        out.low = std::max(0.0, out.value - half);
        out.high = std::min(1.0, out.value + half);
        return out;
    }
    out.value = f1Macro(cells, m_classes);
    std::mt19937_64 random(seed);
    std::vector<double> drawn;
    for (int round = 0; round < 200; ++round) { // labels as they may come
        std::fill(cells.begin(), cells.end(), 0.0);
        for (std::size_t i = 0; i < rows.count; ++i) {
            double at = double(random() >> 11) * 0x1p-53;
            std::size_t c = 0;
            while (c + 1 < m_classes && (at -= probabilities[i * m_classes + c]) >= 0)
                ++c;
            cells[c * m_classes + std::size_t(rows.predicted[i])] += 1;
        }
        drawn.push_back(f1Macro(cells, m_classes));
    }
    const metrics::Interval interval = metrics::percentileInterval(std::move(drawn));
    out.low = interval.low;
    out.high = interval.high;
    return out;
}

data::Rows LossEstimator::columns(const data::Rows &inputs, const std::vector<double> &predicted) const {
    data::Rows x;
    x.count = inputs.count;
    x.width = inputs.width + 1;
    for (std::size_t i = 0; i < inputs.count; ++i) {
        for (std::size_t k = 0; k < inputs.width; ++k)
            x.values.push_back(std::isfinite(inputs.row(i)[k]) ? inputs.row(i)[k] : m_missing[k]);
        x.values.push_back(predicted[i]);
    }
    return x;
}

Result<LossEstimator> LossEstimator::fit(const data::Rows &inputs, const std::vector<double> &predicted, const std::vector<double> &truth, const QString &metric, FitContext context) {
    if (metric != Q("mae") && metric != Q("rmse"))
        return invalid(QStringLiteral("“%1” is not estimated without labels.").arg(metric), {}, QStringLiteral("Known: mae, rmse."));
    if (inputs.count < estimateReference || predicted.size() != inputs.count || truth.size() != inputs.count)
        return invalid(QStringLiteral("%1 labelled rows are too few to learn losses from.").arg(inputs.count), {}, QStringLiteral("At least %1 are needed.").arg(estimateReference));
    LossEstimator out;
    out.m_metric = metric;
    out.m_missing.assign(inputs.width, 0);
    for (std::size_t i = 0; i < inputs.count; ++i)
        for (std::size_t k = 0; k < inputs.width; ++k)
            if (std::isfinite(inputs.row(i)[k]))
                out.m_missing[k] = std::min(out.m_missing[k], inputs.row(i)[k] - 1);
    const data::Rows x = out.columns(inputs, predicted);
    const auto loss = [&](std::size_t i) { return metric == Q("rmse") ? (predicted[i] - truth[i]) * (predicted[i] - truth[i]) : std::abs(predicted[i] - truth[i]); };
    const auto fitOn = [&](const auto &wanted) -> Result<std::shared_ptr<const FittedModel>> {
        TrainData train;
        train.width = x.width;
        for (std::size_t i = 0; i < x.count; ++i)
            if (wanted(i)) {
                train.x.insert(train.x.end(), x.row(i).begin(), x.row(i).end());
                train.y.push_back(loss(i));
                ++train.rows;
            }
        for (std::size_t k = 0; k < x.width; ++k)
            train.names.push_back(QStringLiteral("x%1").arg(k));
        PH_ASSIGN(const auto trees, makeEstimator({QStringLiteral("gradient_boosting"), {{QStringLiteral("n_estimators"), qlonglong(200)}, {QStringLiteral("max_depth"), qlonglong(3)}}}, workspace::TaskKind::Regression));
        PH_ASSIGN(auto model, trees->fit(train, {}, context));
        return std::shared_ptr<const FittedModel>(std::move(model));
    };
    // How far off an estimate of one row is: every fifth row is estimated by the others.
    PH_ASSIGN(const auto part, fitOn([](std::size_t i) { return i % 5 != 0; }));
    PH_ASSIGN(const artifact::Predictions said, part->predict(x));
    double squares = 0, held = 0;
    for (std::size_t i = 0; i < x.count; i += 5, ++held)
        squares += (said.values[i] - loss(i)) * (said.values[i] - loss(i));
    out.m_spread = std::sqrt(squares / held);
    PH_ASSIGN(out.m_model, fitOn([](std::size_t) { return true; }));
    return out;
}

Result<AccuracyEstimate> LossEstimator::estimate(const data::Rows &inputs, const std::vector<double> &predicted) const {
    AccuracyEstimate out{m_metric, nan, nan, nan, inputs.count};
    if (inputs.width != m_missing.size() || predicted.size() != inputs.count)
        return invalid(QStringLiteral("These rows have other inputs than those that the losses were learned from."));
    if (inputs.count < metrics::leastRows)
        return out;
    PH_ASSIGN(const artifact::Predictions losses, m_model->predict(columns(inputs, predicted)));
    double mean = 0;
    for (const double loss : losses.values)
        mean += loss / double(inputs.count);
    mean = std::max(0.0, mean); // not each row's: that would lift the mean where losses are small
    const double half = z95 * m_spread / std::sqrt(double(inputs.count)), low = std::max(0.0, mean - half);
    const bool root = m_metric == Q("rmse");
    out.value = root ? std::sqrt(mean) : mean;
    out.low = root ? std::sqrt(low) : low;
    out.high = root ? std::sqrt(mean + half) : mean + half;
    return out;
}

} // namespace pilothouse::learn
