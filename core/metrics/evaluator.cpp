// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/evaluator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace pilothouse::metrics {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr double smallestProbability = 2.220446049250313e-16; // log loss is clipped here, as scikit-learn does

std::vector<std::uint32_t> sortedIndices(std::size_t count, auto less) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), less);
    return order;
}

double ratio(double above, double below) { return below == 0 ? 0 : above / below; }

} // namespace

Evaluator::Evaluator(const Scored &scored) : m_scored(scored) {
    const std::size_t values = scored.truth.size();
    if (!scored.isClassification()) {
        m_absolute.resize(values);
        for (std::size_t i = 0; i < values; ++i)
            m_absolute[i] = std::abs(scored.truth[i] - scored.predicted[i]);
        m_byError = sortedIndices(values, [this](auto a, auto b) { return m_absolute[a] < m_absolute[b]; });
        return;
    }
    if (scored.probabilities.empty())
        return;
    const std::size_t k = scored.classes;
    m_byScore.resize(k);
    // With two classes only the positive one is asked for.
    for (std::size_t c = k == 2 ? 1 : 0; c < k; ++c)
        m_byScore[c] = sortedIndices(scored.count, [&](auto a, auto b) { return scored.probabilities[a * k + c] > scored.probabilities[b * k + c]; });
    m_logLoss.resize(scored.count);
    m_brier.resize(scored.count);
    for (std::size_t i = 0; i < scored.count; ++i) {
        const double *p = scored.probabilities.data() + i * k;
        const auto truth = std::size_t(scored.truth[i]);
        m_logLoss[i] = -std::log(std::clamp(p[truth], smallestProbability, 1 - smallestProbability));
        if (k == 2) {
            m_brier[i] = (p[1] - double(truth)) * (p[1] - double(truth));
            continue;
        }
        for (std::size_t c = 0; c < k; ++c)
            m_brier[i] += (p[c] - (c == truth ? 1.0 : 0.0)) * (p[c] - (c == truth ? 1.0 : 0.0));
    }
}

double Evaluator::value(const QString &metric, const std::vector<std::uint32_t> &counts) const {
    return m_scored.isClassification() ? classification(metric, counts) : regression(metric, counts);
}

double Evaluator::regression(const QString &metric, const std::vector<std::uint32_t> &counts) const {
    using Q = QLatin1String;
    if (metric == Q("r2"))
        return explained(false, counts);
    if (metric == Q("explained_variance"))
        return explained(true, counts);
    if (metric == Q("median_ae"))
        return medianError(counts);
    const std::size_t outputs = m_scored.outputs;
    const double quantile = metric == Q("pinball_10") ? 0.1 : metric == Q("pinball_50") ? 0.5 : metric == Q("pinball_90") ? 0.9 : 0;
    double sum = 0, total = 0, largest = 0;
    for (std::size_t i = 0; i < m_absolute.size(); ++i) {
        const double w = weight(counts, i / outputs);
        if (w == 0)
            continue;
        total += w;
        if (metric == Q("mae"))
            sum += w * m_absolute[i];
        else if (metric == Q("mse") || metric == Q("rmse"))
            sum += w * m_absolute[i] * m_absolute[i];
        else if (metric == Q("max_error"))
            largest = std::max(largest, m_absolute[i]);
        else if (metric == Q("mape")) {
            if (m_scored.truth[i] == 0)
                return undefined;
            sum += w * m_absolute[i] / std::abs(m_scored.truth[i]);
        } else if (metric == Q("smape"))
            sum += w * ratio(2 * m_absolute[i], std::abs(m_scored.truth[i]) + std::abs(m_scored.predicted[i]));
        else if (quantile > 0)
            sum += w * m_absolute[i] * (m_scored.truth[i] > m_scored.predicted[i] ? quantile : 1 - quantile);
        else
            return undefined;
    }
    if (metric == Q("max_error"))
        return largest;
    return metric == Q("rmse") ? std::sqrt(sum / total) : sum / total;
}

double Evaluator::explained(bool aroundMean, const std::vector<std::uint32_t> &counts) const {
    const std::size_t outputs = m_scored.outputs;
    double sumOfOutputs = 0;
    for (std::size_t o = 0; o < outputs; ++o) {
        // Two passes: one would lose every digit of a variance that is small against the mean.
        double rows = 0, mean = 0, meanError = 0;
        for (std::size_t i = 0; i < m_scored.count; ++i) {
            const double w = weight(counts, i), y = m_scored.truth[i * outputs + o];
            rows += w;
            mean += w * y;
            meanError += w * (y - m_scored.predicted[i * outputs + o]);
        }
        if (rows < 2)
            return undefined;
        mean /= rows;
        meanError = aroundMean ? meanError / rows : 0;
        double left = 0, whole = 0;
        for (std::size_t i = 0; i < m_scored.count; ++i) {
            const double w = weight(counts, i), y = m_scored.truth[i * outputs + o];
            const double e = y - m_scored.predicted[i * outputs + o] - meanError;
            left += w * e * e;
            whole += w * (y - mean) * (y - mean);
        }
        sumOfOutputs += whole > 0 ? 1 - left / whole : left > 0 ? 0 : 1;
    }
    return sumOfOutputs / double(outputs);
}

double Evaluator::medianError(const std::vector<std::uint32_t> &counts) const {
    double total = 0;
    for (std::size_t i = 0; i < m_scored.count; ++i)
        total += weight(counts, i) * double(m_scored.outputs);
    const double lower = std::floor((total - 1) / 2), upper = std::floor(total / 2);
    double seen = 0, low = undefined;
    for (const std::uint32_t i : m_byError) {
        seen += weight(counts, i / m_scored.outputs);
        if (std::isnan(low) && seen > lower)
            low = m_absolute[i];
        if (seen > upper)
            return (low + m_absolute[i]) / 2;
    }
    return undefined;
}

Evaluator::Confusion Evaluator::confusion(const std::vector<std::uint32_t> &counts) const {
    Confusion c;
    c.classes = m_scored.classes;
    c.cells.assign(c.classes * c.classes, 0);
    c.truth.assign(c.classes, 0);
    c.predicted.assign(c.classes, 0);
    for (std::size_t i = 0; i < m_scored.count; ++i) {
        const double w = weight(counts, i);
        const auto t = std::size_t(m_scored.truth[i]), p = std::size_t(m_scored.predicted[i]);
        c.cells[t * c.classes + p] += w;
        c.truth[t] += w;
        c.predicted[p] += w;
        c.total += w;
    }
    return c;
}

double Evaluator::classification(const QString &metric, const std::vector<std::uint32_t> &counts) const {
    using Q = QLatin1String;
    const std::size_t k = m_scored.classes;
    if (metric == Q("log_loss") || metric == Q("brier"))
        return m_logLoss.empty() ? undefined : meanLoss(metric == Q("brier"), counts);
    if (metric == Q("ece"))
        return m_byScore.empty() ? undefined : calibrationError(counts);
    if (metric == Q("average_precision"))
        return m_byScore.empty() || k != 2 ? undefined : averagePrecision(1, counts);
    if (metric == Q("roc_auc") || metric == Q("roc_auc_ovr_macro") || metric == Q("roc_auc_ovo_macro")) {
        if (m_byScore.empty())
            return undefined;
        return k == 2 ? rocAuc(1, 1, counts) : manyClassAuc(metric == Q("roc_auc_ovo_macro"), counts);
    }
    if (metric == Q("top_2_accuracy"))
        return m_byScore.empty() ? undefined : topTwo(counts);
    const Confusion c = confusion(counts);
    double right = 0, byChance = 0, truthSquared = 0, predictedSquared = 0;
    for (std::size_t i = 0; i < k; ++i) {
        right += c.cells[i * k + i];
        byChance += c.truth[i] * c.predicted[i];
        truthSquared += c.truth[i] * c.truth[i];
        predictedSquared += c.predicted[i] * c.predicted[i];
    }
    if (metric == Q("accuracy"))
        return right / c.total;
    if (metric == Q("cohen_kappa")) {
        const double expected = byChance / (c.total * c.total);
        return expected == 1 ? undefined : (right / c.total - expected) / (1 - expected);
    }
    if (metric == Q("mcc")) {
        const double below = std::sqrt((c.total * c.total - predictedSquared) * (c.total * c.total - truthSquared));
        return ratio(right * c.total - byChance, below);
    }
    return averaged(metric, c);
}

double Evaluator::averaged(const QString &metric, const Confusion &c) const {
    using Q = QLatin1String;
    const std::size_t k = c.classes;
    const auto precision = [&](std::size_t i) { return ratio(c.cells[i * k + i], c.predicted[i]); };
    const auto recall = [&](std::size_t i) { return ratio(c.cells[i * k + i], c.truth[i]); };
    const auto f1 = [&](std::size_t i) { return ratio(2 * c.cells[i * k + i], c.truth[i] + c.predicted[i]); };
    const auto figure = [&](std::size_t i) { return metric.startsWith(Q("precision")) ? precision(i) : metric.startsWith(Q("recall")) ? recall(i) : f1(i); };
    if (metric == Q("precision") || metric == Q("recall") || metric == Q("f1"))
        return k == 2 ? figure(1) : undefined;
    if (metric.endsWith(Q("_micro"))) { // every row is one prediction: the three are the share of right ones
        double right = 0;
        for (std::size_t i = 0; i < k; ++i)
            right += c.cells[i * k + i];
        return right / c.total;
    }
    double sum = 0, weights = 0;
    for (std::size_t i = 0; i < k; ++i) {
        double w = 0;
        if (metric == Q("balanced_accuracy"))
            w = c.truth[i] > 0 ? 1 : 0; // classes that occur
        else if (metric.endsWith(Q("_macro")))
            w = c.truth[i] + c.predicted[i] > 0 ? 1 : 0; // union of both sides
        else if (metric.endsWith(Q("_weighted")))
            w = c.truth[i];
        else
            return undefined; // no name of ours
        sum += w * (metric == Q("balanced_accuracy") ? recall(i) : figure(i));
        weights += w;
    }
    return sum / weights;
}

double Evaluator::rocAuc(std::size_t positive, std::size_t negative, const std::vector<std::uint32_t> &counts) const {
    // Mann-Whitney: pairs of a positive and a negative where the positive stands higher; a tie counts one half.
    const std::vector<std::uint32_t> &order = m_byScore[positive];
    const double *p = m_scored.probabilities.data() + positive;
    const std::size_t k = m_scored.classes;
    double positives = 0, negatives = 0, won = 0;
    for (std::size_t i = 0; i < order.size();) {
        const double score = p[order[i] * k];
        double tiedPositives = 0, tiedNegatives = 0;
        for (; i < order.size() && p[order[i] * k] == score; ++i) {
            const auto truth = std::size_t(m_scored.truth[order[i]]);
            if (truth == positive)
                tiedPositives += weight(counts, order[i]);
            else if (negative == positive || truth == negative)
                tiedNegatives += weight(counts, order[i]);
        }
        won += tiedNegatives * (positives + tiedPositives / 2);
        positives += tiedPositives;
        negatives += tiedNegatives;
    }
    return positives == 0 || negatives == 0 ? undefined : won / (positives * negatives);
}

double Evaluator::manyClassAuc(bool oneVersusOne, const std::vector<std::uint32_t> &counts) const {
    // A class that never or always occurs makes the mean undefined.
    const std::size_t k = m_scored.classes;
    double sum = 0, terms = 0;
    for (std::size_t c = 0; c < k; ++c) {
        for (std::size_t other = 0; other < k; ++other) {
            if (oneVersusOne ? other == c : other != c)
                continue;
            sum += rocAuc(c, other, counts);
            ++terms;
        }
    }
    return sum / terms;
}

double Evaluator::topTwo(const std::vector<std::uint32_t> &counts) const {
    double right = 0, total = 0;
    for (std::size_t i = 0; i < m_scored.count; ++i) {
        const double *p = m_scored.probabilities.data() + i * m_scored.classes;
        const auto truth = std::size_t(m_scored.truth[i]);
        std::size_t above = 0;
        for (std::size_t c = 0; c < m_scored.classes; ++c)
            above += p[c] > p[truth] || (p[c] == p[truth] && c > truth) ? 1 : 0; // ties as scikit-learn orders them
        right += above < 2 ? weight(counts, i) : 0;
        total += weight(counts, i);
    }
    return right / total;
}

double Evaluator::averagePrecision(std::size_t positive, const std::vector<std::uint32_t> &counts) const {
    const std::vector<std::uint32_t> &order = m_byScore[positive];
    const double *p = m_scored.probabilities.data() + positive;
    const std::size_t k = m_scored.classes;
    double positives = 0, all = 0, sum = 0;
    for (std::size_t i = 0; i < order.size();) {
        const double score = p[order[i] * k];
        double gained = 0;
        for (; i < order.size() && p[order[i] * k] == score; ++i) {
            const double w = weight(counts, order[i]);
            all += w;
            gained += std::size_t(m_scored.truth[order[i]]) == positive ? w : 0;
        }
        positives += gained;
        if (all > 0)
            sum += gained * positives / all;
    }
    return positives == 0 ? undefined : sum / positives;
}

double Evaluator::calibrationError(const std::vector<std::uint32_t> &counts) const {
    constexpr std::size_t bins = 15;
    double sure[bins] = {}, right[bins] = {}, total = 0, error = 0;
    const std::size_t k = m_scored.classes;
    for (std::size_t i = 0; i < m_scored.count; ++i) {
        const double *p = m_scored.probabilities.data() + i * k, *most = std::max_element(p, p + k);
        const auto bin = std::size_t(std::clamp(std::ceil(*most * bins) - 1, 0.0, double(bins - 1)));
        const double w = weight(counts, i);
        sure[bin] += w * *most;
        right[bin] += most - p == std::ptrdiff_t(m_scored.truth[i]) ? w : 0;
        total += w;
    }
    for (std::size_t b = 0; b < bins; ++b)
        error += std::abs(sure[b] - right[b]) / total;
    return error;
}

double Evaluator::meanLoss(bool brier, const std::vector<std::uint32_t> &counts) const {
    const std::vector<double> &losses = brier ? m_brier : m_logLoss;
    double sum = 0, total = 0;
    for (std::size_t i = 0; i < losses.size(); ++i) {
        sum += weight(counts, i) * losses[i];
        total += weight(counts, i);
    }
    return sum / total;
}

} // namespace pilothouse::metrics
