// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"

#include <QJsonObject>

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::rollouts {

/// One index of an indexed Job, as the Job and its pods say.
struct ShardState {
    enum class Phase { Waiting, Running, Succeeded, Failed } phase = Phase::Waiting;
    QString pod;    ///< the newest one; of one that succeeded, that which did; empty: none (any more)
    QString why;    ///< of one that failed: "ended with exit code 1", or the error that pilot told
    int attempts = 0; ///< pods that there are of it
};
/// All of `shards`, by index. Failed only for good: while a pod is made anew, it runs or waits.
std::vector<ShardState> shardStates(const QJsonObject &job, const std::vector<QJsonObject> &pods, int shards);
/// "2 of 8 shards are done, 3 run, 1 failed."
QString shardSentence(const std::vector<ShardState> &states);

/// What a shard handed back: the answer of `pilot … --events` in its pod's log, or why there is none.
struct ShardEnd {
    std::optional<QJsonObject> result;
    QString why;
};
struct ShardListener {
    std::function<void(const QString &)> state = [](const QString &) {};                   ///< the sentence, when it changes
    std::function<Result<void>(int, const QJsonObject &)> result = [](int, const QJsonObject &) -> Result<void> { return {}; }; ///< of each shard once, as soon as its pod has ended: an error ends the following
};

/// Follows an indexed Job to its end. What a shard answers is read once its pod has ended: the result event whose "index" is its own. Blocking; a stop request ends the
/// following, not the Job (Cancelled). Errors: NotFound (deleted meanwhile), Denied; a server that is away is tried again for five minutes.
Result<std::vector<ShardEnd>> followShards(const cluster::KubeApi &api, const cluster::KubeRef &ref, const QString &run, int shards, const ShardListener &listener, std::stop_token stop);

} // namespace pilothouse::rollouts
