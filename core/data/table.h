// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <string>
#include <vector>

namespace pilothouse::data {

enum class ColumnType { Number, Category, Time };
QString columnTypeName(ColumnType type); ///< "number", "category", "time"

/// One typed column of n rows. Exactly one of the value vectors is filled, by type.
struct Column {
    QString name;
    ColumnType type = ColumnType::Number;
    std::vector<double> numbers;         ///< Number: [n], NaN = missing
    std::vector<std::int32_t> codes;     ///< Category: [n], index into dictionary, -1 = missing
    std::vector<std::string> dictionary; ///< Category: UTF-8, in order of first appearance
    std::vector<std::int64_t> times;     ///< Time: [n], milliseconds since 1970 UTC, missingTime = missing
    bool zoned = false;                  ///< Time: the texts carried Z or an offset; else they were taken as UTC
    static constexpr std::int64_t missingTime = INT64_MIN;

    std::size_t size() const;
    bool isMissing(std::size_t row) const;
    /// The cell as text ("" when missing): shortest exact number, category, ISO time.
    QString text(std::size_t row) const;
};

/// Columns of equal length.
struct Table {
    std::vector<Column> columns;
    std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
    const Column *find(const QString &name) const;
    int indexOf(const QString &name) const; ///< -1 if absent
    QStringList names() const;
    /// The rows listed, in that order (dictionaries kept whole).
    Table take(const std::vector<std::size_t> &rows) const;
    /// Puts rows of the same columns behind these, or takes their columns over where there are none yet. Dictionaries grow by the texts that
    /// occur only.
    void append(const Table &more);
};

} // namespace pilothouse::data
