// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/attribution.h"
#include "core/learn/load_scorer.h"

namespace pilothouse::learn {

/// The SHAP values that a model knows itself; nullptr for one that does not (networks, trees without covers), and where a column of the
/// model matrix cannot be led back to one input. A value of an input is the sum over its columns of the model matrix.
///   trees   TreeShap. Numbers and forests: on the scale of the prediction or probability (a forest of more than two classes: the class's
///           share before it is normalised); boosted classes: the margin, log-odds of two classes, score before softmax of more.
///   linear  coefficient · (value − mean over the background), as shap's LinearExplainer with an Independent masker; of classes the margin.
/// @param background  of the linear means, inputs coded by the signature; trees need none
Result<std::unique_ptr<explain::OwnShap>> ownShap(const LoadedModel &loaded, const artifact::Signature &signature, const artifact::Rows &background);

} // namespace pilothouse::learn
