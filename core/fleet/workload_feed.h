// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/cluster/kube_feed.h"
#include "core/cluster/kube_watches.h"
#include "core/fleet/services.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

namespace pilothouse::fleet {

/// One workload of one cluster, as it is named between panels, actions and the session: "lab|deployment|ml|web".
struct WorkloadId {
    QString connection;
    cluster::KubeRef ref;
    QString text() const;
    bool isValid() const { return !ref.name.isEmpty(); }
    bool operator==(const WorkloadId &) const = default;
};
/// Nothing for a text that names none.
std::optional<WorkloadId> parseWorkloadId(const QString &text);

/// How a cluster is seen now.
struct ClusterSight {
    QString connection;
    bool opened = false;   ///< its kubeconfig and credential are there; else `problem` says what is not
    bool complete = false; ///< all kinds that it has were listed once
    QDateTime heard;       ///< when it last said anything; invalid: never
    QDateTime staleSince;  ///< invalid while what is shown is as it is
    std::optional<Error> problem;
    bool operator==(const ClusterSight &other) const;
};

/// The workloads of all clusters of a workspace, live: its connections of kind kubernetes are opened on the waiting pool, then watched (Deployments, StatefulSets, DaemonSets and, where
/// the cluster has them, Argo Rollouts and InferenceServices) in all namespaces, or in the connection's where no more may be listed. What cannot be opened is tried again, later and later.
/// Paused it holds no connection and keeps what it has. GUI thread; never waits.
class WorkloadFeed : public QObject {
    Q_OBJECT
public:
    WorkloadFeed(std::shared_ptr<Services> services, Pools &pools, QObject *parent = nullptr);
    ~WorkloadFeed() override;
    void setActive(bool active);          ///< somebody looks; the first time opens the clusters
    void retryNow(const QString &connection);
    QStringList connections() const;      ///< by name
    ClusterSight sight(const QString &connection) const;
    cluster::KubeRowPtr row(const WorkloadId &id) const; ///< null: not there, or not yet
    std::shared_ptr<cluster::KubeApi> api(const QString &connection) const; ///< null: not opened
    /// To watch more of a cluster by the same connections; null: not opened.
    std::shared_ptr<cluster::KubeWatches> watches(const QString &connection) const;
    static std::vector<cluster::KubeKind> kinds();

Q_SIGNALS:
    /// Never `whole`; as KubeFeed::changed().
    void changed(const QString &connection, const pilothouse::cluster::KubeKind &kind, const pilothouse::cluster::KubeChanges &changes);
    void sightChanged(const QString &connection);
    void opened(const QString &connection); ///< api() and watches() are there

private:
    struct Opened { ///< what a pool thread brings
        std::shared_ptr<cluster::KubeApi> api;
        QString space;
    };
    struct Place;
    Place *place(const QString &connection) const;
    void open(Place &place);
    void watch(Place &place, const Opened &opened);
    void look(Place &place);
    std::shared_ptr<Services> m_services;
    Pools &m_pools;
    std::vector<std::unique_ptr<Place>> m_places;
    bool m_active = false;
};

} // namespace pilothouse::fleet
