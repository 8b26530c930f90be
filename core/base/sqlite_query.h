// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QStringList>

#include <functional>
#include <stop_token>
#include <variant>
#include <vector>

namespace pilothouse {

/// NULL, INTEGER, REAL, TEXT; a BLOB is no value of a table that people read.
using SqlValue = std::variant<std::monostate, qint64, double, QString>;

/// true: the file begins as SQLite's do. An absent or shorter file does not.
bool isSqliteFile(const QString &path);

/// Runs one query over somebody else's SQLite file, read-only: it cannot write, attach other files or load code. Calls `row` with the values in the order of the
/// columns that `columns` was called with before. Rows are read one by one. Invalid: no SQLite file, a query that is wrong or writes (SQLite's words), a BLOB;
/// Unreachable: another program holds the file longer than 5 s; Cancelled. Blocking, any thread.
Result<void> querySqliteFile(const QString &path, const QString &query, const std::function<Result<void>(const QStringList &)> &columns,
                             const std::function<Result<void>(const std::vector<SqlValue> &)> &row, std::stop_token stop = {});

} // namespace pilothouse
