// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/transforms.h"
#include "core/learn/tree_ensemble.h"

namespace pilothouse::learn {

/// The trees for rows that are not pre-processed, [inputs] in the order of the signature: a value that is imputed goes in every split where
/// its stand-in would go. Invalid, with the input named, where trees cannot say it: a category, a rescaled input.
Result<TreeEnsemble> plainTrees(const TreeEnsemble &trees, const data::FittedTransforms &transforms);

/// XGBoost's JSON as its UBJSON, which XGBoost 1.6 and later load. Written here and not by the library, so that the bytes do not depend on the
/// version installed: 3.x writes base_score in a form that 1.7 misreads without a word.
Result<QByteArray> jsonToUbjson(const QByteArray &json);

} // namespace pilothouse::learn
