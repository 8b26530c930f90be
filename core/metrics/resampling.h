// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pilothouse::metrics {

/// With five rows that all agree a two-sided test of signs ends at p = 2 · 2⁻⁵ = 0.0625: fewer than this many tell nothing at 5 %, and an interval
/// of them would (of one row it has no width).
inline constexpr std::size_t leastRows = 6;

/// How a bootstrap draws rows again: each by itself (Efron 1979), or, where neighbours hang together, in circular blocks of
/// neighbours, the first row following the last (Politis, Romano 1992; moving blocks: Künsch 1989).
struct Resampling {
    std::size_t rows = 0;  ///< drawn in each round, as many as there are
    std::size_t block = 1; ///< neighbours drawn together; 1: each row by itself; 0: too few rows, there is no interval
    int rounds = 1000;
    quint64 seed = 7;
    /// How often each row is drawn in this round. The same for the same seed, whoever asks. Any thread.
    void draw(std::size_t round, std::vector<std::uint32_t> &counts) const;
    QString text() const; ///< "circular blocks of 48 rows, 1000 rounds, seed 7"
    /// {"method":"rows"|"circular_blocks"|"none","block","rounds","seed","text"}
    QJsonObject toJson() const;
};

/// @param horizon steps of a forecast, whose rows stand in the order of time; 0: rows that do not depend on each other
/// Forecasts made at neighbouring times share steps, so their errors hang together over horizon − 1 rows. The block length is
/// max(2 · horizon, ⌈rows^(1/3)⌉): n^(1/3) is the order that is best for a variance (Künsch 1989; Hall, Horowitz, Jing 1995);
/// a block of l rows loses Σ|k|γ(k) / l of the variance, which for errors over h shared steps is a third at l = h, a sixth at 2h.
/// At most a quarter of the rows, but never less than the horizon; with fewer than four horizons of rows, or than leastRows, the block is 0.
Resampling resamplingFor(std::size_t rows, std::size_t horizon, int rounds = 1000, quint64 seed = 7);

/// The middle 95 % of the rounds that define the value (percentile interval; quantiles as numpy's default). NaN where fewer than 90 % do.
struct Interval {
    double low = 0, high = 0;
};
Interval percentileInterval(std::vector<double> values);

} // namespace pilothouse::metrics
