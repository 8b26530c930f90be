// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/row_filter.h"

#include "core/data/csv.h"
#include "core/data/number_text.h"
#include "core/data/unknown_column.h"

namespace pilothouse::data {

namespace {

/// Which rows of a column equal a text: as numbers, times or texts, by the column's type.
std::vector<bool> equalRows(const Column &column, const QString &wanted) {
    const std::string text = wanted.toStdString();
    const auto number = parseNumber(text);
    const std::int64_t time = parseIsoTime(text);
    std::vector<bool> categories;
    for (const std::string &category : column.dictionary)
        categories.push_back(category == text);
    std::vector<bool> equal(column.size());
    for (std::size_t row = 0; row < column.size(); ++row) {
        if (column.isMissing(row))
            equal[row] = text.empty();
        else if (column.type == ColumnType::Category)
            equal[row] = categories[std::size_t(column.codes[row])];
        else if (column.type == ColumnType::Number)
            equal[row] = number && column.numbers[row] == *number;
        else
            equal[row] = column.times[row] == time;
    }
    return equal;
}

} // namespace

Result<RowFilter> RowFilter::of(const workspace::DataSpec &spec, const QStringList &columns) {
    RowFilter filter;
    filter.m_where = spec.where;
    for (auto it = spec.where.begin(); it != spec.where.end(); ++it)
        if (!columns.contains(it.key()))
            return invalid(QStringLiteral("`where` names the column “%1”, which the file does not have.").arg(it.key()), spec.source,
                           columnsHint(it.key(), columns));
    return filter;
}

std::vector<std::size_t> RowFilter::rows(const Table &table) const {
    std::vector<bool> keep(table.rows(), true);
    for (auto it = m_where.begin(); it != m_where.end(); ++it) {
        const std::vector<bool> equal = equalRows(*table.find(it.key()), it.value());
        for (std::size_t row = 0; row < keep.size(); ++row)
            keep[row] = keep[row] && equal[row];
    }
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < keep.size(); ++row)
        if (keep[row])
            rows.push_back(row);
    return rows;
}

Error RowFilter::noRow(const workspace::DataSpec &spec) {
    return invalid(QStringLiteral("No row of the file fits `where`."), spec.source, QStringLiteral("Compare its values with those that `pilot profile` shows."));
}

} // namespace pilothouse::data
