// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

#include <QVariantMap>

#include <string>

namespace pilothouse {

/// Options of `pilot connect add` for a cluster.
struct ClusterOptions {
    std::string kubeconfig, context, space;
    bool import = false;
};

/// Puts them into the entry of the workspace. The context is looked up, so that a wrong name is told now. Gives the text for the keychain of an import; else empty.
/// Invalid: the options belong to another kind, or --import with a secret of its own.
Result<QString> addClusterKeys(QVariantMap &entry, const QString &name, const ClusterOptions &options);

Result<void> trustCluster(Context &context, const QString &name);
Result<void> clusterRights(Context &context, const QString &name, const QString &space);

} // namespace pilothouse
