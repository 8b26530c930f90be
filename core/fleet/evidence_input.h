// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/model_place.h"
#include "core/promotion/evidence.h"

namespace pilothouse::fleet {

/// Promotions::evidenceInput() with the way to ask the champion at the endpoint that the workspace names for the model, which serves where its package is
/// none that can be scored here. Only `loadScorer` is left to be set.
Result<promotion::EvidenceInput> evidenceInput(const Services &services, const ModelPlace &place, int version, const QString &alias, std::stop_token stop = {});

} // namespace pilothouse::fleet
