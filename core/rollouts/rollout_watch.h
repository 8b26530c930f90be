// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/pod_state.h"
#include "core/cluster/rollout_status.h"
#include "core/cluster/workload.h"

#include <QHash>
#include <QSet>

#include <functional>
#include <stop_token>
#include <vector>

namespace pilothouse::rollouts {

/// One thing that happened in a rollout.
struct RolloutNews {
    enum class Kind {
        Progress, ///< kubectl's sentence
        Pod,      ///< a pod is in another state
        Trouble,  ///< why a pod does not start, or none can be made
        Event,    ///< an event of the workload, its revision or its pods
    } kind = Kind::Progress;
    QDateTime time;
    QString object; ///< "deployment/web", "pod/web-7d9f-abcde"
    QString text;
    QJsonObject toJson() const; ///< {"kind","time","object","text"}
};

/// How a rollout stands, as it was seen last.
struct RolloutSight {
    cluster::RolloutVerdict verdict;
    cluster::Workload workload;
    std::vector<cluster::PodState> pods; ///< by name
    QStringList troubles; ///< what keeps it from going on, now
};

/// Turns what is read of a rollout into news, each told once. Pure: a window feeds it from its tables, watchRollout() from its reads.
class RolloutFollower {
public:
    /// @param since events of before are not told
    explicit RolloutFollower(QDateTime since) : m_since(std::move(since)) {}
    std::vector<RolloutNews> take(const cluster::Workload &workload, const std::vector<QJsonObject> &pods, const std::vector<QJsonObject> &events, const QDateTime &now);
    const RolloutSight &sight() const { return m_sight; }

private:
    void takePods(const std::vector<QJsonObject> &pods, const QDateTime &now, std::vector<RolloutNews> &news);
    void takeEvents(const std::vector<QJsonObject> &events, std::vector<RolloutNews> &news);
    QDateTime m_since;
    RolloutSight m_sight;
    QString m_told;
    QHash<QString, QString> m_pods; ///< state by name
    QSet<QString> m_troubles, m_events;
};

struct RolloutWatchOptions {
    int timeoutSeconds = 0; ///< 0: as long as it takes; a Deployment has its own progressDeadlineSeconds
    QDateTime since;        ///< events from here on; invalid: from now on
    QString digest;         ///< the template that is watched (cluster::templateDigest()); another one ends the watch as a Conflict. Empty: whichever
};
/// Called on the thread that watches, with what is new and how it stands.
using RolloutSink = std::function<void(const std::vector<RolloutNews> &, const RolloutSight &)>;

/// Watches a rollout to its end: blocking, on a pool thread. Gives how it ended: verdict.done, or verdict.failed with its troubles. While the API server is away it
/// goes on trying. Errors: TimedOut with the last sentence and the troubles, Cancelled, NotFound (deleted), Conflict (another change came), Denied.
Result<RolloutSight> watchRollout(const cluster::KubeApi &api, const cluster::KubeRef &ref, const RolloutWatchOptions &options, const RolloutSink &sink, std::stop_token stop);

} // namespace pilothouse::rollouts
