// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/kernel_model.h"

#include <cstdint>
#include <list>
#include <span>
#include <vector>

namespace pilothouse::learn {

/// No value of the kernel between two rows of x [rows × width] is further from 0 (Cauchy and Schwarz); infinity where one cannot be calculated.
double largestKernelValue(std::span<const double> x, std::size_t width, const Kernel &kernel);

/// Rows of the kernel matrix of some points, as floats (as LIBSVM keeps them), the ones asked for last kept in memory. Points can change places,
/// so that a solver has those that still take part in front. A value has the same bits whenever and for whatever place it is made: it is
/// the same sum over the columns in every lane.
class KernelRows {
public:
    /// @param x       [rows × width], row-major; copied
    /// @param points  the row of x of each point; a row may stand there more than once
    /// @param cacheMb of all rows kept; two rows always find room
    KernelRows(std::span<const double> x, std::size_t width, const std::vector<std::uint32_t> &points, const Kernel &kernel, double cacheMb);

    KernelRows(const KernelRows &) = delete; // the slots point into the list
    std::size_t size() const { return m_size; }
    /// K(i, k) for k = 0 … length − 1. Valid until a second other row is asked for.
    const float *row(std::size_t i, std::size_t length);
    const double *diagonal() const { return m_diagonal.data(); } ///< K(k, k)
    void swap(std::size_t i, std::size_t k);

private:
    static constexpr std::size_t lanes = 64; ///< points whose columns stand together and stay in the processor's first cache
    struct Slot {
        std::vector<float> values;
        std::list<std::uint32_t>::iterator use; ///< valid where there are values
    };
    void evaluate(std::size_t i, std::size_t from, std::size_t to, float *out);
    double &at(std::size_t point, std::size_t column) { return m_columns[(point / lanes * m_width + column) * lanes + point % lanes]; }
    void drop(std::size_t i);

    Kernel m_kernel;
    std::size_t m_size, m_width;
    std::vector<double> m_columns;  ///< blocks of `lanes` points, column after column
    std::vector<double> m_squares;  ///< |x|² of the points, as long as whole blocks
    std::vector<double> m_diagonal;
    std::vector<double> m_point;    ///< the columns of the point whose row is made
    std::vector<Slot> m_slots;      ///< by point
    std::list<std::uint32_t> m_used; ///< points with values, the one asked for longest ago in front
    std::size_t m_room;             ///< floats that may still be kept
};

} // namespace pilothouse::learn
