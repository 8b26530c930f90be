// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/kernel_rows.h"

#include "core/learn/wide_loops.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace pilothouse::learn {

namespace {

/// exp(x) for x ≤ 0 (or a rounding above it), relative error below 1e-9, which a float does not show: x = n ln 2 + r, Taylor's series of exp(r)
/// to r⁸, n added to the exponent. Written so that a loop over it is vectorised, which libm's is not.
inline double shortExp(double x) {
    constexpr double wholeNumbers = 6755399441055744.0; // 1.5 · 2^52: a sum with it has no room for fractions
    x = x < -700 ? -700 : x;
    const double n = x * 1.4426950408889634 + wholeNumbers, whole = n - wholeNumbers;
    const double r = (x - whole * 0.693147180369123816490) - whole * 1.90821492927058770002e-10;
    double p = 1.0 / 40320;
    for (const double c : {1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0})
        p = p * r + c;
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(p) + (std::bit_cast<std::uint64_t>(n) << 52));
}

/// x · y of one point with a block of `lanes` points, whose columns stand one after the other.
template<std::size_t lanes>
inline void dots(const double *x, std::size_t width, const double *columns, double *out) {
    std::fill(out, out + lanes, 0.0);
    for (std::size_t j = 0; j < width; ++j) {
        const double value = x[j], *column = columns + j * lanes;
        for (std::size_t i = 0; i < lanes; ++i)
            out[i] += value * column[i];
    }
}

PILOTHOUSE_WIDE void linearBlock(const double *x, std::size_t width, const double *columns, float *out) {
    double sums[64];
    dots<64>(x, width, columns, sums);
    for (std::size_t i = 0; i < 64; ++i)
        out[i] = float(sums[i]);
}

PILOTHOUSE_WIDE void polynomialBlock(const double *x, std::size_t width, const double *columns, double gamma, double coef0, int degree, float *out) {
    double sums[64], powers[64];
    dots<64>(x, width, columns, sums);
    for (std::size_t i = 0; i < 64; ++i) {
        sums[i] = gamma * sums[i] + coef0;
        powers[i] = 1;
    }
    for (int t = degree; t > 0; t /= 2) { // LIBSVM's powi
        for (std::size_t i = 0; i < 64; ++i) {
            if (t % 2 == 1)
                powers[i] *= sums[i];
            sums[i] *= sums[i];
        }
    }
    for (std::size_t i = 0; i < 64; ++i)
        out[i] = float(powers[i]);
}

PILOTHOUSE_WIDE void rbfBlock(const double *x, std::size_t width, const double *columns, double gamma, double square, const double *squares, float *out) {
    double sums[64];
    dots<64>(x, width, columns, sums);
    for (std::size_t i = 0; i < 64; ++i)
        out[i] = float(shortExp(-gamma * (square + squares[i] - 2 * sums[i])));
}

} // namespace

double largestKernelValue(std::span<const double> x, std::size_t width, const Kernel &kernel) {
    double largest = 0;
    for (std::size_t begin = 0; begin + width <= x.size() && width > 0; begin += width) {
        double square = 0;
        for (std::size_t j = begin; j < begin + width; ++j)
            square += x[j] * x[j];
        if (!std::isfinite(4 * square)) // of a distance
            return std::numeric_limits<double>::infinity();
        largest = std::max(largest, square);
    }
    switch (kernel.kind) {
    case Kernel::Kind::Linear: return largest;
    case Kernel::Kind::Polynomial: return power(kernel.gamma * largest + std::abs(kernel.coef0), kernel.degree);
    case Kernel::Kind::Rbf: return 1;
    }
    return largest;
}

KernelRows::KernelRows(std::span<const double> x, std::size_t width, const std::vector<std::uint32_t> &points, const Kernel &kernel, double cacheMb)
    : m_kernel(kernel), m_size(points.size()), m_width(width), m_columns((m_size + lanes - 1) / lanes * lanes * width), m_squares((m_size + lanes - 1) / lanes * lanes), m_diagonal(m_size), m_point(width),
      m_slots(m_size), m_room(std::max(std::size_t(cacheMb * 1048576 / sizeof(float)), 2 * m_size)) {
    static_assert(lanes == 64);
    for (std::size_t k = 0; k < m_size; ++k)
        for (std::size_t j = 0; j < width; ++j) {
            const double value = x[points[k] * width + j];
            at(k, j) = value;
            m_squares[k] += value * value; // in the order of dots(), so that a point's distance to itself is 0
        }
    for (std::size_t k = 0; k < m_size; ++k)
        m_diagonal[k] = kernel.kind == Kernel::Kind::Rbf ? 1 : kernel.kind == Kernel::Kind::Linear ? m_squares[k] : power(kernel.gamma * m_squares[k] + kernel.coef0, kernel.degree);
}

void KernelRows::evaluate(std::size_t i, std::size_t from, std::size_t to, float *out) {
    for (std::size_t j = 0; j < m_width; ++j)
        m_point[j] = at(i, j);
    float values[lanes];
    for (std::size_t first = from / lanes * lanes; first < to; first += lanes) {
        const bool whole = first >= from && first + lanes <= to;
        float *const target = whole ? out + (first - from) : values;
        const double *const columns = m_columns.data() + first * m_width;
        switch (m_kernel.kind) {
        case Kernel::Kind::Linear: linearBlock(m_point.data(), m_width, columns, target); break;
        case Kernel::Kind::Polynomial: polynomialBlock(m_point.data(), m_width, columns, m_kernel.gamma, m_kernel.coef0, m_kernel.degree, target); break;
        case Kernel::Kind::Rbf: rbfBlock(m_point.data(), m_width, columns, m_kernel.gamma, m_squares[i], m_squares.data() + first, target); break;
        }
        if (!whole)
            for (std::size_t k = std::max(first, from); k < std::min(first + lanes, to); ++k)
                out[k - from] = values[k - first];
    }
}

void KernelRows::drop(std::size_t i) {
    m_room += m_slots[i].values.size();
    m_used.erase(m_slots[i].use);
    m_slots[i].values = std::vector<float>(); // not {}, which keeps the memory
}

const float *KernelRows::row(std::size_t i, std::size_t length) {
    Slot &slot = m_slots[i];
    const std::size_t known = slot.values.size();
    if (known > 0)
        m_used.splice(m_used.end(), m_used, slot.use);
    if (known >= length)
        return slot.values.data();
    if (known == 0)
        slot.use = m_used.insert(m_used.end(), std::uint32_t(i));
    const std::size_t more = length - known;
    while (m_room < more && m_used.front() != i)
        drop(m_used.front());
    m_room -= more; // there is room for two whole rows at least, and this and the last one are never dropped
    slot.values.reserve(length); // no more than counted
    slot.values.resize(length);
    evaluate(i, known, length, slot.values.data() + known);
    return slot.values.data();
}

void KernelRows::swap(std::size_t i, std::size_t k) {
    if (i == k)
        return;
    for (std::size_t j = 0; j < m_width; ++j)
        std::swap(at(i, j), at(k, j));
    std::swap(m_squares[i], m_squares[k]);
    std::swap(m_diagonal[i], m_diagonal[k]);
    std::swap(m_slots[i], m_slots[k]);
    for (const std::size_t moved : {i, k})
        if (!m_slots[moved].values.empty())
            *m_slots[moved].use = std::uint32_t(moved);
    const std::size_t low = std::min(i, k), high = std::max(i, k);
    for (auto next = m_used.begin(); next != m_used.end();) {
        const std::uint32_t point = *next++;
        std::vector<float> &values = m_slots[point].values;
        if (values.size() > high)
            std::swap(values[low], values[high]);
        else if (values.size() > low)
            drop(point); // what stands at `low` now was beyond its end
    }
}

} // namespace pilothouse::learn
