// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"

#include <QDateTime>
#include <QMap>

#include <vector>

namespace pilothouse::cluster {

/// A Secret of a cluster without its values.
struct KubeSecretInfo {
    QString space, name;
    QString type;             ///< "Opaque", "kubernetes.io/dockerconfigjson", "kubernetes.io/tls" …
    QMap<QString, int> keys;  ///< key → bytes of its value
    QDateTime created;
    bool immutable = false;
};

/// Lists or reads Secrets by name and key. The API server has no form with keys and without values (a table has their number, the metadata alone not even
/// that): what comes is cut here before anything else sees it. An empty space: all namespaces. Errors as KubeApi.
Result<std::vector<KubeSecretInfo>> kubeSecrets(const KubeApi &api, const QString &space, std::stop_token token = {});
Result<KubeSecretInfo> kubeSecret(const KubeApi &api, const QString &space, const QString &name, std::stop_token token = {});
/// The values, because a person asked for them: key → bytes. From now on they are hidden in all texts (redact.h). NotFound for a key that it has not.
/// @param key empty: all
Result<QMap<QString, QByteArray>> kubeSecretValues(const KubeApi &api, const QString &space, const QString &name, const QString &key = {}, std::stop_token token = {});

} // namespace pilothouse::cluster
