// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/linear_algebra.h"

#include "core/base/task.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {
constexpr double smallestPivot = 1e-9;      // of a matrix with a diagonal of about 1; below, Cholesky would lose more than half its digits
constexpr double smallestEigenvalue = 1e-12; // of the largest one: what rounding leaves of an exact zero
} // namespace

std::vector<double> chunkedSum(std::size_t rows, std::size_t size, int threads, const std::function<void(std::size_t, std::size_t, double *)> &add) {
    const std::size_t most = std::clamp<std::size_t>((std::size_t(1) << 22) / std::max<std::size_t>(size, 1), 4, 64);
    const std::size_t chunks = std::clamp<std::size_t>(rows / 1024, 1, most);
    std::vector<std::vector<double>> parts(chunks);
    parallelFor(chunks, 1, [&](std::size_t from, std::size_t to) {
        for (std::size_t c = from; c < to; ++c) {
            parts[c].assign(size, 0.0);
            add(rows * c / chunks, rows * (c + 1) / chunks, parts[c].data());
        }
    }, threads);
    for (std::size_t c = 1; c < chunks; ++c)
        for (std::size_t i = 0; i < size; ++i)
            parts[0][i] += parts[c][i];
    return std::move(parts[0]);
}

Standardised standardise(std::span<const double> x, std::size_t rows, std::size_t width, int threads) {
    Standardised s{rows, width, {}, {}, {}, std::vector<bool>(width)};
    s.mean = chunkedSum(rows, width, threads, [&](std::size_t first, std::size_t last, double *sums) {
        for (std::size_t i = first; i < last; ++i)
            for (std::size_t j = 0; j < width; ++j)
                sums[j] += x[i * width + j];
    });
    for (double &m : s.mean)
        m /= double(rows);
    s.scale = chunkedSum(rows, width, threads, [&](std::size_t first, std::size_t last, double *sums) {
        for (std::size_t i = first; i < last; ++i)
            for (std::size_t j = 0; j < width; ++j)
                sums[j] += (x[i * width + j] - s.mean[j]) * (x[i * width + j] - s.mean[j]);
    });
    for (std::size_t j = 0; j < width; ++j) {
        const double deviation = std::sqrt(s.scale[j] / double(rows));
        s.constant[j] = !(deviation > 1e-13 * std::abs(s.mean[j]));
        s.scale[j] = s.constant[j] ? 1 : deviation;
    }
    s.z.resize(rows * width);
    parallelFor(rows, 1024, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i)
            for (std::size_t j = 0; j < width; ++j)
                s.z[i * width + j] = s.constant[j] ? 0 : (x[i * width + j] - s.mean[j]) / s.scale[j];
    }, threads);
    return s;
}

SymmetricSolver::SymmetricSolver(std::vector<double> matrix, std::size_t n) : m_n(n), m_matrix(std::move(matrix)) {
    const std::vector<double> whole = m_matrix;
    if (!cholesky()) {
        m_matrix = whole;
        eigen();
    }
}

bool SymmetricSolver::cholesky() {
    for (std::size_t j = 0; j < m_n; ++j) {
        double *row = m_matrix.data() + j * m_n;
        for (std::size_t k = 0; k <= j; ++k) {
            const double *other = m_matrix.data() + k * m_n;
            double sum = row[k];
            for (std::size_t i = 0; i < k; ++i)
                sum -= row[i] * other[i];
            if (k < j)
                row[k] = sum / other[k];
            else if (!(sum > smallestPivot))
                return false;
            else
                row[j] = std::sqrt(sum);
        }
    }
    return true;
}

void SymmetricSolver::eigen() {
    // Cyclic Jacobi: slow for large matrices, but it finds small eigenvalues to full relative precision.
    const std::size_t n = m_n;
    std::vector<double> &a = m_matrix;
    m_vectors.assign(n * n, 0);
    for (std::size_t i = 0; i < n; ++i)
        m_vectors[i * n + i] = 1;
    for (int sweep = 0; sweep < 60; ++sweep) {
        bool turned = false;
        for (std::size_t p = 0; p + 1 < n; ++p) {
            for (std::size_t q = p + 1; q < n; ++q) {
                const double apq = a[p * n + q];
                if (std::abs(apq) <= 1e-17 * (std::sqrt(std::abs(a[p * n + p] * a[q * n + q])) + 1e-30))
                    continue;
                turned = true;
                const double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
                const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
                const double c = 1 / std::sqrt(t * t + 1), s = t * c;
                for (std::size_t k = 0; k < n; ++k) { // columns
                    const double kp = a[k * n + p], kq = a[k * n + q];
                    a[k * n + p] = c * kp - s * kq;
                    a[k * n + q] = s * kp + c * kq;
                }
                for (std::size_t k = 0; k < n; ++k) { // rows
                    const double pk = a[p * n + k], qk = a[q * n + k];
                    a[p * n + k] = c * pk - s * qk;
                    a[q * n + k] = s * pk + c * qk;
                }
                a[p * n + q] = a[q * n + p] = 0;
                for (std::size_t k = 0; k < n; ++k) {
                    const double kp = m_vectors[k * n + p], kq = m_vectors[k * n + q];
                    m_vectors[k * n + p] = c * kp - s * kq;
                    m_vectors[k * n + q] = s * kp + c * kq;
                }
            }
        }
        if (!turned)
            break;
    }
    m_values.resize(n);
    for (std::size_t i = 0; i < n; ++i)
        m_values[i] = a[i * n + i];
    m_cut = smallestEigenvalue * *std::max_element(m_values.begin(), m_values.end());
}

void SymmetricSolver::solve(std::vector<double> &b) const {
    const std::size_t n = m_n;
    if (isSingular()) {
        std::vector<double> x(n, 0);
        for (std::size_t e = 0; e < n; ++e) {
            if (m_values[e] <= m_cut)
                continue;
            double along = 0;
            for (std::size_t i = 0; i < n; ++i)
                along += m_vectors[i * n + e] * b[i];
            for (std::size_t i = 0; i < n; ++i)
                x[i] += m_vectors[i * n + e] * along / m_values[e];
        }
        b = std::move(x);
        return;
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k)
            b[i] -= m_matrix[i * n + k] * b[k];
        b[i] /= m_matrix[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k)
            b[i] -= m_matrix[k * n + i] * b[k];
        b[i] /= m_matrix[i * n + i];
    }
}

std::vector<std::vector<double>> SymmetricSolver::nullVectors() const {
    std::vector<std::vector<double>> vectors;
    for (std::size_t e = 0; e < m_values.size(); ++e) {
        if (m_values[e] > m_cut)
            continue;
        std::vector<double> v(m_n);
        for (std::size_t i = 0; i < m_n; ++i)
            v[i] = m_vectors[i * m_n + e];
        vectors.push_back(std::move(v));
    }
    return vectors;
}

std::vector<double> crossProducts(const Standardised &s, const std::vector<double> &r, std::size_t m, int threads, bool withGram) {
    const std::size_t p = s.width, stride = (withGram ? p : 0) + m;
    std::vector<double> sums = chunkedSum(s.rows, p * stride, threads, [&](std::size_t first, std::size_t last, double *out) {
        for (std::size_t i = first; i < last; ++i) {
            const double *z = s.z.data() + i * p, *y = r.data() + i * m;
            for (std::size_t j = 0; j < p; ++j) {
                double *line = out + j * stride;
                const double zj = z[j];
                if (withGram)
                    for (std::size_t k = 0; k <= j; ++k)
                        line[k] += zj * z[k];
                double *tail = line + stride - m;
                for (std::size_t o = 0; o < m; ++o)
                    tail[o] += zj * y[o];
            }
        }
    });
    for (double &v : sums)
        v /= double(s.rows);
    return sums;
}

} // namespace pilothouse::learn
