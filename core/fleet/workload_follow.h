// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/cluster/kube_feed.h"
#include "core/cluster/kube_watches.h"
#include "core/cluster/pod_reason.h"
#include "core/cluster/rollout_status.h"
#include "core/cluster/workload.h"
#include "core/cluster/workload_load.h"
#include "core/fleet/workload_feed.h"

#include <QElapsedTimer>

namespace pilothouse::fleet {

/// What is read of a workload as a whole: rows have not enough for a verdict, a diff, an autoscaler's sentence.
struct WorkloadReading {
    QJsonObject object;
    QString labels; ///< selector of its pods; empty: it has none
    std::optional<cluster::Workload> workload; ///< with its revisions; of kinds that keep some
    std::optional<cluster::RolloutVerdict> verdict;
    std::optional<cluster::HpaLoad> autoscaler;
    QDateTime read;
};

/// A pod with why it is as it is.
struct PodSight {
    cluster::KubeRowPtr row;
    cluster::KubeReason reason;
    QString hash;     ///< of its template: which revision it is of
    qint64 revision = 0; ///< 0: not known
    qint64 cpu = -1, memory = -1; ///< thousandths of a core, bytes; −1: not measured
};

/// The workload that somebody looks at: itself, its pods and revisions, its autoscaler, the events about all of them, the use of its pods. Pods are watched by its selector, events and
/// autoscalers in its namespace; it is read as a whole when a watch says that it changed, at most once a second. GUI thread; reads on the waiting pool.
class WorkloadFollow : public QObject {
    Q_OBJECT
public:
    WorkloadFollow(std::shared_ptr<Services> services, Pools &pools, QObject *parent = nullptr);
    ~WorkloadFollow() override;
    void follow(const WorkloadId &id, std::shared_ptr<cluster::KubeApi> api, std::shared_ptr<cluster::KubeWatches> watches);
    void clear();
    void setActive(bool active); ///< somebody looks
    void touched();              ///< the row of the workload changed: read it again soon

    const WorkloadId &id() const { return m_id; }
    const std::shared_ptr<cluster::KubeApi> &api() const { return m_api; }
    const std::optional<WorkloadReading> &reading() const { return m_reading; }
    const std::optional<Error> &problem() const { return m_problem; } ///< why it could not be read the last time
    bool podsComplete() const { return m_pods && m_pods->status().complete; }
    std::vector<PodSight> pods() const;                  ///< newest revision first, then by name
    std::vector<cluster::KubeRowPtr> events() const;     ///< of it, its replica sets and pods; newest first
    QStringList oomKilled() const;                       ///< "web-7d9f-abcde, container api"
    const QString &usageMissing() const { return m_usageMissing; } ///< why nothing is measured
    /// Why a button is closed: the missing verb. Empty: allowed, or not known yet.
    QString refusal(const QString &verb, const QString &subresource = {}) const;

Q_SIGNALS:
    void readingChanged();
    void podsChanged();   ///< pods or their use
    void eventsChanged();
    void rightsChanged();

private:
    void read();
    void readUsage();
    void askRights();
    void watchPods(const QString &labels);
    void tellEvents();
    std::shared_ptr<Services> m_services;
    Pools &m_pools;
    WorkloadId m_id;
    std::shared_ptr<cluster::KubeApi> m_api;
    std::shared_ptr<cluster::KubeWatches> m_watches;
    std::unique_ptr<cluster::KubeFeed> m_pods, m_events, m_autoscalers;
    QString m_labels;
    std::optional<WorkloadReading> m_reading;
    std::optional<Error> m_problem;
    Task<WorkloadReading> m_task;
    Task<std::vector<cluster::UsageFigures>> m_usageTask;
    Task<QHash<QString, QString>> m_rightsTask;
    QHash<QString, cluster::UsageFigures> m_usage; ///< by pod
    QHash<QString, QString> m_refusals;            ///< by "verb subresource"
    QString m_usageMissing;
    QTimer m_soon, m_slow, m_usageTimer, m_eventsSoon;
    QElapsedTimer m_readAt;
    int m_number = 0; ///< of what is followed: answers for another are old
    bool m_active = true, m_again = false;
};

} // namespace pilothouse::fleet
