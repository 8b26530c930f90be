// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/samples.h"

#include <functional>

namespace pilothouse::learn {

/// Takes some rows of a file and what the model says of them, in the order of the file. An error ends the scoring.
using TakeScored = std::function<Result<void>(const ScoringRows &rows, const artifact::Predictions &predictions)>;

/// Rows scored so far, and bytes read of all that will be; between blocks.
using ScoringProgress = std::function<void(qint64 rows, qint64 bytes, qint64 ofBytes)>;

struct ScoredFile {
    std::size_t rows = 0;  ///< that were scored
    bool streamed = false; ///< false: the whole file was in memory
    QStringList notes;     ///< what was left out and why
};

/// true: each row is scored by itself, so that a file is read block by block. false: forecasts, whose windows need other rows, and recipes
/// with steps that make columns of the past (lag, rolling, calendar), unless the file brings these columns with it.
/// @param columns  of the file
Result<bool> streams(const workspace::Recipe &recipe, const QStringList &columns);

/// Predicts every row of a file that the model can score, in blocks; predictions are bit for bit those of scoring all rows at once.
/// Memory does not grow with a file that streams(); of others the table and its windows must fit, which is refused before memory runs out.
/// Problems are looked for in the columns that the model takes. Invalid: an input that the file does not have, what scoringRows() says.
Result<ScoredFile> scoreFile(const artifact::Package &package, const artifact::Scorer &scorer, const QString &dataFile, const TakeScored &take, std::stop_token stop = {},
                             const ScoringProgress &progress = {});

} // namespace pilothouse::learn
