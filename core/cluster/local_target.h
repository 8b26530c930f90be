// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/rollout_target.h"
#include "core/net/http.h"
#include "core/workspace/workspace.h"

#include <functional>
#include <memory>

namespace pilothouse::cluster {

struct LocalTargetOptions {
    QString root;           ///< of the local connection
    workspace::Model model; ///< its deployment names the target
    QString workspaceFile;  ///< handed to the server that is started
    std::shared_ptr<net::HttpClient> http;
    QString program;        ///< `pilot`; empty: pilotProgram()
    int startLimitSeconds = 30; ///< a server that does not answer by then has failed to start
};

/// The rollout target of local serving: `pilot serve`, spoken to through its admin routes on the loopback interface. It goes on
/// when this program ends and is found again by its folder. A write starts it if it is down; a read does not: status() of a
/// stopped server is Unreachable with the last state it stored.
Result<std::shared_ptr<RolloutTarget>> localTarget(LocalTargetOptions options);

/// Starts the server of a model's target if it is down; it goes on with the state it had.
Result<void> startLocalServer(LocalTargetOptions options);
/// Stops the server of a model's target, politely; true if one ran. Its state stays: the next start goes on with it.
Result<bool> stopLocalServer(const LocalTargetOptions &options);

/// One admin route of the model's server, for what is no rollout: shadow and A/B test. A write starts the server if it is down; a
/// read of a stopped one is NotFound. Raw: writes come through core/operations.
Result<QJsonObject> callLocalServer(const LocalTargetOptions &options, const char *method, const QString &path, const QJsonObject &body = {});

/// JSON of GET /admin/rollout as a status. Invalid if it is not one.
Result<RolloutStatus> rolloutStatusFromJson(const QJsonObject &object, const QString &where);
/// For --json: the documented form of a status, and of a revision.
QJsonObject toJson(const RolloutStatus &status);
QJsonObject toJson(const Revision &revision);

} // namespace pilothouse::cluster
