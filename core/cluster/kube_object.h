// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>
#include <QString>

namespace pilothouse::cluster {

/// A kind of object and where the API server has it. Kinds of custom resources are values like any other.
struct KubeKind {
    QString group;   ///< "apps"; empty: the core group
    QString version; ///< "v1"
    QString plural;  ///< "deployments"
    QString kind;    ///< "Deployment"
    bool namespaced = true;
    QString apiVersion() const; ///< "apps/v1", "v1"
    bool operator==(const KubeKind &) const = default;
};

namespace kinds {
extern const KubeKind Deployment, ReplicaSet, StatefulSet, DaemonSet, ControllerRevision, Pod, Service, Ingress, Event, Node, Namespace, Secret, ConfigMap, Job, CronJob,
    PersistentVolumeClaim, HorizontalPodAutoscaler, ResourceQuota, ServiceAccount, InferenceService, Rollout, AnalysisRun, AnalysisTemplate, PyTorchJob, TrainJob, PodMetrics, NodeMetrics;
}

/// The built-in kind that a person means: "deployment", "deployments", "deploy", "sts", "isvc", "rollout"; NotFound with the names that are known.
Result<KubeKind> kindNamed(const QString &word);

/// One object of a cluster.
struct KubeRef {
    KubeKind kind;
    QString space, name; ///< space: namespace, empty for kinds that have none
    QString text() const; ///< "deployment/web in ml"
    bool operator==(const KubeRef &) const = default;
};
/// "deployment/web" or "deploy/web" in a namespace. Invalid without a name, NotFound for an unknown kind.
Result<KubeRef> parseKubeRef(const QString &text, const QString &space);

/// Paths of the API, percent-encoded: "/apis/apps/v1/namespaces/ml/deployments/web[/scale]". An empty space of a namespaced kind: all namespaces.
QString listPath(const KubeKind &kind, const QString &space);
QString objectPath(const KubeRef &ref, const QString &subresource = {});

/// metadata.resourceVersion, metadata.uid, metadata.name … of an object; empty where missing.
QString metadataText(const QJsonObject &object, const char *key);
QString label(const QJsonObject &object, const QString &key);
QString annotation(const QJsonObject &object, const QString &key);

} // namespace pilothouse::cluster
