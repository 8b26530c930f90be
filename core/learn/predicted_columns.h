// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/data/table.h"

namespace pilothouse::learn {

/// What a model says of each row as columns, so that predictions can be compared as inputs are: "predicted PRICE", and of two classes "probability of yes". Rows that it cannot
/// score are missing there.
data::Table predictedColumns(const artifact::Signature &signature, const artifact::Predictions &predictions);

/// The same as a prediction log tells it: what was answered, of a forecast the first step of each target; no probabilities.
data::Table answeredColumns(const artifact::Signature &signature, const artifact::Predictions &predictions);

/// Scores the rows of a table and puts these columns behind its own; gives how many rows could not be scored. Invalid: a forecast (its rows are windows), an input that the table
/// does not have, a column that has such a name already.
Result<std::size_t> addPredictedColumns(const artifact::Scorer &scorer, data::Table &table);

} // namespace pilothouse::learn
