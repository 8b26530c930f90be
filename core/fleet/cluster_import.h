// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>
#include <QStringList>
#include <QVariantMap>

namespace pilothouse::fleet {

/// A context of a kubeconfig as a connection that needs the file no more: the entry of the workspace, and what belongs into the keychain (KubeSecret's text;
/// empty if the context has no secret: then the entry names none). Certificates are kept with the key, so that nothing of it lies in a file of ours.
struct ClusterImport {
    QVariantMap entry;
    QString secret;
    QStringList kept; ///< what the secret holds, for people: "token", "client key"
};

/// @param name of the connection, and of its secret unless `secretName` gives another.
/// Errors: Kubeconfig's; Invalid: a context that runs a program (it has nothing to import), or acts for somebody else.
Result<ClusterImport> importContext(const QStringList &files, const QString &context, const QString &name, const QString &secretName = {});

} // namespace pilothouse::fleet
