// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>

#include <vector>

namespace pilothouse::learn {

/// How far a training run has come.
struct TrainingCounts {
    qint64 epoch = 0;     ///< epochs completed
    qint64 batch = 0;     ///< batches done in the epoch that follows
    double epochLoss = 0; ///< sum over these batches' rows
    qint64 step = 0;      ///< optimiser steps
    double bestLoss = 0, trainLoss = 0, validationLoss = 0;
    qint64 bestEpoch = 0; ///< 0: none yet
};

/// Everything a training run has become after a number of batches. The order of an epoch's rows comes from seed and epoch
/// number, so no generator has to be kept, and a run may stop between any two batches.
struct TrainingState : TrainingCounts {
    std::vector<float> parameters, mean, variance; ///< Adam's moments
    std::vector<float> best;                       ///< parameters of the best validation loss so far

    /// `fingerprint` names all that the outcome depends on: parameters, data shape, seed, kernels.
    QByteArray toBytes(const QByteArray &fingerprint) const;
    /// Invalid if the bytes are cut or altered, or belong to another run; the hint says what to do.
    static Result<TrainingState> fromBytes(const QByteArray &bytes, const QByteArray &fingerprint, std::size_t parameterCount);
};

} // namespace pilothouse::learn
