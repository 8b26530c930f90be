// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/workers.h"

namespace pilothouse::learn {

/// Workers by c10d::ProcessGroupGloo, met at a c10d::TCPStore that rank 0 keeps at the place's port. Gloo listens on the address by which this
/// machine reaches rank 0.
Result<std::shared_ptr<Workers>> joinGlooWorkers(const WorkerPlace &place, int seconds);

} // namespace pilothouse::learn
