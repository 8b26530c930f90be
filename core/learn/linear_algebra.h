// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace pilothouse::learn {

/// Columns of a row-major matrix with their mean taken off and divided by their standard deviation (ddof 0); a constant
/// column becomes 0 (scale 1). Squared condition numbers come from unequal units first of all, and this removes them.
struct Standardised {
    std::size_t rows = 0, width = 0;
    std::vector<double> z, mean, scale;
    std::vector<bool> constant;
};
Standardised standardise(std::span<const double> x, std::size_t rows, std::size_t width, int threads);

/// Sums `add(first, last, sums)` over chunks of rows, in parallel; chunks and the order of summing depend on the row count and
/// size only, so the sums have the same bits with any number of threads.
std::vector<double> chunkedSum(std::size_t rows, std::size_t size, int threads,
                               const std::function<void(std::size_t first, std::size_t last, double *sums)> &add);

/// Zᵀ·[Z | R] / n for standardised Z [n × p] and R [n × m]: [p × (p + m)], of ZᵀZ the lower triangle; without ZᵀZ [p × m].
std::vector<double> crossProducts(const Standardised &s, const std::vector<double> &r, std::size_t m, int threads, bool withGram);

/// A symmetric positive semi-definite matrix, factorised once, solved often. Cholesky where it is safe, else eigenvectors with
/// those of (nearly) zero eigenvalue left out: the solution of least norm.
class SymmetricSolver {
public:
    /// @param matrix [n × n], row-major, diagonal of the order of 1
    SymmetricSolver(std::vector<double> matrix, std::size_t n);
    void solve(std::vector<double> &b) const;
    bool isSingular() const { return !m_values.empty(); }
    /// Eigenvectors that were left out, one [n] each.
    std::vector<std::vector<double>> nullVectors() const;

private:
    bool cholesky();
    void eigen();
    std::size_t m_n;
    std::vector<double> m_matrix, m_values, m_vectors; ///< Cholesky factor; eigenvalues; eigenvectors in columns
    double m_cut = 0;
};

} // namespace pilothouse::learn
