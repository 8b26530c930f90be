// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/tree_ensemble.h"

#include <simdjson.h>

namespace pilothouse::learn {

/// The trees of XGBoost's JSON without what their sums mean; internal to the readers of such files.
struct TreeParts {
    std::vector<Tree> trees; ///< round by round
    std::size_t width = 0, rounds = 1;
    int groups = 1; ///< outputs: num_target or num_class
};

/// @param learner  the object "learner". Throws std::exception with the reason if indices lead outside or round in circles, lists differ in
/// length, or a split is by category.
TreeParts treePartsOf(const simdjson::dom::element &learner);

/// The trees of a booster of ours, from its UBJSON: the same as from its JSON at a tenth of the time, for it is not printed and read again.
/// @param width columns of its matrix. Throws std::exception as above.
std::vector<Tree> treesOfUbjson(const QByteArray &ubjson, std::size_t width);

/// XGBoost writes whole numbers of its parameters as texts. Throws if it is none.
int textNumber(const simdjson::dom::element &value);

} // namespace pilothouse::learn
