// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

#include "core/cluster/local_target.h"
#include "core/fleet/services.h"

namespace pilothouse {

/// What every sub-verb of `pilot rollouts` was given.
struct RolloutOptions {
    std::string model, reason;
    int to = 0, version = 0, seconds = 0;
    double share = 0.5;
    bool full = false, plan = false, off = false;
};

/// A model of the workspace with its target.
struct RolloutDesk {
    std::shared_ptr<fleet::Services> services;
    workspace::Model model;
    std::shared_ptr<cluster::RolloutTarget> target;
    cluster::LocalTargetOptions local;
    bool inCluster = false; ///< a cluster serves it: there is no process of this machine to start, stop or ask
    Result<void> onlyLocal(const QString &what) const; ///< Refused in a cluster
};
Result<RolloutDesk> rolloutDesk(Context &context, const std::string &model);

/// One write on the target as an operation: role, guard, journal. With `plan` it is only shown.
struct RolloutWrite {
    QString kind, verb, effect, undo, command;
    std::function<Result<void>()> execute, takeBack;
    std::function<Result<QJsonObject>()> readBack; ///< empty: the target's status
    std::function<Result<void>()> answer;          ///< empty: the target's status
    workspace::Role needs = workspace::Role::Operator;
};
Result<void> runRolloutWrite(Context &context, const RolloutOptions &options, const RolloutDesk &desk, const RolloutWrite &write);
Result<void> tellRolloutStatus(Context &context, const RolloutDesk &desk);
QString rolloutText(const cluster::RolloutStatus &status);

/// pilot rollouts shadow MODEL [--version N | --off]             {"agreement":[…]}
Result<void> rolloutShadow(Context &context, const RolloutOptions &options);
/// pilot rollouts ab MODEL [--version N --seconds S --share P | --off]  {"running","a","b","comparison",…}
Result<void> rolloutAb(Context &context, const RolloutOptions &options);

} // namespace pilothouse
