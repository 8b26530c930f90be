// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/weighted_ridge.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace pilothouse::explain {

namespace {

/// Solves a·c = b for a symmetric positive definite `a` [n × n], in place. false: it is not.
bool choleskySolve(std::vector<double> &a, std::vector<double> &b) {
    const std::size_t n = b.size();
    for (std::size_t j = 0; j < n; ++j) {
        const double before = a[j * n + j];
        double diagonal = before;
        for (std::size_t k = 0; k < j; ++k)
            diagonal -= a[j * n + k] * a[j * n + k];
        if (!(diagonal > before * 1e-13))
            return false;
        a[j * n + j] = std::sqrt(diagonal);
        for (std::size_t i = j + 1; i < n; ++i) {
            double sum = a[i * n + j];
            for (std::size_t k = 0; k < j; ++k)
                sum -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = sum / a[j * n + j];
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k)
            b[i] -= a[i * n + k] * b[k];
        b[i] /= a[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k)
            b[i] -= a[k * n + i] * b[k];
        b[i] /= a[i * n + i];
    }
    return true;
}

} // namespace

Result<WeightedRidge> weightedRidge(const std::vector<double> &x, std::size_t width, const std::vector<double> &y, const std::vector<double> &w, double alpha, bool fitIntercept) {
    const std::size_t rows = y.size();
    const double total = std::accumulate(w.begin(), w.end(), 0.0);
    if (x.size() != rows * width || w.size() != rows || !(total > 0))
        return invalid(QStringLiteral("A weighted fit needs as many rows of inputs and weights as targets, and a weight above 0."));
    std::vector<double> center(width, 0);
    double middle = 0;
    for (std::size_t i = 0; fitIntercept && i < rows; ++i) {
        middle += w[i] * y[i] / total;
        for (std::size_t j = 0; j < width; ++j)
            center[j] += w[i] * x[i * width + j] / total;
    }
    std::vector<double> gram(width * width, 0), right(width, 0), line(width);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < width; ++j)
            line[j] = x[i * width + j] - center[j];
        for (std::size_t j = 0; j < width; ++j) {
            const double weighted = w[i] * line[j];
            right[j] += weighted * (y[i] - middle);
            for (std::size_t k = 0; k <= j; ++k)
                gram[j * width + k] += weighted * line[k];
        }
    }
    for (std::size_t j = 0; j < width; ++j)
        gram[j * width + j] += alpha;
    WeightedRidge fit;
    if (!choleskySolve(gram, right))
        return invalid(QStringLiteral("The weighted fit has no single answer: its columns depend on each other."), {}, QStringLiteral("Draw more samples."));
    fit.coefficients = std::move(right);
    fit.intercept = middle;
    for (std::size_t j = 0; j < width; ++j)
        fit.intercept -= fit.coefficients[j] * center[j];
    double mean = 0, residual = 0, spread = 0;
    for (std::size_t i = 0; i < rows; ++i)
        mean += w[i] * y[i] / total;
    for (std::size_t i = 0; i < rows; ++i) {
        double predicted = fit.intercept;
        for (std::size_t j = 0; j < width; ++j)
            predicted += fit.coefficients[j] * x[i * width + j];
        residual += w[i] * (y[i] - predicted) * (y[i] - predicted);
        spread += w[i] * (y[i] - mean) * (y[i] - mean);
    }
    fit.r2 = spread > 0 ? 1 - residual / spread : std::numeric_limits<double>::quiet_NaN();
    return fit;
}

} // namespace pilothouse::explain
