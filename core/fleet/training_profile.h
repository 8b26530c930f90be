// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/drift/drift.h"
#include "core/fleet/services.h"

namespace pilothouse::fleet {

/// The folder of a version's package on this machine. NotFound: it is not here (a look at the fleet fetches none).
Result<QString> packageHere(const Services &services, const workspace::Model &model, int version);

/// What a version was trained on, column by column, and behind that what it predicts of its test rows ("predicted PRICE"; older packages do not tell), from its package on this
/// machine. NotFound: the package is not here, or has no profile.
Result<drift::Profile> trainingProfile(const Services &services, const workspace::Model &model, int version);

} // namespace pilothouse::fleet
