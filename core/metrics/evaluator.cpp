// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/evaluator.h"

#include "core/metrics/metric_entry.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace pilothouse::metrics {

namespace {

constexpr double smallestProbability = 2.220446049250313e-16; // log loss is clipped here, as scikit-learn does

std::vector<std::uint32_t> sortedIndices(std::size_t count, auto less) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), less);
    return order;
}

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

double Evaluator::value(const QString &metric, const Counts &counts) const {
    const MetricEntry *entry = metricEntry(metric);
    return entry && entry->isFor(m_scored) ? entry->value(Draw(*this, counts)) : std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> Evaluator::values(const std::vector<const MetricEntry *> &metrics, const Counts &counts) const {
    const Draw draw(*this, counts);
    std::vector<double> out;
    out.reserve(metrics.size());
    for (const MetricEntry *entry : metrics)
        out.push_back(entry->value(draw));
    return out;
}

const Confusion &Draw::confusion() const {
    if (m_confusion)
        return *m_confusion;
    Confusion &c = m_confusion.emplace();
    c.classes = scored.classes;
    c.cells.assign(c.classes * c.classes, 0);
    c.truth.assign(c.classes, 0);
    c.predicted.assign(c.classes, 0);
    for (std::size_t i = 0; i < scored.count; ++i) {
        const double w = weight(i);
        const auto t = std::size_t(scored.truth[i]), p = std::size_t(scored.predicted[i]);
        c.cells[t * c.classes + p] += w;
        c.truth[t] += w;
        c.predicted[p] += w;
        c.total += w;
    }
    return c;
}

} // namespace pilothouse::metrics
