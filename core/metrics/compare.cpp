// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/compare.h"

#include "core/base/task.h"
#include "core/metrics/evaluator.h"
#include "core/metrics/random.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::metrics {

namespace {

constexpr std::size_t exactRows = 12;           // 2^12 sign flips are fewer than the rounds of a sample
constexpr std::size_t permutationRows = 20000;  // above, the mean of that many signs is normal to every digit that is shown

/// Linear interpolation between order statistics, as numpy's default.
double quantile(const std::vector<double> &sorted, double q) {
    const double h = double(sorted.size() - 1) * q;
    const auto below = std::size_t(h);
    return below + 1 < sorted.size() ? sorted[below] + (h - double(below)) * (sorted[below + 1] - sorted[below]) : sorted[below];
}

/// Sums of all sign choices for groups of four rows: a round needs one look-up for four rows.
class SignSums {
public:
    explicit SignSums(std::span<const double> differences) {
        m_groups = (differences.size() + 3) / 4;
        m_sums.resize(m_groups * 16);
        for (std::size_t g = 0; g < m_groups; ++g)
            for (unsigned bits = 0; bits < 16; ++bits)
                for (std::size_t j = 0; j < 4 && g * 4 + j < differences.size(); ++j)
                    m_sums[g * 16 + bits] += bits >> j & 1 ? differences[g * 4 + j] : -differences[g * 4 + j];
    }
    double draw(Random &random) const {
        double sum = 0;
        std::uint64_t bits = 0;
        for (std::size_t g = 0; g < m_groups; ++g, bits >>= 4) {
            if (g % 16 == 0)
                bits = random.next();
            sum += m_sums[g * 16 + (bits & 15)];
        }
        return sum;
    }

private:
    std::size_t m_groups = 0;
    std::vector<double> m_sums;
};

} // namespace

Result<std::vector<PairedInterval>> pairedBootstrap(const QStringList &metrics, const Scored &a, const Scored &b, int rounds, quint64 seed) {
    PH_TRY(checkScored(a));
    PH_TRY(checkScored(b));
    if (a.truth != b.truth || a.classes != b.classes)
        return invalid(QStringLiteral("The two models were not scored on the same rows, so they cannot be compared in pairs."));
    const QStringList known = metricNames(a.classes);
    for (const QString &metric : metrics)
        if (!known.contains(metric))
            return invalid(QStringLiteral("%1 is no metric of these rows.").arg(metric), {}, QStringLiteral("Known: %1.").arg(known.join(QLatin1String(", "))));
    const Evaluator first(a), second(b);
    std::vector<std::vector<double>> changes(std::size_t(metrics.size()), std::vector<double>(std::size_t(rounds)));
    parallelFor(std::size_t(rounds), 8, [&](std::size_t from, std::size_t to) {
        std::vector<std::uint32_t> counts(a.count);
        for (std::size_t round = from; round < to; ++round) {
            std::fill(counts.begin(), counts.end(), 0u);
            Random random(seed, round);
            for (std::size_t i = 0; i < a.count; ++i)
                ++counts[random.below(a.count)];
            for (std::size_t m = 0; m < changes.size(); ++m)
                changes[m][round] = second.value(metrics[qsizetype(m)], counts) - first.value(metrics[qsizetype(m)], counts);
        }
    });
    std::vector<PairedInterval> intervals;
    for (std::size_t m = 0; m < changes.size(); ++m) {
        PairedInterval interval;
        interval.metric = metrics[qsizetype(m)];
        interval.a = first.value(interval.metric);
        interval.b = second.value(interval.metric);
        interval.change = interval.b - interval.a;
        interval.rounds = rounds;
        std::vector<double> &all = changes[m];
        std::erase_if(all, [](double v) { return std::isnan(v); });
        std::sort(all.begin(), all.end());
        const bool enough = !all.empty() && double(all.size()) >= 0.9 * rounds;
        interval.low = enough ? quantile(all, 0.025) : std::numeric_limits<double>::quiet_NaN();
        interval.high = enough ? quantile(all, 0.975) : std::numeric_limits<double>::quiet_NaN();
        intervals.push_back(interval);
    }
    return intervals;
}

Result<PairedTest> pairedTest(std::span<const double> lossA, std::span<const double> lossB, int rounds, quint64 seed) {
    if (lossA.empty() || lossA.size() != lossB.size())
        return invalid(QStringLiteral("A paired test needs two losses of each row: %1 and %2 were given.").arg(lossA.size()).arg(lossB.size()));
    std::vector<double> differences(lossA.size());
    double sum = 0, size = 0, squares = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
        differences[i] = lossB[i] - lossA[i];
        sum += differences[i];
        size += std::abs(differences[i]);
        squares += differences[i] * differences[i];
    }
    if (!std::isfinite(sum))
        return invalid(QStringLiteral("A loss is not finite, so the paired test has no answer."));
    PairedTest test;
    test.rows = differences.size();
    test.meanDifference = sum / double(test.rows);
    // Sums in another order differ in the last digits; a tie must stay a tie.
    const double extreme = std::abs(sum) - 1e-12 * size;
    if (squares == 0) {
        test.name = QStringLiteral("sign-flip permutation test, two-sided: every row has the same loss in both");
        return test;
    }
    if (test.rows > permutationRows) {
        test.name = QStringLiteral("sign-flip test by its normal limit, two-sided");
        test.p = std::erfc(std::abs(sum) / std::sqrt(2 * squares));
        return test;
    }
    if (test.rows <= exactRows) {
        const std::uint64_t all = std::uint64_t(1) << test.rows;
        std::uint64_t hits = 0;
        for (std::uint64_t bits = 0; bits < all; ++bits) {
            double s = 0;
            for (std::size_t i = 0; i < test.rows; ++i)
                s += bits >> i & 1 ? differences[i] : -differences[i];
            hits += std::abs(s) >= extreme ? 1 : 0;
        }
        test.name = QStringLiteral("sign-flip permutation test, all %1 flips, two-sided").arg(all);
        test.p = double(hits) / double(all);
        return test;
    }
    const SignSums sums(differences);
    constexpr std::size_t chunk = 256;
    const std::size_t chunks = (std::size_t(rounds) + chunk - 1) / chunk;
    std::vector<std::size_t> hits(chunks, 0);
    parallelFor(chunks, 1, [&](std::size_t from, std::size_t to) {
        for (std::size_t c = from; c < to; ++c) {
            Random random(seed, c);
            for (std::size_t r = c * chunk; r < std::min(std::size_t(rounds), (c + 1) * chunk); ++r)
                hits[c] += std::abs(sums.draw(random)) >= extreme ? 1 : 0;
        }
    });
    std::size_t all = 0;
    for (const std::size_t h : hits)
        all += h;
    test.name = QStringLiteral("sign-flip permutation test, %1 rounds, seed %2, two-sided").arg(rounds).arg(seed);
    test.p = double(1 + all) / double(1 + rounds);
    return test;
}

} // namespace pilothouse::metrics
