// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/drift/drift.h"
#include "core/fleet/services.h"

namespace pilothouse::fleet {

/// What a version was trained on, column by column, from its package on this machine. NotFound: the package is not here (a look at the
/// fleet fetches none), or has no profile.
Result<drift::Profile> trainingProfile(const Services &services, const workspace::Model &model, int version);

} // namespace pilothouse::fleet
