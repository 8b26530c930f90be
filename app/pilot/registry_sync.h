// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

namespace pilothouse {

/// pilot registry sync: trainings that wait for the registry of another connection.
void addRegistrySync(CLI::App &app, VerbBody &body);

/// Starts `pilot registry sync --due` on its own if something is due, and does not wait for it. One at a time; what fails has its pause.
void startDueSync(const std::shared_ptr<fleet::Services> &services);

} // namespace pilothouse
