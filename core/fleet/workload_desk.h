// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/rollouts/workload_operations.h"

namespace pilothouse::fleet {

/// With what the operations on a workload are built, by the workspace's connection (empty: its only cluster). `space`: namespace; empty: the connection's.
/// Errors: as Clusters and parseKubeRef(); Invalid for a kind that keeps no revisions.
Result<rollouts::WorkloadDesk> workloadDesk(const Services &services, const QString &connection, const QString &target, const QString &space);
/// For the undo of a recorded operation.
Result<rollouts::WorkloadDesk> workloadDesk(const Services &services, const operations::RecordedOperation &recorded);

} // namespace pilothouse::fleet
