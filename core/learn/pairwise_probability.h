// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace pilothouse::learn {

/// Platt's sigmoid through the boundary: the slope a > 0 of P(y = 1) = 1 / (1 + exp(−a f)), of greatest likelihood for decision values f that
/// were made without the rows they belong to. Newton's method with backtracking and Platt's targets instead of 0 and 1, as Lin, Lin and
/// Weng 2007 ("A note on Platt's probabilistic outputs"); their second parameter, which would move ½ away from f = 0 and so let the
/// probability contradict the class, stays 0. Never less than 1e-6: where f says nothing, about ½.
/// @param positive [n], whether the row is of the first class
/// @param weights [n], how often a row counts
double sigmoidSlope(std::span<const double> f, const std::vector<bool> &positive, std::span<const double> weights);

/// Probabilities of k classes from log odds of pairs (0,1), (0,2) … (1,2) …: for two classes the logistic function, for more the second
/// approach of Wu, Lin and Weng 2004 ("Probability estimates for multi-class classification by pairwise coupling"), min Σ (r_ji p_i − r_ij p_j)²
/// over p with sum 1, solved exactly. Pairs are kept within 1e-7 … 1 − 1e-7, as LIBSVM does.
/// @param logOdds [k (k − 1) / 2] @param out [k]
void coupleProbabilities(std::span<const double> logOdds, std::size_t k, double *out);

} // namespace pilothouse::learn
