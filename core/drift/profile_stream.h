// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/drift/drift.h"

#include <memory>
#include <vector>

namespace pilothouse::drift {

inline constexpr int quantileSteps = 1000;          ///< of ColumnProfile::quantiles
/// Least, greatest, mean, deviation and quantiles of a column of numbers; none of no value. @param sorted  sortedFinite()
void addFigures(ColumnProfile &profile, const std::vector<double> &sorted);
inline constexpr std::size_t sketchBound = 1024;    ///< values of a level: all are kept below so many, then ranks are off by about one in so many of all rows (standard deviation)
inline constexpr std::size_t streamCategories = 1000; ///< what makes up more than one in so many rows is always counted, too low by at most ColumnProfile::lost
inline constexpr std::size_t distinctBound = 1024;  ///< relative error of a number of different categories beyond: about 4 %

/// A profile of rows that come in pieces, in memory that does not grow with them (about 200 KiB a column of numbers), and that adds up with others: days, hosts, shards. Counts of rows, missing
/// values, minimum, maximum, mean and deviation are exact, and so are the bins where they are shared; quantiles and own bins up to sketchBound values, categories up to twice streamCategories.
class ProfileStream {
public:
    /// @param bins  the reference: its columns' bins count the numbers here, so that PSI, JS, Hellinger and χ² against it are exact however large this is. Null: bins of its own
    explicit ProfileStream(QString name, const Profile *bins = nullptr);
    ~ProfileStream();
    /// Invalid: a column is of another type than before, is new or is gone. Uses all cores, one column each.
    Result<void> add(const data::Table &piece);
    Profile profile() const;

private:
    struct Column;
    QString m_name;
    std::unique_ptr<Profile> m_bins;
    std::size_t m_rows = 0;
    bool m_begun = false;
    std::vector<std::unique_ptr<Column>> m_columns;
};

/// All rows of the parts as one profile; what holds of ProfileStream holds of it. Invalid: there is none, one does not add up (a training profile), their columns differ, or
/// they were counted in different bins.
Result<Profile> mergedProfiles(const std::vector<Profile> &parts, const QString &name);

/// Edges and counts (unless the bins are shared) and quantiles, from its sketch.
void settleNumbers(ColumnProfile &column);

} // namespace pilothouse::drift
