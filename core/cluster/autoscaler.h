// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"

#include <QJsonObject>
#include <QString>

#include <optional>

namespace pilothouse::cluster {

/// The HorizontalPodAutoscaler of a workload.
struct Autoscaler {
    QString name;
    qint64 minimum = 1, maximum = 0;
    QString text() const; ///< "HorizontalPodAutoscaler web (1 to 10) sets the number of replicas: …"
};
/// Among the HorizontalPodAutoscalers of its namespace; none: nobody scales it.
std::optional<Autoscaler> autoscalerOf(const KubeRef &workload, const std::vector<QJsonObject> &autoscalers);
Result<std::optional<Autoscaler>> readAutoscaler(const KubeApi &api, const KubeRef &workload, std::stop_token token = {});

} // namespace pilothouse::cluster
