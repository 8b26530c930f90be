// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"

namespace pilothouse::learn {

/// Verifies a package (artifact::openPackage) and makes its scorer: pre-processing and weights of any flavour. Loads
/// LibTorch only for TorchScript; XGBoost for none. Invalid with the file named if anything is wrong with the package.
Result<artifact::ScorerPtr> loadScorer(const QString &packageFolder);

} // namespace pilothouse::learn
