// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/samples.h"

namespace pilothouse::learn {

/// What other rows tell of an input's missing value (impute: time), for judging and scoring. What trains is filled once more when the transforms
/// are fitted, by the rows that train together alone (TrainingPart).

/// The rows of a file by each other.
Result<void> fillRows(const data::Table &table, const workspace::Recipe &recipe, Samples &samples);

/// Rows that test are filled by all rows of the file, as they are when the model is used on it. Rows that train are filled by rows that train,
/// so that nothing of the test rows goes into what folds say.
Result<void> fillSides(const data::Table &table, const workspace::Recipe &recipe, Samples &samples);

} // namespace pilothouse::learn
