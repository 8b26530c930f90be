// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

#include "core/cluster/kube_watch.h"
#include "core/fleet/clusters.h"
#include "core/fleet/services.h"

#include <QThreadPool>

namespace pilothouse {

/// What the sub-verbs that look at a cluster were given.
struct ClusterViewOptions {
    std::string connection, space, selector;
    bool all = false, watch = false;
};
void addClusterViewOptions(CLI::App &sub, ClusterViewOptions &options);

/// A look at one kind of object: the list once, or the watch until it is stopped.
struct ClusterView {
    std::shared_ptr<fleet::Services> services;
    std::shared_ptr<cluster::KubeApi> api;
    QString space; ///< empty: all namespaces
};
Result<ClusterView> clusterView(Context &context, const ClusterViewOptions &options);

/// The rows of a kind, read once. Blocking.
Result<std::vector<cluster::KubeRowPtr>> readRows(Context &context, const ClusterView &view, const cluster::KubeKind &kind, const QString &labelSelector = {});

/// Follows a kind until the program is asked to stop: `fn` gets the exact changes, at most ten times a second, and the first of all when the table is complete; `said` what becomes of
/// the connection, each time it is another. The Error of what cannot get better by itself (the right is missing, there is no such kind), else Cancelled.
Result<void> followRows(Context &context, const ClusterView &view, const cluster::KubeKind &kind, const QString &labelSelector, const std::function<void(const cluster::KubeChanges &)> &fn,
                        const std::function<void(const cluster::KubeWatchStatus &)> &said);

/// Words in columns, each as wide as it needs; the first line is the head.
QString columns(const std::vector<QStringList> &lines);
QString ageText(qint64 seconds); ///< as kubectl: "45s", "12m", "3h5m", "2d3h", "40d"
/// A line of JSON at once, for --watch --json: {"type":"inserted"|"changed"|"removed", …}.
void printLine(const QJsonObject &object);

} // namespace pilothouse
