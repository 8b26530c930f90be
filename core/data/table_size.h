// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/csv_beginning.h"

namespace pilothouse::data {

/// What a file takes in memory as a table, at least, by its beginning and by the length of its lines here and there. Of a gzip file
/// rows are those that its last four bytes tell of (RFC 1952: the size of its last stream modulo 4 GiB), which may be too few.
struct TableSize {
    qint64 rows = 0; ///< about
    qint64 columns = 0;
    qint64 bytes = 0;                 ///< 8 a number or time, 4 a category, and the different texts of the beginning
    std::vector<qint64> differentTexts; ///< [columns of the file] in the beginning, of each that seems to hold categories; else 0
};

/// Looks at a few places of the file. What cannot be read there counts as nothing: reading it will tell.
TableSize tableSize(const CsvBeginning &beginning, const QString &path);

/// Refused if such a table does not fit into the memory that is left, with rows, columns, need and what there is.
Result<void> requireTable(const TableSize &size, const QString &path);

/// How a person gets on with a file that is too large for memory.
QString tooLargeHint();

} // namespace pilothouse::data
