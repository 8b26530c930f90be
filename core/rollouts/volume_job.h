// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rollouts/volume_update.h"

#include <QMap>

namespace pilothouse::rollouts {

/// The short Job that works on a claim, as the pods of a workload see it.
struct VolumeJob {
    QString space, name, claim, subPath, image, script;
    QMap<QString, QString> environment; ///< of the script
    QStringList parts;                  ///< ConfigMaps that hold the parts, in order
    bool sameNode = false;              ///< a claim that one node may mount: the pod runs where the workload's pods do
    QJsonObject workload;               ///< as read: its pod's security context, pull secrets, tolerations, labels
    int limitSeconds = 300;
};
/// The manifest. Pure.
QJsonObject volumeJobManifest(const VolumeJob &job);
/// The ConfigMap of one part. Pure.
QJsonObject volumePart(const QString &name, const QString &job, int index, const QByteArray &bytes);

/// Waits for the end of a Job and gives what its pod reported (termination message). Errors: TimedOut and Refused with the reason why the pod does not
/// run (cannot be scheduled, image not pulled, claim not bound), or the message it failed with.
Result<QString> waitForVolumeJob(const cluster::KubeApi &api, const VolumeJob &job, int pollMs, const std::function<void(int)> &sleep);

/// Why a pod has not begun: the scheduler's, the kubelet's or the container's word. Empty: nothing is said. Pure.
QString podTrouble(const QJsonObject &pod);

} // namespace pilothouse::rollouts
