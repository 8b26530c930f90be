// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_rows.h"

#include <optional>
#include <vector>

namespace pilothouse::cluster {

/// Why an object is as it is, for a person: a word, a sentence, what to do.
struct KubeReason {
    enum class Weight {
        Fine,    ///< it runs, or has finished as it should
        Passing, ///< on its way; nothing to do yet
        Trouble, ///< it does not get there by itself
    };
    Weight weight = Weight::Fine;
    QString word;     ///< "ImagePullBackOff"; the column STATUS where there is nothing more exact
    QString sentence; ///< with the cluster's own message in it
    QString remedy;   ///< empty: nothing to do
};

/// Why a pod is not running, or what ails it although it runs. Pure: from the pod's row, the events and claims that are known (of any objects; the right ones are looked for).
/// @param now seconds since 1970
KubeReason podReason(const KubeRow &pod, const std::vector<KubeRowPtr> &events, const std::vector<KubeRowPtr> &claims, qint64 now);

/// Why a ReplicaSet, Job, StatefulSet, DaemonSet or Deployment has fewer pods than it wants: quota, admission, a missing service account, from its ReplicaFailure and the events about it.
/// For a Deployment give the events of its replica sets, too. Nothing if nothing is known to be in the way.
std::optional<KubeReason> ownerReason(const KubeRow &owner, const std::vector<KubeRowPtr> &events);

/// Why a PersistentVolumeClaim is not bound. Nothing if it is.
std::optional<KubeReason> claimReason(const KubeRow &claim, const std::vector<KubeRowPtr> &events);

/// "137 (SIGKILL)", "127 (the command was not found)", "1".
QString exitCodeText(int exitCode, int signal = 0);
QString bytesText(qint64 bytes); ///< "512Mi"

} // namespace pilothouse::cluster
