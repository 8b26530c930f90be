// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/pairwise_probability.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

double logistic(double z) {
    const double e = std::exp(-std::abs(z));
    return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/// −log likelihood of targets t at log odds z: log(1 + exp(z)) − t z.
double loss(double z, double t) { return std::log1p(std::exp(-std::abs(z))) + (z > 0 ? z : 0) - t * z; }

/// Solves A p = 1 for a symmetric positive definite A [k × k] by Cholesky's factors, in place.
void solveOnes(std::vector<double> &a, std::size_t k, double *p) {
    for (std::size_t j = 0; j < k; ++j) {
        for (std::size_t i = j; i < k; ++i) {
            double sum = a[i * k + j];
            for (std::size_t c = 0; c < j; ++c)
                sum -= a[i * k + c] * a[j * k + c];
            a[i * k + j] = i == j ? std::sqrt(std::max(sum, 1e-300)) : sum / a[j * k + j];
        }
    }
    for (std::size_t i = 0; i < k; ++i) {
        p[i] = 1;
        for (std::size_t c = 0; c < i; ++c)
            p[i] -= a[i * k + c] * p[c];
        p[i] /= a[i * k + i];
    }
    for (std::size_t i = k; i-- > 0;) {
        for (std::size_t c = i + 1; c < k; ++c)
            p[i] -= a[c * k + i] * p[c];
        p[i] /= a[i * k + i];
    }
}

} // namespace

double sigmoidSlope(std::span<const double> f, const std::vector<bool> &positive, std::span<const double> weights) {
    const auto yes = double(std::count(positive.begin(), positive.end(), true)), no = double(positive.size()) - yes;
    const double high = (yes + 1) / (yes + 2), low = 1 / (no + 2);
    const auto value = [&](double a) {
        double sum = 0;
        for (std::size_t i = 0; i < f.size(); ++i)
            sum += weights[i] * loss(a * f[i], positive[i] ? high : low);
        return sum;
    };
    double a = 1, now = value(a);
    for (int step = 0; step < 100; ++step) {
        double gradient = 0, curvature = 1e-12;
        for (std::size_t i = 0; i < f.size(); ++i) {
            const double p = logistic(a * f[i]);
            gradient += weights[i] * f[i] * (p - (positive[i] ? high : low));
            curvature += weights[i] * f[i] * f[i] * p * (1 - p);
        }
        double length = 1, next = now, tried = a;
        const double direction = -gradient / curvature;
        for (; length >= 1e-10; length /= 2) {
            tried = a + length * direction;
            next = value(tried);
            if (next < now + 1e-4 * length * gradient * direction)
                break;
        }
        if (!(next < now))
            break;
        const bool converged = std::abs(tried - a) <= 1e-12 * std::abs(a);
        a = tried;
        now = next;
        if (converged)
            break;
    }
    return std::max(a, 1e-6);
}

void coupleProbabilities(std::span<const double> logOdds, std::size_t k, double *out) {
    if (k == 2) {
        out[0] = logistic(logOdds[0]);
        out[1] = logistic(-logOdds[0]);
        return;
    }
    // At the minimum Q p = −b·1 with 1ᵀp = 1, so (Q + 1·1ᵀ) p is a multiple of 1; Q + 1·1ᵀ is positive definite.
    std::vector<double> q(k * k, 1);
    std::size_t pair = 0;
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = i + 1; j < k; ++j, ++pair) {
            const double r = std::clamp(logistic(logOdds[pair]), 1e-7, 1 - 1e-7); // of i against j
            q[i * k + i] += (1 - r) * (1 - r);
            q[j * k + j] += r * r;
            q[j * k + i] -= r * (1 - r);
        }
    }
    solveOnes(q, k, out);
    double sum = 0;
    for (std::size_t c = 0; c < k; ++c)
        sum += out[c] = std::max(out[c], 0.0);
    for (std::size_t c = 0; c < k; ++c)
        out[c] /= sum;
}

} // namespace pilothouse::learn
