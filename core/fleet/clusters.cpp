// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/clusters.h"

#include "core/cluster/kube_credentials.h"
#include "core/cluster/kubeconfig.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Clusters)
};

bool isCluster(const workspace::Connection &connection) { return connection.kind == QLatin1String("kubernetes"); }

} // namespace

Clusters::Clusters(const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http) : m_connections(workspace.connections), m_http(std::move(http)) {}

Result<std::shared_ptr<cluster::KubeApi>> Clusters::of(const QString &wanted) {
    QStringList clusters;
    for (const workspace::Connection &connection : std::as_const(m_connections))
        if (isCluster(connection))
            clusters << connection.name;
    const QString name = wanted.isEmpty() && clusters.size() == 1 ? clusters.first() : wanted;
    if (name.isEmpty())
        return clusters.isEmpty() ? notFound(Text::tr("The workspace has no cluster."), {}, Text::tr("Add one: pilot connect add NAME --kind kubernetes --set context=…"))
                                  : invalid(Text::tr("The workspace has several clusters: %1.").arg(clusters.join(QStringLiteral(", "))), {}, Text::tr("Say which one: --connection NAME."));
    const auto found = m_connections.constFind(name);
    if (found == m_connections.constEnd())
        return notFound(Text::tr("The workspace has no connection “%1”.").arg(name), {}, Text::tr("See “pilot connect list”."));
    if (!isCluster(*found))
        return refused(Text::tr("The connection “%1” is of kind %2: it is no cluster.").arg(name, found->kind), {}, Text::tr("Name one of kind kubernetes."));
    const std::lock_guard lock(m_mutex);
    std::shared_ptr<cluster::KubeApi> &open = m_open[name];
    if (!open) {
        PH_ASSIGN(const cluster::Kubeconfig config, cluster::Kubeconfig::read(cluster::kubeconfigFiles(found->other.value(QStringLiteral("kubeconfig")))));
        PH_ASSIGN(cluster::KubeAccess access, config.access(found->other.value(QStringLiteral("context"))));
        if (const QString space = found->other.value(QStringLiteral("namespace")); !space.isEmpty())
            access.space = space;
        cluster::CredentialOptions options;
        options.connection = name;
        open = std::make_shared<cluster::KubeApi>(access, m_http, cluster::credentialsOf(access, options), name);
    }
    return open;
}

} // namespace pilothouse::fleet
