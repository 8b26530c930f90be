// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/pod_shell.h"
#include "core/operations/operation.h"

namespace pilothouse::rollouts {

/// A shell in a pod from its opening to its end, as one operation of the kind pod-exec: the journal has who opened it, where, how long it was open and how it ended, never
/// what was typed or shown. It cannot be undone. `end` takes how it ended.
operations::Operation shellOperation(std::shared_ptr<const cluster::KubeApi> api, std::shared_ptr<cluster::PodShell> shell, std::shared_ptr<cluster::PodShell::End> end, std::stop_token token);

} // namespace pilothouse::rollouts
