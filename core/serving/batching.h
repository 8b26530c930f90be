// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"

namespace pilothouse::serving {

/// Which requests for a model with artifact::SharedPass are answered in one call.
struct BatchOptions {
    std::size_t rows = 32; ///< at most; 1: each alone
    int micros = 1000;     ///< how long the first one is held while others come; one that is alone is not held
    double tolerance = 0;  ///< how far an answer may lie from the one that a row gets alone, relative; 0: not a bit
};

/// How many rows this model takes in one call so that each is answered as it would be alone: tried when it is loaded, with made-up rows, one
/// size after the other up to `rows`. A matrix product rounds by its shape: of most networks in float32 few rows give the same bits, 32 the same to 1e-6.
/// 1: the model has no SharedPass, cannot answer such rows, or mixes them.
std::size_t rowsTogether(const artifact::Scorer &scorer, const BatchOptions &options);

/// Several requests' rows as one, and each one's part of the answer.
data::Rows joined(const std::vector<const data::Rows *> &parts);
artifact::Predictions part(const artifact::Predictions &all, std::size_t first, std::size_t count);

} // namespace pilothouse::serving
