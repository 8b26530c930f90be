// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_access.h"

#include <QMap>

namespace pilothouse::cluster {

/// One context as it is written.
struct KubeContext {
    QString name, cluster, user, space; ///< space: empty where none is written
    QString file;
};

/// Kubeconfig files put together by client-go's rule (kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig): of each cluster, user
/// and context the first file that has it counts, whole; so does the first current-context. YAML or JSON; unknown keys are left alone; relative file
/// names belong to the folder of their kubeconfig.
class Kubeconfig {
public:
    /// @param files in order; one that is not there is passed over, as kubectl does. NotFound: none is there. Invalid at file:line:column.
    static Result<Kubeconfig> read(const QStringList &files);
    /// From text: `name` is what errors call it, and its folder what relative names belong to.
    static Result<Kubeconfig> parse(const QByteArray &text, const QString &name);

    const QMap<QString, KubeContext> &contexts() const { return m_contexts; }
    const QString &currentContext() const { return m_current; }
    const QStringList &files() const { return m_files; }
    /// What a context gives; empty: the current one. NotFound with the names there are; Invalid: a cluster or user that is missing or contradicts itself,
    /// an auth-provider (the hint says what replaced it).
    Result<KubeAccess> access(const QString &context = {}) const;

private:
    struct Cluster {
        KubeAccess part; ///< only what a cluster says
        QString place;   ///< file:line:column
        QJsonValue execConfig{QJsonValue::Undefined};
    };
    struct User {
        KubeAccess part;
        QString place, authProvider;
    };
    friend class KubeconfigReader;
    QMap<QString, KubeContext> m_contexts;
    QMap<QString, Cluster> m_clusters;
    QMap<QString, User> m_users;
    QString m_current;
    QStringList m_files;
};

/// Where kubectl looks: the files of KUBECONFIG (separated by ":"), else ~/.kube/config. `written`: the same for a text of the workspace, ~ expanded.
QStringList kubeconfigFiles(const QString &written = {});

/// The access of a pod: the service account that Kubernetes mounts (kubernetes.io/docs/tasks/run-application/access-api-from-pod). NotFound outside of one.
/// `folder`: for tests.
Result<KubeAccess> inClusterAccess(const QString &folder = QStringLiteral("/var/run/secrets/kubernetes.io/serviceaccount"));

} // namespace pilothouse::cluster
