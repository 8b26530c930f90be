// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/events.h"
#include "core/cluster/kube_api.h"
#include "core/cluster/training_job.h"

#include <functional>
#include <stop_token>

namespace pilothouse::rollouts {

/// Whom following a training tells. Called from the thread that follows.
struct TrainingListener {
    std::function<void(const cluster::TrainingState &)> state = [](const cluster::TrainingState &) {}; ///< when its sentence changes
    std::function<void(const Event &)> event = [](const Event &) {};     ///< pilot's event stream out of the log of rank 0, each once
    std::function<void(const QString &)> line = [](const QString &) {};  ///< another line of that log
};

/// Follows a training to its end: its state every other second, and its log as it is written, taken up again after a cut. Blocking; a stop request ends the
/// following, not the training (Cancelled). Gives the last state; of one that ended well without pilot's `result` event, that is all there is.
/// Errors: NotFound (deleted meanwhile), Denied; a server that is away is tried again for five minutes.
Result<cluster::TrainingState> followTraining(const cluster::KubeApi &api, const cluster::KubeRef &ref, const QString &run, const TrainingListener &listener, std::stop_token stop);

} // namespace pilothouse::rollouts
