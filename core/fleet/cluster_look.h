// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_rights.h"
#include "core/workspace/workspace.h"

#include <optional>

namespace pilothouse::fleet {

class Clusters;

/// The program that a connection's kubeconfig runs for its credential, as a person judges it before it runs first.
struct ClusterProgram {
    QString command, arguments; ///< secrets of the arguments redacted
    QStringList environment;    ///< names of what is set for it, not the values
    QString kubeconfig, context, interactive, installHint;
    bool trusted = false;       ///< it may run: of the person's own kubeconfig, or confirmed
    QString digest;             ///< of all that was read of it: trustProgram() takes it
};
/// Absent: no program. `root` of the local connection. Errors of the kubeconfig; NotFound for no such connection. Reads files.
Result<std::optional<ClusterProgram>> clusterProgram(const workspace::Workspace &workspace, const QString &connection, const QString &root);

/// What one may do, by namespace: all have the rights of cluster::rolloutRights in the same order.
struct ClusterRights {
    QString who; ///< empty: a server before Kubernetes 1.27 does not say
    QStringList spaces;
    std::vector<std::vector<cluster::KubeVerdict>> verdicts; ///< by space
};
/// @param spaces  none: the connection's namespace   @param again  asks the server, not what is remembered. Errors of the API. Blocking.
Result<ClusterRights> clusterRights(const Clusters &clusters, const QString &connection, QStringList spaces, bool again = false, std::stop_token token = {});

} // namespace pilothouse::fleet
