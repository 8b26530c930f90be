// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

namespace pilothouse {

/// The sub-verb of `pilot registry` that lists and tests an MLflow server's webhooks.
void addRegistryWebhooks(CLI::App &registry, VerbBody &body);

} // namespace pilothouse
