// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/retrain_policy.h"
#include "core/workspace/section.h"

namespace pilothouse::workspace {

/// Reads `retrain:` of a model; what is wrong is reported at its place, so that a slip shows before the night.
/// @param executors  what `executor` may be  @param recipe  the model's, empty: none
RetrainPolicy readRetrainPolicy(Section section, const QStringList &executors, const QString &recipe);

} // namespace pilothouse::workspace
