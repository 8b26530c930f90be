// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/cluster/kube_tls.h"

#include <QHash>

#include <chrono>
#include <mutex>

namespace pilothouse::cluster {

/// What one KubeApi remembers between calls.
struct KubeApi::Cache {
    explicit Cache(const KubeAccess &access) : tls(access) {}
    KubeTls tls;
    std::mutex mutex; ///< of what follows
    QHash<QString, QJsonObject> documents;                                    ///< of discovery, by path; an empty object: the server has none there
    QHash<QString, std::chrono::steady_clock::time_point> read;               ///< when
};

} // namespace pilothouse::cluster
