// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"

#include <stop_token>
#include <vector>

namespace pilothouse::cluster {

/// A label selector object ({"matchLabels","matchExpressions"}, or the plain map of a Service) as the query of a list: "app=web,tier in (a,b)". Empty of an empty one.
QString selectorText(const QJsonObject &selector);

/// The pods of something: of a workload, Service, Job, Rollout or InferenceService by its selector, or the one pod. Errors as reads give them; Refused for what selects no pods.
class PodSelector {
public:
    static Result<PodSelector> of(const KubeApi &api, const KubeRef &what, std::stop_token token = {});
    Result<std::vector<QJsonObject>> pods(const KubeApi &api, std::stop_token token = {}, QString *resourceVersion = nullptr) const;
    const QString &labels() const { return m_labels; } ///< empty: one pod, by name
    const QString &pod() const { return m_pod; }
    const QString &space() const { return m_space; }
    const QJsonObject &object() const { return m_object; } ///< what was asked for, as read

private:
    QString m_space, m_labels, m_pod;
    QJsonObject m_object;
};

/// status.conditions Ready is True, and it is not being deleted.
bool podIsReady(const QJsonObject &pod);
/// The container that is meant where none is named: by the annotation kubectl.kubernetes.io/default-container, else the first.
QString defaultContainer(const QJsonObject &pod);

} // namespace pilothouse::cluster
