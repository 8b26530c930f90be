// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace pilothouse::drift {

/// Value at `share` (0 … 1) of ascending values, n ≥ 1, by linear interpolation: h = (n−1)·share, a = x[⌊h⌋], b = x[⌊h⌋+1],
/// t = frac h; a + (b−a)·t below one half, b − (b−a)·(1−t) from there on. The order of operations is part of the definition:
/// an edge that is off by one rounding puts equal values into the next bin.
double quantile(std::span<const double> sorted, double share);
/// The quantiles 0.1 … 0.9, equal ones merged; empty for no values.
std::vector<double> decileEdges(std::span<const double> sorted);
/// Rows per bin (−∞, e₁], (e₁, e₂], …, (e_k, ∞) of ascending values: k+1 counts.
std::vector<double> binCounts(std::span<const double> sorted, std::span<const double> edges);

/// counts / sum; NaN for an empty sample.
std::vector<double> sharesOf(std::span<const double> counts);
/// Population stability index of two lists of shares: Σ (q−p)·ln(q/p), each share at least 1e-4, not renormalised.
double populationStability(std::span<const double> reference, std::span<const double> current);
/// Jensen-Shannon distance to base 2 of raw shares (0·ln 0 = 0): 0 (equal) … 1 (disjoint).
double jensenShannonDistance(std::span<const double> reference, std::span<const double> current);

/// Hellinger distance of raw shares: 0 (equal) … 1 (disjoint).
double hellingerDistance(std::span<const double> reference, std::span<const double> current);

struct Distances {
    double ks = 0;          ///< sup |F − G|
    double wasserstein = 0; ///< ∫ |F − G|, in the unit of the values
};
/// Both from one walk over two ascending samples, each of at least one value.
Distances distances(std::span<const double> reference, std::span<const double> current);
/// Survival function of the limiting Kolmogorov distribution at sqrt(n·m/(n+m))·d.
double kolmogorovP(double d, std::size_t n, std::size_t m);

struct ChiSquare {
    double statistic = 0, p = 1;
    int dof = 0;
    double cramersV = 0; ///< √(χ² / rows): 0 … 1, of a table of two rows
};
/// Pearson's test on the 2 × k table, without continuity correction; categories that both sides lack are left out. Nothing
/// when a side is empty or fewer than two categories are left.
std::optional<ChiSquare> chiSquare(std::span<const double> reference, std::span<const double> current);

struct Moments {
    double mean = 0, std = 0; ///< ddof 0
};
Moments momentsOf(std::span<const double> values);

} // namespace pilothouse::drift
