// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/retrain/observe.h"

namespace pilothouse::retrain {

/// Reads the newest rows from the prediction log of local serving, <root>/<deployment.target>/serving.db, without the server:
/// it may be down. A model without a local deployment, or whose endpoint was never started, gives nullopt.
LiveReader localLiveReader(const QString &root);

} // namespace pilothouse::retrain
