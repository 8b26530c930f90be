// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/cluster/argo_analysis.h"
#include "core/cluster/argo_rollout.h"
#include "core/cluster/kserve.h"
#include "core/cluster/kube_feed.h"
#include "core/cluster/kube_watches.h"
#include "core/fleet/services.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

namespace pilothouse::fleet {

/// An Argo Rollout or an InferenceService as a whole, as it was read last.
struct CanaryReading {
    QJsonObject object;
    std::optional<cluster::ArgoStatus> argo;       ///< of a Rollout
    std::vector<cluster::ArgoAnalysis> analyses;   ///< of it, newest revision first
    QString analysesMissing;                       ///< why they could not be read; empty: they were
    std::optional<cluster::KserveStatus> kserve;   ///< of an InferenceService
    QString stableUri;                             ///< what its stable revision serves; empty: not known
    QString model;                                 ///< of the workspace, whose deployment it is; empty: of none
    QJsonObject look;                              ///< what the judge said last of that model's canary (lastLook()); empty: nothing yet
    QDateTime read;
};

/// Follows the canary that somebody looks at by watches: itself, and of a Rollout its ReplicaSets and AnalysisRuns. It is read as a whole when a watch says that it
/// changed, at most every 300 ms. Paused it holds no connection. GUI thread; reads on the waiting pool.
class CanaryFollow : public QObject {
    Q_OBJECT
public:
    CanaryFollow(std::shared_ptr<Services> services, Pools &pools, QObject *parent = nullptr);
    ~CanaryFollow() override;
    /// @param watches  to share streams with others who look at this cluster; null: its own
    void follow(const QString &connection, std::shared_ptr<cluster::KubeApi> api, const cluster::KubeRef &ref, std::shared_ptr<cluster::KubeWatches> watches = {});
    void clear();
    void setActive(bool active); ///< somebody looks
    void readNow();

    const QString &connection() const { return m_connection; }
    const cluster::KubeRef &ref() const { return m_ref; }
    const std::optional<CanaryReading> &reading() const { return m_reading; }
    const std::optional<Error> &problem() const { return m_problem; } ///< why the last read failed, or the watch is not live
    /// Why a write is closed: the missing verb. `subresource`: "status" or empty; `kind` empty: of the object itself. Empty: allowed, or not known yet.
    QString refusal(const QString &subresource, const cluster::KubeKind &kind = {}) const;
    bool live() const; ///< all its watches hear the cluster

Q_SIGNALS:
    void changed(); ///< reading, problem or rights

private:
    void begin();
    void watch(const cluster::KubeKind &kind, const QString &field);
    void soon();
    void askRights();
    std::shared_ptr<Services> m_services;
    Pools &m_pools;
    QString m_connection;
    cluster::KubeRef m_ref;
    std::shared_ptr<cluster::KubeApi> m_api;
    std::shared_ptr<cluster::KubeWatches> m_watches;
    std::vector<std::unique_ptr<cluster::KubeFeed>> m_feeds;
    std::optional<CanaryReading> m_reading;
    std::optional<Error> m_problem;
    Task<CanaryReading> m_task;
    Task<QHash<QString, QString>> m_rightsTask;
    QHash<QString, QString> m_refusals; ///< by "plural/subresource"
    QTimer m_soon;
    int m_number = 0; ///< of what is followed: answers for another are old
    bool m_active = true, m_again = false;
};

} // namespace pilothouse::fleet
