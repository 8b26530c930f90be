// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/table.h"
#include "core/workspace/recipe.h"

namespace pilothouse::data {

/// `where` of a recipe's data: which rows are wanted.
class RowFilter {
public:
    /// Invalid: it names a column that is not there.
    static Result<RowFilter> of(const workspace::DataSpec &spec, const QStringList &columns);
    bool wantsAll() const { return m_where.isEmpty(); }
    /// The wanted rows of a table, rising. A value is compared by its column's type: as a number, a time or a text.
    std::vector<std::size_t> rows(const Table &table) const;
    /// The error of a file that has no such row.
    static Error noRow(const workspace::DataSpec &spec);

private:
    QMap<QString, QString> m_where;
};

} // namespace pilothouse::data
