// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/kernel_shap.h"

#include "core/base/task.h"
#include "core/explain/weighted_ridge.h"
#include "core/metrics/random.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>

namespace pilothouse::explain {

namespace {

using Mask = std::vector<char>; ///< [players]: 1 = in the coalition

struct Coalitions {
    std::vector<Mask> masks;
    std::vector<double> weights;
};

/// How many coalitions of k out of m, as a double (it may be large).
double choose(std::size_t m, std::size_t k) {
    double count = 1;
    for (std::size_t i = 1; i <= k; ++i)
        count = count * double(m - k + i) / double(i);
    return count;
}

/// The kernel's weight of all coalitions of a size together, but for a constant.
double sizeWeight(std::size_t m, std::size_t size) { return double(m - 1) / (double(size) * double(m - size)); }

Mask complement(Mask mask) {
    for (char &in : mask)
        in = !in;
    return mask;
}

/// Every coalition of `size`; with `both` its complement too.
void addSize(std::size_t m, std::size_t size, bool both, Coalitions &out) {
    const double weight = sizeWeight(m, size) / choose(m, size);
    Mask mask(m, 0);
    std::fill(mask.begin(), mask.begin() + std::ptrdiff_t(size), 1);
    do {
        out.masks.push_back(mask);
        out.weights.push_back(weight);
        if (both) {
            out.masks.push_back(complement(mask));
            out.weights.push_back(weight);
        }
    } while (std::prev_permutation(mask.begin(), mask.end()));
}

/// Draws coalitions of the sizes first … m − first, each with its complement; a coalition drawn again weighs more.
void addDrawn(std::size_t m, std::size_t first, std::size_t count, metrics::Random &random, Coalitions &out) {
    std::vector<double> cumulated;
    double total = 0;
    for (std::size_t size = first; size <= m - first; ++size)
        cumulated.push_back(total += sizeWeight(m, size));
    std::map<Mask, std::size_t> places;
    const std::size_t begin = out.masks.size();
    std::vector<std::size_t> order(m);
    double drawn = 0;
    const auto add = [&](const Mask &mask) {
        const auto [at, fresh] = places.try_emplace(mask, out.masks.size());
        if (fresh) {
            out.masks.push_back(mask);
            out.weights.push_back(0);
        }
        out.weights[at->second] += 1;
        drawn += 1;
    };
    // At most four draws for each wanted coalition: in a small space most are drawn again.
    for (std::size_t draw = 0; draw < 4 * count && out.masks.size() - begin + 1 < count; ++draw) {
        const std::size_t size = first + std::size_t(std::upper_bound(cumulated.begin(), cumulated.end() - 1, random.uniform() * total) - cumulated.begin());
        std::iota(order.begin(), order.end(), 0);
        Mask mask(m, 0);
        for (std::size_t i = 0; i < size; ++i) {
            std::swap(order[i], order[i + random.below(m - i)]);
            mask[order[i]] = 1;
        }
        add(mask);
        add(complement(mask));
    }
    for (std::size_t i = begin; i < out.masks.size(); ++i)
        out.weights[i] *= total / drawn;
}

Coalitions coalitionsOf(std::size_t m, std::size_t wanted, metrics::Random random) {
    Coalitions out;
    const std::size_t half = m / 2;
    std::size_t size = 1;
    for (; size <= half; ++size) {
        const bool both = 2 * size != m;
        const double count = choose(m, size) * (both ? 2 : 1);
        if (double(out.masks.size()) + count > double(wanted))
            break;
        addSize(m, size, both, out);
    }
    if (size <= half && wanted >= out.masks.size() + 2)
        addDrawn(m, size, wanted - out.masks.size(), random, out);
    return out;
}

bool sameValue(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// The features of which some background row differs from this row.
std::vector<std::size_t> varying(std::span<const double> row, const artifact::Rows &background, const std::vector<Feature> &features) {
    std::vector<std::size_t> out;
    for (std::size_t f = 0; f < features.size(); ++f) {
        bool differs = false;
        for (std::size_t b = 0; b < background.count && !differs; ++b)
            for (const std::size_t input : features[f].inputs)
                differs |= !sameValue(row[input], background.row(b)[input]);
        if (differs)
            out.push_back(f);
    }
    return out;
}

/// Mean prediction of each coalition over the background.
class CoalitionValues {
public:
    CoalitionValues(const artifact::Scorer &scorer, const Target &target, const std::vector<Feature> &features, const artifact::Rows &background, const Run &run)
        : m_scorer(scorer), m_target(target), m_features(features), m_background(background), m_run(run) {}

    /// @param tell  coalitions done of this row
    Result<std::vector<double>> of(std::span<const double> row, const std::vector<std::size_t> &players, const std::vector<Mask> &masks, const std::function<void(std::size_t)> &tell) const {
        std::vector<double> means(masks.size());
        const std::size_t portion = std::max<std::size_t>(1, 8192 / m_background.count);
        std::mutex lock;
        std::optional<Error> failed;
        std::size_t known = 0;
        parallelFor(masks.size(), portion, [&](std::size_t first, std::size_t last) {
            for (std::size_t from = first; from < last; from += portion) {
                {
                    const std::lock_guard guard(lock);
                    if (failed)
                        return;
                }
                const Result<void> done = some(row, players, masks, from, std::min(last, from + portion), means);
                const std::lock_guard guard(lock);
                if (!done && !failed)
                    failed = done.error();
                tell(known += std::min(last, from + portion) - from);
            }
        }, m_run.threads);
        if (failed)
            return *failed;
        return means;
    }

private:
    Result<void> some(std::span<const double> row, const std::vector<std::size_t> &players, const std::vector<Mask> &masks, std::size_t first, std::size_t last,
                      std::vector<double> &means) const {
        artifact::Rows asked{(last - first) * m_background.count, m_background.width, {}};
        asked.values.reserve(asked.count * asked.width);
        for (std::size_t c = first; c < last; ++c) {
            const std::size_t begin = asked.values.size();
            asked.values.insert(asked.values.end(), m_background.values.begin(), m_background.values.end());
            for (std::size_t p = 0; p < players.size(); ++p)
                for (std::size_t b = 0; masks[c][p] && b < m_background.count; ++b)
                    for (const std::size_t input : m_features[players[p]].inputs)
                        asked.values[begin + b * asked.width + input] = row[input];
        }
        Run inner = m_run;
        inner.threads = 1; // the portions run side by side already
        PH_ASSIGN(const std::vector<double> values, predict(m_scorer, asked, m_target, inner));
        for (std::size_t c = first; c < last; ++c) {
            double sum = 0;
            for (std::size_t b = 0; b < m_background.count; ++b)
                sum += values[(c - first) * m_background.count + b];
            means[c] = sum / double(m_background.count);
        }
        return {};
    }

    const artifact::Scorer &m_scorer;
    const Target &m_target;
    const std::vector<Feature> &m_features;
    const artifact::Rows &m_background;
    const Run &m_run;
};

/// Weighted least squares with Σ values = difference: the last player's value is what the others leave.
Result<std::vector<double>> solve(const Coalitions &coalitions, const std::vector<double> &means, double base, double difference) {
    const std::size_t m = coalitions.masks.front().size(), free = m - 1;
    std::vector<double> x, y;
    for (std::size_t c = 0; c < coalitions.masks.size(); ++c) {
        const Mask &mask = coalitions.masks[c];
        const double last = double(mask[free]);
        for (std::size_t p = 0; p < free; ++p)
            x.push_back(double(mask[p]) - last);
        y.push_back(means[c] - base - last * difference);
    }
    PH_ASSIGN(WeightedRidge fit, weightedRidge(x, free, y, coalitions.weights, 0, false));
    fit.coefficients.push_back(difference - std::accumulate(fit.coefficients.begin(), fit.coefficients.end(), 0.0));
    return std::move(fit.coefficients);
}

} // namespace

Result<std::vector<Attribution>> kernelShap(const artifact::Scorer &scorer, const Target &target, const std::vector<Feature> &features,
                                            const artifact::Rows &background, const artifact::Rows &rows, const KernelShapOptions &options, const Run &run) {
    if (background.count == 0)
        return invalid(QStringLiteral("SHAP values need background rows to compare with; there are none."), {}, QStringLiteral("Give a file with more rows as --data."));
    PH_ASSIGN(const std::vector<double> explained, predict(scorer, rows, target, run));
    PH_ASSIGN(const std::vector<double> usual, predict(scorer, background, target, run));
    const double base = std::accumulate(usual.begin(), usual.end(), 0.0) / double(background.count);
    const CoalitionValues values(scorer, target, features, background, run);
    // What is left is told in coalitions of rows that differ from the background in every feature; others have fewer.
    const std::size_t most = std::max(options.coalitions ? options.coalitions : 2 * features.size() + 2048, 2 * features.size());
    const auto each = qint64(std::min(double(most), std::exp2(double(features.size()))));
    std::vector<Attribution> out;
    for (std::size_t i = 0; i < rows.count; ++i) {
        run.report(qint64(i) * each, qint64(rows.count) * each);
        Attribution attribution{base, explained[i], std::vector<double>(features.size(), 0)};
        const std::vector<std::size_t> players = varying(rows.row(i), background, features);
        const std::size_t m = players.size();
        if (m == 1)
            attribution.values[players[0]] = explained[i] - base;
        if (m > 1) {
            const std::size_t wanted = std::max(options.coalitions ? options.coalitions : 2 * m + 2048, 2 * m);
            const Coalitions coalitions = coalitionsOf(m, wanted, metrics::Random(options.seed, i));
            PH_ASSIGN(const std::vector<double> means, values.of(rows.row(i), players, coalitions.masks, [&](std::size_t done) { run.report(qint64(i) * each + std::min(each, qint64(done)), qint64(rows.count) * each); }));
            PH_ASSIGN(const std::vector<double> shap, solve(coalitions, means, base, explained[i] - base));
            for (std::size_t p = 0; p < m; ++p)
                attribution.values[players[p]] = shap[p];
        }
        out.push_back(std::move(attribution));
    }
    run.report(qint64(rows.count) * each, qint64(rows.count) * each);
    return out;
}

} // namespace pilothouse::explain
