// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/data/table.h"

#include <QStringList>

#include <vector>

namespace pilothouse::learn {

struct ImportCheck {
    qint64 compared = 0; ///< rows that have an expected value
    double worst = 0;    ///< difference in parts of the scale (importTolerance)
};

/// Our predictions against those made elsewhere, columns of the table (ImportOptions::expected); tableRows: where each predicted row stands in it.
/// Invalid: a column is missing, of the wrong type, or they are not as many as the outputs or classes. Refused: a difference above
/// importTolerance or another class, with the worst row.
Result<ImportCheck> checkImport(const artifact::Predictions &ours, const artifact::Signature &signature, const data::Table &table, const std::vector<std::size_t> &tableRows,
                                const QStringList &expected);

} // namespace pilothouse::learn
