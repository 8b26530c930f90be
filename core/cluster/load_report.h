// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/cluster/workload_load.h"

#include <QStringList>

namespace pilothouse::cluster {

/// How the pods of a workload are exchanged.
struct UpdatePace {
    QString strategy;       ///< RollingUpdate, Recreate, OnDelete; empty: the workload has none
    int desired = 0;
    int more = 0, missing = 0; ///< of a RollingUpdate: pods above and below the wanted number at a time
    QString text;           ///< "3 pods: at most 1 more and 0 missing at a time (maxSurge 25%, maxUnavailable 25%)"
};
/// Of a Deployment, StatefulSet, DaemonSet or Argo Rollout as the server has it. Invalid: a maxSurge that is neither number nor percentage.
Result<UpdatePace> updatePace(const QJsonObject &workload);

/// What runs against what was asked for, of one workload or a whole namespace.
struct LoadReport {
    struct Scaler {
        QString name;
        HpaLoad load;
    };
    QString space;
    std::optional<KubeRef> workload;
    std::vector<Scaler> scalers;   ///< of the workload, or all of the namespace
    std::vector<PodLoad> pods;
    std::vector<NodeLoad> nodes;   ///< those that the pods are on; without a workload all
    std::vector<ProbeLine> probes; ///< of the workload's template
    std::optional<UpdatePace> pace; ///< of the workload
    QString usageMissing;          ///< why nothing is measured: no metrics server, or it does not answer
    QString nodesMissing;          ///< why there are no nodes: the right is missing
    bool nodesWhole = true;        ///< false: pods of other namespaces may not be read, so what is asked of the nodes is more than is said
    QJsonObject toJson() const;
};
/// Blocking: lists, and metrics.k8s.io. What may not be read beside the pods is told in the report; without the pods it is an Error of KubeApi.
/// @param space  empty: all namespaces   @param workload  in `space`; none: all pods
Result<LoadReport> readLoad(const KubeApi &api, const QString &space, const std::optional<KubeRef> &workload, std::stop_token token = {});

/// "250m", "2"; −1: "-". Memory in Mi (Gi from ten on).
QString cpuText(qint64 milli);
QString memoryText(qint64 bytes);

} // namespace pilothouse::cluster
