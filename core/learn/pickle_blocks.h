// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/python_scorer.h"
#include "core/learn/scoring_blocks.h"

#include <functional>

namespace pilothouse::learn {

/// Takes what pickled models say of some rows, in the order of the file. An error ends the scoring.
/// @param first  number of the first of them in the file, 0-based
using TakeAnswers = std::function<Result<void>(const PickleAnswers &answers, std::size_t first)>;

struct ScoredPickles {
    std::size_t rows = 0;
    QStringList columns; ///< in the order in which the models took them
    QStringList notes;   ///< what was left out and why; warnings of Python
};

/// Scores every row of a CSV file in blocks, so that neither this memory nor the child's grows with it; the answers are those of the whole
/// table. Python gets what stands in the file: a column of times as texts. Where a column is no number the file is read once more, because
/// what its texts mean (pandas takes a column of True and False alone for truth values) is a matter of all of them.
/// Invalid: pickleColumns(), readCsv()'s errors, what the model raises, a file without a row. Conflict: a fetched copy changed,
/// which its end tells: what was handed on is then to be thrown away.
Result<ScoredPickles> scoreByPickles(PythonScorer &scorer, const DataFile &dataFile, const QStringList &asked, const TakeAnswers &take, std::stop_token stop = {},
                                     const ScoringProgress &progress = {});

} // namespace pilothouse::learn
