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
    QStringList notes;     ///< what was left out and why, and what training never saw
    std::vector<UnknownCategories> unknown = {}; ///< the same of each input with categories
};

/// Predicts every row of a file that the model can score; predictions are bit for bit those of scoring all rows at once. Each row by itself is
/// read, scored and handed on block by block, in memory that does not grow with the file. So are rows that need others (windows of
/// forecasts, steps, columns of the past that the file does not bring, missing values read off their neighbours) where times never fall within their
/// series (ScoringNeeds::rising), which a first reading of the file tells; memory then holds what they reach back. Of other files the table and
/// its windows must fit, which is refused before memory runs out.
/// Problems are looked for in the columns that the model takes. Invalid: an input that the file does not have, what scoringRows() says. Conflict: a
/// fetched copy changed, which its end tells: what was handed on is then to be thrown away.
Result<ScoredFile> scoreFile(const artifact::Package &package, const artifact::Scorer &scorer, const DataFile &dataFile, const TakeScored &take, std::stop_token stop = {},
                             const ScoringProgress &progress = {});

} // namespace pilothouse::learn
