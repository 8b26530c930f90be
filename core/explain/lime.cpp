// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/lime.h"

#include "core/explain/weighted_ridge.h"
#include "core/metrics/random.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::explain {

namespace {

/// numpy.percentile's linear interpolation.
double percentile(const std::vector<double> &sorted, double share) {
    const double at = share * double(sorted.size() - 1);
    const auto below = std::size_t(at);
    const double part = at - double(below);
    return sorted[below] + part * (sorted[std::min(below + 1, sorted.size() - 1)] - sorted[below]);
}

/// One input cut into bins: quartiles of a number, the codes of a category; a missing value is a bin of its own.
class Bins {
public:
    Bins(const data::Input &input, std::size_t column, const artifact::Rows &background) : m_input(input) {
        std::vector<double> values;
        for (std::size_t i = 0; i < background.count; ++i)
            if (const double value = background.row(i)[column]; !std::isnan(value))
                values.push_back(value);
        std::sort(values.begin(), values.end());
        if (input.type == data::ColumnType::Number && !values.empty())
            for (const double share : {0.25, 0.5, 0.75})
                if (const double edge = percentile(values, share); m_edges.empty() || edge > m_edges.back())
                    m_edges.push_back(edge);
    }
    /// The number of the bin a value is in; equal numbers, same bin.
    double of(double value) const {
        if (std::isnan(value))
            return -2;
        if (m_input.type == data::ColumnType::Category)
            return value;
        return double(std::lower_bound(m_edges.begin(), m_edges.end(), value) - m_edges.begin()); // (edge before, edge]
    }
    QString condition(double value) const {
        if (std::isnan(value))
            return QStringLiteral("%1 is missing").arg(m_input.name);
        if (m_input.type == data::ColumnType::Category)
            return QStringLiteral("%1 = %2").arg(m_input.name, value < 0 ? QStringLiteral("a category not seen in training") : QString::fromStdString(m_input.categories[std::size_t(value)]));
        const auto bin = std::size_t(of(value));
        const auto text = [](double edge) { return QString::number(edge, 'g', 5); };
        if (m_edges.empty())
            return m_input.name;
        if (bin == 0)
            return QStringLiteral("%1 ≤ %2").arg(m_input.name, text(m_edges.front()));
        if (bin == m_edges.size())
            return QStringLiteral("%1 > %2").arg(m_input.name, text(m_edges.back()));
        return QStringLiteral("%2 < %1 ≤ %3").arg(m_input.name, text(m_edges[bin - 1]), text(m_edges[bin]));
    }

private:
    data::Input m_input;
    std::vector<double> m_edges;
};

} // namespace

Result<Lime> lime(const artifact::Scorer &scorer, const Target &target, const std::vector<Feature> &features, const artifact::Rows &background,
                  std::span<const double> row, const LimeOptions &options, const Run &run) {
    const std::size_t width = background.width, count = options.samples;
    if (background.count < 2 || row.size() != width || count < 2)
        return invalid(QStringLiteral("LIME needs at least two background rows and two samples."), {}, QStringLiteral("Give a file with more rows as --data."));
    std::vector<Bins> bins;
    for (std::size_t input = 0; input < width; ++input)
        bins.emplace_back(scorer.signature().inputs[input], input, background);
    artifact::Rows asked{count, width, {}};
    asked.values.resize(count * width);
    std::vector<double> same(count * features.size(), 1), weights(count, 1);
    const double kernel = options.kernelWidth > 0 ? options.kernelWidth : 0.75 * std::sqrt(double(features.size()));
    metrics::Random random(options.seed);
    for (std::size_t i = 0; i < count; ++i) {
        double distance = 0;
        for (std::size_t f = 0; f < features.size(); ++f) {
            // The first sample is the row itself. A drawn row of the background draws its bin by the bin's share.
            const std::size_t drawn = i == 0 ? 0 : random.below(background.count);
            for (const std::size_t input : features[f].inputs) {
                const double value = i == 0 ? row[input] : background.row(drawn)[input];
                asked.row(i)[input] = value;
                if (bins[input].of(value) != bins[input].of(row[input]))
                    same[i * features.size() + f] = 0;
            }
            distance += 1 - same[i * features.size() + f];
        }
        weights[i] = std::sqrt(std::exp(-distance / (kernel * kernel)));
    }
    run.report(0, qint64(count));
    PH_ASSIGN(const std::vector<double> predicted, predict(scorer, asked, target, run));
    run.report(qint64(count), qint64(count));
    PH_ASSIGN(WeightedRidge fit, weightedRidge(same, features.size(), predicted, weights, options.alpha, true));
    Lime out;
    out.intercept = out.local = fit.intercept;
    out.explained = predicted.front();
    out.r2 = fit.r2;
    out.weights = std::move(fit.coefficients);
    for (std::size_t f = 0; f < features.size(); ++f) {
        out.local += out.weights[f];
        out.conditions.push_back(features[f].inputs.size() == 1 ? bins[features[f].inputs.front()].condition(row[features[f].inputs.front()])
                                                                : QStringLiteral("%1 as in the row").arg(features[f].name));
    }
    return out;
}

} // namespace pilothouse::explain
