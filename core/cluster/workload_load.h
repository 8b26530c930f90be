// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_rows.h"
#include "core/cluster/quantity.h"

#include <QDateTime>
#include <QJsonObject>

#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::cluster {

class KubeApi;

/// One metric of an autoscaler: what is measured against what is aimed at (autoscaling/v2: Resource, ContainerResource, Pods, Object, External).
struct HpaMetric {
    QString type, name;      ///< "Resource", "cpu"
    QString about;           ///< the container of ContainerResource, the object of Object, the selector of External; else empty
    QString form;            ///< Utilization (of the requests, %), AverageValue (a pod), Value
    QString target, current; ///< "80%", "250m"; current empty: not measured
    std::optional<double> ratio; ///< current / target: above 1 it wants more pods
};
struct HpaLoad {
    QString targetKind, targetName;
    int minimum = 1, maximum = 0, current = 0, desired = 0;
    std::vector<HpaMetric> metrics;
    QString sentence; ///< "2 of at most 10 pods; cpu is at 90 % of its target …"; what is in the way comes first
    bool trouble = false; ///< it cannot measure or not scale
};
/// Of a HorizontalPodAutoscaler as the server has it. Invalid if it is none.
Result<HpaLoad> hpaLoad(const QJsonObject &object);

/// What metrics.k8s.io measured of a pod or node.
struct UsageFigures {
    QString space, name;     ///< of the pod, or the node
    qint64 cpu = 0;          ///< thousandths of a core, rounded up
    qint64 memory = 0;       ///< bytes
    QDateTime when;          ///< end of the window
    std::vector<std::pair<QString, Quantity>> containerCpu, containerMemory;
};
/// One PodMetrics or NodeMetrics object. Invalid if it is none.
Result<UsageFigures> usageOf(const QJsonObject &object);
/// All pods of a namespace (empty: all), or all nodes. Blocking. NotFound, with words for a person, where the cluster has no metrics server.
Result<std::vector<UsageFigures>> readPodUsage(const KubeApi &api, const QString &space, std::stop_token token = {});
Result<std::vector<UsageFigures>> readNodeUsage(const KubeApi &api, std::stop_token token = {});

/// A pod's use beside what it asked for.
struct PodLoad {
    QString space, name, node;
    qint64 cpu = -1, memory = -1;  ///< used; −1: not measured
    ResourceFigures asked;
    std::optional<double> cpuOfRequest, cpuOfLimit, memoryOfRequest, memoryOfLimit; ///< shares: 1 = all of it
    bool oomKilled = false;        ///< a container of it was killed for its memory the last time it ended
    QStringList oomContainers;     ///< which
};
std::vector<PodLoad> podLoads(const std::vector<KubeRowPtr> &pods, const std::vector<UsageFigures> &usage);

/// A node's use and what its pods asked for, beside what it has to give.
struct NodeLoad {
    QString name;
    qint64 cpu = -1, memory = -1;  ///< used; −1: not measured
    qint64 cpuAllocatable = 0, memoryAllocatable = 0, podsAllocatable = 0;
    qint64 cpuRequested = 0, memoryRequested = 0, pods = 0; ///< of the pods that are on it and not finished
};
std::vector<NodeLoad> nodeLoads(const std::vector<KubeRowPtr> &nodes, const std::vector<KubeRowPtr> &pods, const std::vector<UsageFigures> &usage);

/// A probe of a container, as kubectl describes it: "http-get http://:8080/health delay=0s timeout=1s period=10s #success=1 #failure=3".
struct ProbeLine {
    QString container, kind, text; ///< kind: readiness, liveness, startup
};
std::vector<ProbeLine> probesOf(const QJsonObject &podSpec);

/// How many pods a rolling update may have more, and may miss, of so many (the deployment controller's ResolveFenceposts: surge rounds up, unavailable down, and if both came to 0
/// one may be missing). Invalid for what is neither a number nor a percentage. Empty texts: the server's default of 25 %.
struct Surge {
    int more = 0, missing = 0;
};
Result<Surge> resolvedSurge(const QString &maxSurge, const QString &maxUnavailable, int desired);

} // namespace pilothouse::cluster
