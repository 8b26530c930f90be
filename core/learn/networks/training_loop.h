// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"
#include "core/learn/networks/network.h"
#include "core/learn/networks/scaling.h"
#include "core/learn/networks/training_state.h"

namespace pilothouse::learn {

struct LoopOptions {
    qint64 epochs = 200, batch = 256;
    qint64 patience = 20; ///< epochs without a better validation loss before it stops; 0: all epochs, last weights
    double rate = 1e-3, weightDecay = 0; ///< Adam (β 0.9, 0.999, ε 1e-8); decay is added to the gradient (L2)
    bool classification = false;         ///< cross-entropy over the outputs as logits; else mean squared error
    std::vector<float> classWeights = {}; ///< Classification: [outputs], how often a row of a class counts; empty: once
    QByteArray fingerprint;              ///< see TrainingState
};

/// Adam on mini-batches, in one thread where batches are small (two are slower there) and up to context.threads where they
/// are not, with the same weights either way, until the epochs are done or the validation loss has not improved for `patience` epochs.
/// Emits "loss" for series train and validation each epoch (weighted means where there are class weights: torch.nn.CrossEntropyLoss(weight)); asks
/// for checkpoints in each batch, once its loss has shown that the state is sound. Gives the final state, with `parameters` the weights to use.
/// With context.workers each process computes a part of every batch and all end with the same weights (gradients are summed); a worker that is gone is Unreachable.
/// Cancelled after a checkpoint on a stop request. Invalid, with epoch and batch, as soon as loss, weights or moments are infinite or NaN:
/// what stood before the last step, the last state with a finite loss, is then the checkpoint.
Result<TrainingState> runTraining(const Network &network, const Samples &train, const Samples &validation, const LoopOptions &options,
                                  FitContext &context);

/// Sum over rows of the loss (mean over outputs of the squared error, or cross-entropy, times the weight of the row's class); dOut (may be
/// null) gets its gradient times `weight`.
/// @param classWeights  LoopOptions::classWeights; null: 1 each
double lossOf(const float *out, const float *y, std::size_t rows, std::size_t outputs, bool classification, const float *classWeights, float weight, float *dOut);

} // namespace pilothouse::learn
