// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>

namespace pilothouse::cluster {

/// Who else keeps an object: what is changed here will be set back by it.
struct GitOpsOwner {
    QString system; ///< "Argo CD", "Flux", "Helm"
    QString name;   ///< application, kustomization or release; may be empty
    QString text() const; ///< "Argo CD keeps this object (application web): …"
};
/// By the labels and annotations that these systems write, and their field managers. Argo CD before Flux before Helm.
std::optional<GitOpsOwner> gitOpsOwner(const QJsonObject &object);

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
