// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/fleet/skew.h"

#include <QJsonObject>

#include <stop_token>

namespace pilothouse::fleet {

/// What the pods behind a model's deployment run, and what was built for the version that should be live.
struct ServedByPods {
    std::vector<ServedReport> reports; ///< one a pod that runs
    QString image;                     ///< of the live version, by deployment.image; empty: the workspace does not say
    QStringList digests;               ///< all that a pod may call it by; empty: the registry does not tell, and no tag of the version does
    bool shared = false;               ///< the version before has the same image: it tells nothing of the model, which is loaded at the start
    std::optional<int> version;        ///< that these are about
    std::optional<Error> problem;      ///< why nothing is known of the pods
};

/// A pod of the API: its container's image and digest, and since when that runs. `container`: empty: the default one. A pod without a digest (it does not run
/// yet) has none.
ServedReport reportOfPod(const QJsonObject &pod, const QString &container, const QDateTime &observed);

/// Asks the cluster, the model's registry and that of its images. Where the workspace names no endpoint, up to four pods are asked for their /model-info
/// through the API server too: a file that was baked into the image is told there only. Blocking.
ServedByPods askPods(const Services &services, const workspace::Model &model, std::stop_token stop = {});

} // namespace pilothouse::fleet
