// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/timed_rows.h"
#include "core/data/transform.h"

namespace pilothouse::data {

/// Columns of the past (made_columns.h) for rows whose times never fall within their series, however many there are: what all of them at once
/// would give, to the last bit. Memory holds the rows of each series that the longest look back reaches.
class PastStream {
public:
    /// @param columns  of the rows that will come; a step whose columns are among them makes nothing
    /// @param repeats  how often times repeat in all of them, by the column that tells series apart
    static Result<PastStream> of(const workspace::Recipe &recipe, const QStringList &columns, const QMap<QString, RepeatedTimes> &repeats);
    /// The rows with the columns made behind theirs; some may wait for the next call. Invalid: what makeColumns() says.
    Result<TimedRows> add(const TimedRows &rows);
    Result<TimedRows> finish();

private:
    Result<TimedRows> made();
    Result<TimedRows> reached(const TimedRows &rows) const;

    struct Look {
        QString by;
        std::int64_t reach = 0; ///< ms
    };
    workspace::Recipe m_recipe;
    QMap<QString, RepeatedTimes> m_repeats;
    bool m_makes = false;      ///< anything
    std::vector<Look> m_looks; ///< back
    TimedRows m_kept;          ///< behind which the next rows come
    TimedRows m_waiting;       ///< too few to be worth another look at those kept
};

} // namespace pilothouse::data
