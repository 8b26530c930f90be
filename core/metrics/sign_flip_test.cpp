// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/task.h"
#include "core/metrics/paired_test.h"
#include "core/metrics/random.h"

#include <cmath>

namespace pilothouse::metrics {

namespace {

constexpr std::size_t exactRows = 12;           // 2^12 sign flips are fewer than the rounds of a sample
constexpr std::size_t permutationRows = 20000;  // above, the mean of that many signs is normal to every digit that is shown

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

Result<PairedTest> signFlipTest(std::span<const double> lossA, std::span<const double> lossB, int rounds, quint64 seed) {
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
