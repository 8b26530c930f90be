// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/labelled_rows.h"
#include "core/artifact/package.h"

#include <optional>

namespace pilothouse::promotion {

/// The candidate's test rows as each model takes them, in the same order, without those the champion was trained on.
struct ComparedRows {
    artifact::LabelledRows candidate, champion; ///< champion: empty without one
    std::size_t excluded = 0;                   ///< rows left out because the champion was trained on them
    std::size_t notForChampion = 0;             ///< rows left out because the champion cannot take them
    bool championHasRowHashes = true;
    QString rowsFrom;                           ///< see Evidence::rowsFrom
    std::vector<std::int64_t> times;            ///< forecast read from its source: when each was made, ms UTC; else empty
    std::vector<double> trainTargets;           ///< of the candidate, [n × outputs]; empty if the source was not read again
    QString incomparable;                       ///< why the champion cannot take any of these rows; empty if it can
};

/// Reads the candidate's data source again if it is there with the SHA-256 it was trained with, and splits it the same way;
/// else takes the package's sample rows and says why. Invalid if neither is to be had.
Result<ComparedRows> comparedRows(const artifact::Package &candidate, const std::optional<artifact::Package> &champion);

/// What a model that learned nothing would answer: the mean of the training rows, their most frequent class (with their shares
/// as probabilities), or of a forecast persistence, the seasonal naive or (with trainTargets) the mean, whichever has the smallest absolute error (of several targets the largest r2) on these rows. Needs trainTargets, or (mean, majority) the training profile.
struct NaiveAnswer {
    QString name; ///< mean | majority | persistence | seasonal
    metrics::Scored scored;
};
Result<NaiveAnswer> naiveAnswer(const artifact::Package &candidate, const ComparedRows &rows);

} // namespace pilothouse::promotion
