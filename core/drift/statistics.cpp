// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/statistics.h"

#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>

namespace pilothouse::drift {

namespace {
constexpr double shareFloor = 1e-4;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
} // namespace

double quantile(std::span<const double> sorted, double share) {
    const double h = double(sorted.size() - 1) * share;
    const auto below = std::min(std::size_t(h), sorted.size() - 1);
    const double a = sorted[below], b = sorted[std::min(below + 1, sorted.size() - 1)];
    const double t = h - double(below);
    return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

std::vector<double> decileEdges(std::span<const double> sorted) {
    std::vector<double> edges;
    if (sorted.empty())
        return edges;
    for (int i = 1; i <= 9; ++i)
        edges.push_back(quantile(sorted, i / 10.0));
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    return edges;
}

std::vector<double> binCounts(std::span<const double> sorted, std::span<const double> edges) {
    std::vector<double> counts;
    auto from = sorted.begin();
    for (const double edge : edges) {
        const auto to = std::upper_bound(from, sorted.end(), edge);
        counts.push_back(double(to - from));
        from = to;
    }
    counts.push_back(double(sorted.end() - from));
    return counts;
}

std::vector<double> sharesOf(std::span<const double> counts) {
    const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
    std::vector<double> shares(counts.size(), nan);
    if (total > 0)
        std::transform(counts.begin(), counts.end(), shares.begin(), [total](double c) { return c / total; });
    return shares;
}

double populationStability(std::span<const double> reference, std::span<const double> current) {
    double sum = 0;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        if (std::isnan(reference[i]) || std::isnan(current[i]))
            return nan;
        const double p = std::max(reference[i], shareFloor), q = std::max(current[i], shareFloor);
        sum += (q - p) * std::log(q / p);
    }
    return sum;
}

double jensenShannonDistance(std::span<const double> reference, std::span<const double> current) {
    double sum = 0;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        const double p = reference[i], q = current[i], middle = (p + q) / 2;
        if (std::isnan(middle))
            return nan;
        if (p > 0)
            sum += p * std::log2(p / middle);
        if (q > 0)
            sum += q * std::log2(q / middle);
    }
    return std::sqrt(std::clamp(sum / 2, 0.0, 1.0));
}

double hellingerDistance(std::span<const double> reference, std::span<const double> current) {
    double sum = 0;
    for (std::size_t i = 0; i < reference.size(); ++i)
        sum += std::pow(std::sqrt(reference[i]) - std::sqrt(current[i]), 2);
    return std::isnan(sum) ? nan : std::sqrt(std::clamp(sum / 2, 0.0, 1.0));
}

Distances distances(std::span<const double> reference, std::span<const double> current) {
    const std::size_t n = reference.size(), m = current.size();
    std::size_t i = 0, j = 0;
    std::int64_t largest = 0; // |F − G|·n·m is a whole number: no rounding decides where the supremum is
    double area = 0, last = std::min(reference[0], current[0]);
    std::int64_t gap = 0;
    const auto reach = [&](double x) { // up to x the gap stays as it is; equal values are taken one by one, and count once the last is
        const std::int64_t size = std::abs(gap);
        area += double(size) * (x - last);
        largest = std::max(largest, std::int64_t(x != last) * size);
        last = x;
    };
    const std::int64_t up = std::int64_t(m), both = up + std::int64_t(n);
    while (i < n && j < m) { // no branch: which side is next cannot be foretold
        const double a = reference[i], b = current[j];
        const bool left = a <= b;
        reach(std::min(a, b));
        gap += up - both * std::int64_t(!left);
        i += left;
        j += !left;
    }
    for (; i < n; ++i) {
        reach(reference[i]);
        gap += up;
    }
    for (; j < m; ++j) {
        reach(current[j]);
        gap -= std::int64_t(n);
    }
    const double scale = double(n) * double(m);
    return {double(largest) / scale, area / scale};
}

double kolmogorovP(double d, std::size_t n, std::size_t m) {
    const double x = std::sqrt(double(n) / (double(n) + double(m)) * double(m)) * d;
    if (x <= 0)
        return 1;
    if (x < 1) { // the other series of the same function converges here, the alternating one does not
        double sum = 0;
        for (int k = 1; k <= 20; ++k) {
            const double odd = (2 * k - 1) * std::numbers::pi;
            sum += std::exp(-odd * odd / (8 * x * x));
        }
        return std::clamp(1 - std::sqrt(2 * std::numbers::pi) / x * sum, 0.0, 1.0);
    }
    double sum = 0;
    for (int k = 1; k <= 20; ++k)
        sum += (k % 2 ? 1 : -1) * std::exp(-2.0 * k * k * x * x);
    return std::clamp(2 * sum, 0.0, 1.0);
}

std::optional<ChiSquare> chiSquare(std::span<const double> reference, std::span<const double> current) {
    const double n = std::accumulate(reference.begin(), reference.end(), 0.0);
    const double m = std::accumulate(current.begin(), current.end(), 0.0);
    ChiSquare result;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        const double both = reference[i] + current[i];
        if (both <= 0)
            continue;
        ++result.dof;
        const double p = both * n / (n + m), q = both * m / (n + m);
        result.statistic += (reference[i] - p) * (reference[i] - p) / p + (current[i] - q) * (current[i] - q) / q;
    }
    --result.dof;
    if (n <= 0 || m <= 0 || result.dof < 1)
        return std::nullopt;
    using namespace boost::math::policies;
    using Quiet = policy<overflow_error<ignore_error>, underflow_error<ignore_error>, domain_error<ignore_error>,
                         evaluation_error<ignore_error>>;
    result.p = boost::math::gamma_q(result.dof / 2.0, result.statistic / 2, Quiet());
    result.cramersV = std::sqrt(result.statistic / (n + m));
    return result;
}

Moments momentsOf(std::span<const double> values) {
    if (values.empty())
        return {nan, nan};
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
    double squares = 0;
    for (const double v : values)
        squares += (v - mean) * (v - mean);
    return {mean, std::sqrt(squares / double(values.size()))};
}

} // namespace pilothouse::drift
