// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/task.h"
#include "core/data/lots.h"
#include "core/drift/multivariate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::drift {

namespace {

constexpr double keptVariance = 0.95;

/// Eigenvalues and vectors (columns of `vectors`) of a symmetric matrix, by Jacobi's rotations.
void eigen(std::vector<double> &a, std::size_t n, std::vector<double> &vectors) {
    vectors.assign(n * n, 0);
    for (std::size_t i = 0; i < n; ++i)
        vectors[i * n + i] = 1;
    double all = 0;
    for (const double v : a)
        all += v * v;
    for (int sweep = 0; sweep < 60; ++sweep) {
        double off = 0;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = i + 1; j < n; ++j)
                off += a[i * n + j] * a[i * n + j];
        if (off <= 1e-28 * all)
            return;
        for (std::size_t p = 0; p + 1 < n; ++p)
            for (std::size_t q = p + 1; q < n; ++q) {
                if (a[p * n + q] == 0)
                    continue;
                const double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
                const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1)), c = 1 / std::sqrt(t * t + 1), s = t * c;
                for (std::size_t k = 0; k < n; ++k) {
                    const double x = a[k * n + p], y = a[k * n + q];
                    a[k * n + p] = c * x - s * y;
                    a[k * n + q] = s * x + c * y;
                }
                for (std::size_t k = 0; k < n; ++k) {
                    const double x = a[p * n + k], y = a[q * n + k];
                    a[p * n + k] = c * x - s * y;
                    a[q * n + k] = s * x + c * y;
                }
                for (std::size_t k = 0; k < n; ++k) {
                    const double x = vectors[k * n + p], y = vectors[k * n + q];
                    vectors[k * n + p] = c * x - s * y;
                    vectors[k * n + q] = s * x + c * y;
                }
            }
    }
}

struct MeanAndSpread {
    double mean = 0, std = 0;
};
MeanAndSpread of(const std::vector<double> &values) {
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
    double squares = 0;
    for (const double v : values)
        squares += (v - mean) * (v - mean);
    return {mean, std::sqrt(squares / double(values.size()))};
}

} // namespace

void reconstruct(const CodedPair &pair, MultivariateDrift &into) {
    const std::size_t width = pair.reference.width, n = pair.reference.count;
    auto &out = into.reconstruction;
    out.width = width;
    std::vector<double> mean(width, 0), covariance(width * width, 0), vectors;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < width; ++k)
            mean[k] += pair.reference.row(i)[k] / double(n);
    parallelFor(width, 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t k = first; k < last; ++k)
            for (std::size_t i = 0; i < n; ++i) {
                const auto row = pair.reference.row(i);
                const double own = (row[k] - mean[k]) / double(n);
                for (std::size_t l = 0; l < width; ++l)
                    covariance[k * width + l] += own * (row[l] - mean[l]);
            }
    });
    eigen(covariance, width, vectors);
    std::vector<std::size_t> order(width);
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return covariance[a * width + a] > covariance[b * width + b]; });
    double total = 0, kept = 0;
    for (std::size_t k = 0; k < width; ++k)
        total += covariance[k * width + k];
    while (out.components < width && kept < keptVariance * total)
        kept += covariance[order[out.components] * width + order[out.components]], ++out.components;
    const auto errors = [&](const CodedRows &rows) {
        std::vector<double> error(rows.count);
        parallelFor(rows.count, 512, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) {
                double all = 0, rebuilt = 0;
                for (std::size_t k = 0; k < width; ++k)
                    all += std::pow(rows.row(i)[k] - mean[k], 2);
                for (std::size_t c = 0; c < out.components; ++c) {
                    double along = 0;
                    for (std::size_t k = 0; k < width; ++k)
                        along += (rows.row(i)[k] - mean[k]) * vectors[k * width + order[c]];
                    rebuilt += along * along;
                }
                error[i] = std::max(0.0, all - rebuilt) / double(width);
            }
        });
        return error;
    };
    const MeanAndSpread r = of(errors(pair.reference)), c = of(errors(pair.current));
    out.reference = r.mean;
    out.current = c.mean;
    const bool left = out.components < width && r.std > 0; // else nothing is left to rebuild
    out.shift = left ? (c.mean - r.mean) / r.std : 0;
    out.error = left ? std::sqrt(1 / double(n) + c.std * c.std / (r.std * r.std) / double(pair.current.count)) : 0;
    out.verdict = verdictOn(std::abs(out.shift), out.error, shiftWarning, shiftDrifted, std::min(n, pair.current.count));
}

void measureEnergy(const CodedPair &pair, std::size_t mostRows, int permutations, MultivariateDrift &into) {
    auto &out = into.energy;
    const std::size_t n = std::min({mostRows, pair.reference.count, pair.current.count}), all = 2 * n, width = pair.reference.width;
    out.rows = n;
    out.permutations = permutations;
    if (n < 2)
        return;
    std::vector<float> apart(all * all, 0);
    const auto row = [&](std::size_t i) { return i < n ? pair.reference.row(i) : pair.current.row(i - n); };
    parallelFor(all, 16, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i)
            for (std::size_t j = 0; j < all; ++j) {
                const auto a = row(i), b = row(j);
                double squares = 0;
                for (std::size_t k = 0; k < width; ++k)
                    squares += (a[k] - b[k]) * (a[k] - b[k]);
                apart[i * all + j] = float(std::sqrt(squares));
            }
    });
    std::vector<double> ofRow(all, 0);
    double sum = 0;
    for (std::size_t i = 0; i < all; ++i) {
        for (std::size_t j = 0; j < all; ++j)
            ofRow[i] += double(apart[i * all + j]);
        sum += ofRow[i];
    }
    // Within the first group (each pair twice); the other two sums follow from the rows' sums.
    struct Means {
        double across = 0, within = 0, distance = 0;
    };
    const auto meansOf = [&](const std::vector<std::size_t> &order) {
        double first = 0, rows = 0;
        for (std::size_t i = 0; i < n; ++i) {
            rows += ofRow[order[i]];
            const float *const from = apart.data() + order[i] * all;
            double own = 0;
            for (std::size_t j = 0; j < n; ++j)
                own += double(from[order[j]]);
            first += own;
        }
        const double across = rows - first, second = sum - first - 2 * across, pairs = double(n) * double(n - 1);
        Means m{across / (double(n) * double(n)), (first + second) / pairs, 0};
        m.distance = 2 * m.across - m.within;
        return m;
    };
    std::vector<std::size_t> order(all);
    std::iota(order.begin(), order.end(), std::size_t(0));
    const Means found = meansOf(order);
    out.distance = found.distance;
    // Of normal samples in `width` directions δ apart, distance / 2·E|X−Y| is δ² / 4·width; directions that go together count as fewer.
    double along = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (const double d = double(apart[i * all + j]); i != j) {
                along += d * d;
                squares += d * d * d * d;
            }
    const double pairs = double(n) * double(n - 1), mean = along / pairs, variance = squares / pairs - mean * mean;
    const double directions = variance > 0 ? 2 * mean * mean / variance : double(width); // |X−X'|² is as 2·χ² of so many
    out.shift = found.across > 0 ? 2 * std::sqrt(directions * std::max(0.0, found.distance / (2 * found.across))) : 0;
    std::vector<double> byChance(std::size_t(permutations), 0);
    parallelFor(std::size_t(permutations), 4, [&](std::size_t first, std::size_t last) {
        for (std::size_t p = first; p < last; ++p) {
            data::Lots lots(into.seed * 1'000'003 + p);
            std::vector<std::size_t> drawn(order);
            for (std::size_t i = 0; i < n; ++i)
                std::swap(drawn[i], drawn[i + lots.below(all - i)]);
            byChance[p] = meansOf(drawn).distance;
        }
    });
    const auto above = std::count_if(byChance.begin(), byChance.end(), [&](double d) { return d >= found.distance; });
    out.p = double(above + 1) / double(permutations + 1);
    const double spread = permutations > 1 ? of(byChance).std : 0; // of the distance; of the shift it is that over twice the root
    const double perShift = found.across > 0 ? directions / found.across : 0;
    const double error = out.shift > 0 ? std::min(std::sqrt(2 * spread * perShift), spread * perShift / out.shift) : std::sqrt(2 * spread * perShift);
    out.verdict = verdictOn(out.shift, error, shiftWarning, shiftDrifted, n);
}

} // namespace pilothouse::drift
