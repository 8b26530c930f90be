// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/lots.h"

#include <QtGlobal>

#include <utility>
#include <vector>

namespace pilothouse::data {

/// Quantiles of any number of values in little memory: exact while they are few, else their rank is off by about one in `bound` of all
/// values (standard deviation). A level that is full is sorted and every second value, from a drawn one on, goes up a level, where it
/// counts double (Manku, Rajagopalan, Lindsay 1999; Karnin, Lang, Liberty 2016). The same values in the same order give the same.
class QuantileSketch {
public:
    explicit QuantileSketch(std::size_t bound) : m_bound(bound + bound % 2), m_levels(1) {}
    void add(double value); ///< finite
    /// Those of another one as if they had been added here; its rank error adds up in squares.
    void merge(const QuantileSketch &other);
    bool exact() const { return m_levels.size() == 1; }
    qint64 count() const;
    std::size_t bound() const { return m_bound; }
    /// What is kept, ascending, and how many values each stands for.
    std::vector<std::pair<double, qint64>> weighted() const;
    /// As it is written: a value of level i stands for 2^i.
    const std::vector<std::vector<double>> &levels() const { return m_levels; }
    static QuantileSketch fromLevels(std::size_t bound, std::vector<std::vector<double>> levels);
    /// Linear interpolation at h = (n − 1)·q between the values in order; NaN without one.
    std::vector<double> quantiles(const std::vector<double> &shares) const;

private:
    void compact(std::size_t level);
    std::size_t m_bound;
    std::vector<std::vector<double>> m_levels; ///< a value of level i stands for 2^i
    Lots m_lots{7};
};

} // namespace pilothouse::data
