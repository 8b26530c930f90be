// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/table_size.h"
#include "core/learn/estimator.h"

#include <memory>
#include <vector>

namespace pilothouse::learn {

/// What a training takes of memory at its peak, at least, as the beginning of its file tells. Training is in memory: the table, the samples
/// made of it, the matrix that the transforms make of the samples (twice: as it is kept and as it is learned from), and what the
/// estimator takes beside. Categories count with the different texts of the beginning; rows after `where`, and those that are
/// resampled, cannot be told beforehand: then the table alone counts.
struct TrainingNeed {
    data::TableSize table;
    qint64 rows = 0;    ///< that are learned from, about
    qint64 columns = 0; ///< of the matrix
    QString estimator;  ///< the one that needs most
    qint64 bytes = 0;
};

/// @param threads  that the training will use
Result<TrainingNeed> trainingNeed(const workspace::Recipe &recipe, const std::vector<std::unique_ptr<Estimator>> &estimators, int threads);

/// Refused before anything is read if that is more than is left, with what would need less. A file that cannot be read is not told of
/// here: reading it will.
Result<void> requireTraining(const workspace::Recipe &recipe, const std::vector<std::unique_ptr<Estimator>> &estimators, int threads);

} // namespace pilothouse::learn
