// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/promotion/promotion_plan.h"

namespace pilothouse::promotion {

/// The steps of a promotion that move the stage which goes with its alias (workspace::stageMovedWith); `f.stage` is not empty.

/// The other versions in that stage, newest first.
Result<std::vector<int>> othersInStage(const registry::Registry &registry, const PromotionFacts &f);

/// The version into the stage, always with the archive flag: of two versions in Production one would be served by chance. Its undo puts both back.
/// @param again  going on after a kill: what is true already is left
operations::Step stageStep(const std::shared_ptr<registry::Registry> &registry, const PromotionFacts &f, bool again);

/// The version back to the stage it had, and those that were archived for it back into it; what somebody gave another stage meanwhile stays.
operations::Step stageBackStep(const std::shared_ptr<registry::Registry> &registry, const PromotionFacts &f);

} // namespace pilothouse::promotion
