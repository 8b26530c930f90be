// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/workspace/recipe.h"

#include <optional>
#include <vector>

namespace pilothouse {

/// One label as a file tells it.
struct LabelLine {
    QString id;    ///< empty: none
    QString name;  ///< of a class
    double value = 0; ///< of a number; NaN: none
    std::optional<qint64> cameMs;
    bool missing(bool classes) const { return id.isEmpty() || (classes ? name.isEmpty() : value != value); }
};

/// Of a CSV file, or of an SQLite file (known by its first bytes) by a query over it; wherever it lies (a path, http(s)://, s3://, dvc:). Columns prediction_id and
/// value (or label), and `time`: ISO, in SQLite also seconds or (above 100,000,000,000) milliseconds since 1970.
/// @param query  of an SQLite file; empty: SELECT * FROM labels
/// Invalid: a column that is absent or of another kind, with the row; a query that SQLite refuses; a query for a file that is none.
Result<std::vector<LabelLine>> readLabelLines(Context &context, const std::string &source, const std::string &query, bool classes);
/// The same of data that is here: a plain file, or one that was fetched.
Result<std::vector<LabelLine>> labelLinesOf(const workspace::DataSpec &spec, const QString &query, bool classes, std::stop_token stop);

} // namespace pilothouse
