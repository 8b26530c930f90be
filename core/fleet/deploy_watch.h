// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/local_pipelines.h"
#include "core/promotion/promotion.h"

#include <memory>

namespace pilothouse::fleet {

/// What became of a promotion, as the paused deploy stage that asked for it shows it: waits, carried out, passed with who
/// approved and what they said, or failed with why.
pipelines::DeployWatcher deployWatcher(std::shared_ptr<promotion::Promotions> promotions);

} // namespace pilothouse::fleet
