// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/pipelines/gate.h"

#include <vector>

namespace pilothouse::pipelines {

/// Gates that are ours and not a system's: between two runs of other systems, and before the deploy stage of a run of this machine. core/promotion stands above this area, so they are handed in
/// (LocalPipelines::setOwnGates()). Their ids of runs are those of AllPipelines, their system is "local". Any thread.
class OwnGates {
public:
    virtual ~OwnGates() = default;
    virtual Result<std::vector<Gate>> gates(const QString &run) const = 0; ///< "" = all
    virtual Result<void> answer(const Gate &gate, const GateAnswer &answer) = 0;
    virtual Result<GateState> state(const Gate &gate) const = 0;
};

} // namespace pilothouse::pipelines
