// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/kernel_rows.h"

#include <QByteArray>

#include <cstdint>
#include <span>
#include <vector>

namespace pilothouse::learn {

/// The dual of a support vector machine: minimise ½ Σ a_s a_t y_s y_t K(s, t) + Σ linear_t a_t with Σ y_t a_t = 0 and 0 ≤ a_t ≤ C of its sign.
/// C-SVC: a variable a row, linear −1. ε-SVR: two a row, y +1 with linear ε − z and y −1 with linear ε + z.
struct DualProblem {
    std::vector<std::uint32_t> points; ///< row of the matrix of each variable
    std::vector<double> sign;          ///< y: +1 or −1
    std::vector<double> linear;
    double positiveBound = 1, negativeBound = 1; ///< C of the variables with y = +1 and y = −1
};

/// Sequential minimal optimisation as LIBSVM does it (C.-C. Chang, C.-J. Lin, LIBSVM: a library for support vector machines, 2011, with the second order
/// working sets of R.-E. Fan, P.-H. Chen, C.-J. Lin, 2005): the same working sets, shrinking, stopping rule and limit of iterations; so the same
/// support vectors but for roundings, which the tests compare with the library. What differs: kernel rows are dense and
/// vectorised, where the library walks sparse rows; and it can be stopped, stored and taken up again at any iteration. The values of the
/// kernel have to be finite as floats (largestKernelValue()).
class Smo {
public:
    /// @param x      [rows × width], row-major
    /// @param state  of an earlier one on the same problem, or empty. Check it with fits().
    Smo(std::span<const double> x, std::size_t width, const DualProblem &problem, const Kernel &kernel, double tolerance, double cacheMb, const QByteArray &state = {});

    /// Does up to `count` iterations. true: the end is reached. However the iterations are cut, the result has the same bits.
    bool run(qint64 count);
    bool converged() const { return m_converged; } ///< false as well where the limit of iterations ended it
    qint64 iterations() const { return m_iterations; }
    double rho() const; ///< f(x) = Σ y_t a_t K(t, x) − rho
    std::vector<double> coefficients() const; ///< y_t a_t of each variable, in the problem's order
    QByteArray state() const;
    /// Whether this is a state of a problem with so many variables.
    static bool fits(const QByteArray &state, std::size_t variables);

private:
    struct Pair {
        std::size_t up, low;
    };
    bool select(Pair &pair);
    void step(const Pair &pair);
    void move(std::size_t t, double alpha);
    void reconstruct();
    void shrink();
    void swap(std::size_t s, std::size_t t);
    void mark(std::size_t t);
    bool isUp(std::size_t t) const { return m_upMark[t] == 0; }
    bool isLow(std::size_t t) const { return m_lowMark[t] == 0; }
    bool isFull(std::size_t t) const { return m_alpha[t] >= m_bound[t]; }

    double m_tolerance;
    // All in the order of work: the first m_active take part.
    std::vector<std::uint32_t> m_variable; ///< its place in the problem
    std::vector<double> m_sign, m_linear, m_bound, m_alpha;
    std::vector<double> m_f;      ///< −y_t times the gradient: −Σ y_s a_s K(s, t) − y_t linear_t
    std::vector<double> m_full;   ///< Σ y_s a_s K(s, t) over the variables at their bound C
    std::vector<double> m_upMark; ///< 0 where y_t a_t may grow, else −∞: added to m_f it takes part in a maximum or does not
    std::vector<double> m_lowMark; ///< 0 where y_t a_t may fall, else +∞
    KernelRows m_rows;
    std::size_t m_active;
    qint64 m_iterations = 0, m_counter, m_most;
    bool m_unshrunk = false, m_converged = false;
};

} // namespace pilothouse::learn
