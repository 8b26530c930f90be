// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/estimator_entry.h"
#include "core/learn/torch_loader.h"

namespace pilothouse::learn {

namespace {

Result<std::unique_ptr<Estimator>> makeNetwork(const workspace::EstimatorSpec &spec, workspace::TaskKind task) {
    PH_ASSIGN(TorchModule *const module, torchModule());
    return module->makeEstimator(spec, task);
}

} // namespace

PILOTHOUSE_ESTIMATOR(gru, windows, torch, makeNetwork)
PILOTHOUSE_ESTIMATOR(lstm, windows, torch, makeNetwork)
PILOTHOUSE_ESTIMATOR(mlp, numbers | classes | windows, torch, makeNetwork)

} // namespace pilothouse::learn
