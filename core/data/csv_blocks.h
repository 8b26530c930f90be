// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/csv.h"

namespace pilothouse::data {

/// Takes some rows of a file, in their order. An error ends the reading.
using TakeRows = std::function<Result<void>(const Table &rows)>;

/// What is known of a file after its rows have been given out; as in LoadedTable.
struct ReadRows {
    ReadReport report;
    Fingerprint fingerprint;
};

/// Reads a file as readCsv() does, with the same values, types, problems and errors, but gives its rows out block by block: memory
/// does not grow with the file. Dictionaries are those of a block. Types that CsvOptions does not name are found out by readings of
/// their own before any row is given out; progress counts them too. Before that `take` gets a table without rows that names every
/// column of the file: what is wrong with the columns is told before anything is read.
Result<ReadRows> readCsvBlocks(const QString &path, const CsvOptions &options, const TakeRows &take, std::stop_token stop = {}, const ReadProgress &progress = {});

/// readCsvBlocks() as loadData() reads: by a recipe's data, with `where` applied, the digest of a fetched copy checked. An unknown
/// column in `where` and a filter that leaves no row are Invalid.
/// @param only  columns that are given out, with those of `where`; empty: all
/// Rows and digests of the result are the file's, before `where`; report.rowsFiltered tells how many it left out.
Result<ReadRows> loadDataBlocks(const workspace::DataSpec &spec, const QMap<QString, ColumnType> &types, const QStringList &only, const TakeRows &take, std::stop_token stop = {},
                                const ReadProgress &progress = {});

} // namespace pilothouse::data
