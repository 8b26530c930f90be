// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/profile.h"

#include <memory>

namespace pilothouse::data {

/// ColumnStatistics of a column that comes in pieces, in file order, in memory that does not grow with it: about 2 MiB, and 4 MiB more of
/// long texts. Counts, missing, minimum, maximum, mean, deviation, what `whole`, `counter` and `sentinel` say, and the steps of times
/// that rise are exact (mean and deviation but for rounding: Chan, Golub, LeVeque 1983). Estimates once there is more than is kept, and
/// then named in ColumnStatistics::estimated: quantiles from 4,096 values on (rank within about 0.1 % of the values), distinct beyond
/// some thousand different ones (about 1 %), counts of the most frequent values (too low by a 4,096th of all at most; by more where the
/// texts are long). Steps, gaps and missing steps of times that do not rise in the file are not told.
class BlockStatistics {
public:
    BlockStatistics(const QString &name, ColumnType type);
    ~BlockStatistics();
    BlockStatistics(BlockStatistics &&) noexcept;
    void add(const Column &piece); ///< of the same type
    ColumnStatistics statistics() const;

    struct Impl;

private:
    QString m_name;
    ColumnType m_type;
    qint64 m_rows = 0;
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::data
