// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/cluster_look.h"

#include "core/cluster/exec_trust.h"
#include "core/cluster/kubeconfig.h"
#include "core/fleet/clusters.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

namespace {
struct Text {
    Q_DECLARE_TR_FUNCTIONS(ClusterLook)
};
} // namespace

Result<std::optional<ClusterProgram>> clusterProgram(const workspace::Workspace &workspace, const QString &name, const QString &root) {
    const auto found = workspace.connections.constFind(name);
    if (found == workspace.connections.constEnd() || found->kind != QLatin1String("kubernetes"))
        return notFound(Text::tr("There is no connection “%1” of kind kubernetes in this workspace.").arg(name), workspace.file);
    if (!found->url.isEmpty()) // no kubeconfig
        return std::optional<ClusterProgram>();
    const auto config = cluster::Kubeconfig::read(cluster::kubeconfigFiles(found->other.value(QStringLiteral("kubeconfig"))));
    if (!config && config.error().kind == ErrorKind::NotFound && found->other.value(QStringLiteral("kubeconfig")).isEmpty() && found->other.value(QStringLiteral("context")).isEmpty())
        return std::optional<ClusterProgram>(); // in a pod, its service account
    if (!config)
        return config.error();
    PH_ASSIGN(const cluster::KubeAccess access, config->access(found->other.value(QStringLiteral("context"))));
    if (!access.exec)
        return std::optional<ClusterProgram>();
    ClusterProgram out;
    out.command = access.exec->command;
    out.arguments = cluster::ExecTrust::arguments(*access.exec);
    out.digest = cluster::ExecTrust::digest(*access.exec);
    for (const auto &[variable, value] : access.exec->environment)
        out.environment << variable;
    out.kubeconfig = access.exec->file;
    out.context = access.context;
    out.interactive = access.exec->interactiveMode;
    out.installHint = access.exec->installHint;
    out.trusted = cluster::ExecTrust(root).isTrusted(*access.exec);
    return std::optional(out);
}

Result<ClusterRights> clusterRights(const Clusters &clusters, const QString &connection, QStringList spaces, bool again, std::stop_token token) {
    PH_ASSIGN(const auto api, clusters.of(connection));
    PH_ASSIGN(const auto rights, clusters.rights(connection));
    if (again)
        rights->forget();
    if (spaces.isEmpty())
        spaces << api->space();
    spaces.removeDuplicates();
    ClusterRights out;
    const auto who = rights->whoAmI(token);
    if (!who && who.error().kind != ErrorKind::NotFound)
        return who.error();
    out.who = who ? who->text() : QString();
    for (const QString &space : spaces) {
        PH_ASSIGN(auto verdicts, rights->ask(cluster::rolloutRights(space), token));
        out.verdicts.push_back(std::move(verdicts));
    }
    out.spaces = std::move(spaces);
    return out;
}

} // namespace pilothouse::fleet
