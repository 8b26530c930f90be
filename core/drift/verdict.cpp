// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/verdict.h"

#include "core/drift/drift.h"
#include "core/drift/statistics.h"

#include <cmath>

namespace pilothouse::drift {

namespace {

/// Standard errors: for 99 of 100, and more where rows are few, as PSI is skewed there.
double certainty(std::size_t rows) { return 2.8 + 17 / std::sqrt(double(rows)); }
constexpr double sureStep = 1.6e-4;     // 1/n + 1/m at which 25 % beside a limit are told apart from it
constexpr double sureChance = 0.02;     // the most that chance may add to PSI there

int bandOf(double effect) { return effect >= psiDrifted ? 2 : effect >= psiWarning ? 1 : 0; }

/// Half a row is added to each bin: the derivatives of PSI have no end where a share is 0.
double smoothed(double share, std::size_t rows, std::size_t bins) { return (share * double(rows) + 0.5) / (double(rows) + 0.5 * double(bins)); }

/// Of one side: what chance adds to PSI (half the second derivative times the variance) and the variance that its shares bring in.
struct Spread {
    double bias = 0, squares = 0, sum = 0;
    void add(double own, double other, double rows) {
        const double slope = std::log(own / other) + 1 - other / own;
        bias += (1 - own) * (1 + other / own) / (2 * rows);
        squares += own * slope * slope;
        sum += own * slope;
    }
    double variance(double rows) const { return std::max(0.0, squares - sum * sum) / rows; }
};

} // namespace

Verdict verdictOf(std::span<const double> reference, std::span<const double> current, std::size_t n, std::size_t m) {
    Verdict out;
    out.rowsNeeded = minimumRows;
    const double psi = n == 0 || m == 0 ? std::nan("") : populationStability(reference, current);
    if (!std::isfinite(psi)) {
        out.effect = out.error = std::nan("");
        return out;
    }
    const std::size_t bins = reference.size();
    Spread first, second;
    for (std::size_t i = 0; i < bins; ++i) {
        const double p = smoothed(reference[i], n, bins), q = smoothed(current[i], m, bins);
        first.add(p, q, double(n));
        second.add(q, p, double(m));
    }
    const double free = double(bins) - 1, step = 1 / double(n) + 1 / double(m);
    out.effect = std::max(0.0, psi - first.bias - second.bias);
    out.error = std::sqrt(first.variance(double(n)) + second.variance(double(m)) + 2 * free * step * step);

    const double sure = free > 0 ? std::min(sureStep, sureChance / free) : sureStep, reach = certainty(std::min(n, m)) * out.error;
    const bool enough = std::min(n, m) >= minimumRows && free * step <= psiWarning; // else there are too few rows in a bin for any of this
    out.rowsNeeded = std::max(minimumRows, std::size_t(std::ceil(2 * free / psiWarning)));
    const bool clear = bandOf(out.effect - reach) == bandOf(out.effect + reach);
    out.tooFewRows = !enough || (!clear && step > sure);
    if (out.tooFewRows) {
        const double nearest = std::min(std::abs(out.effect - psiWarning), std::abs(out.effect - psiDrifted));
        if (!clear)
            out.rowsNeeded = std::max(out.rowsNeeded, std::size_t(std::ceil(2 / std::max(step * std::pow(nearest / reach, 2), sure))));
        return out;
    }
    out.drifted = bandOf(out.effect) == 2;
    out.warning = bandOf(out.effect) == 1;
    return out;
}

} // namespace pilothouse::drift
