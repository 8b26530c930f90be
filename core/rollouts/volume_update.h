// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/operations/operation.h"

#include <functional>
#include <memory>

namespace pilothouse::rollouts {

/// A file on a volume that pods share (weights that a retrainer writes and inference pods read), and whose pods read it.
struct VolumeUpdate {
    cluster::KubeRef workload; ///< Deployment, StatefulSet or DaemonSet that mounts the claim; restarted afterwards
    QString claim;             ///< PersistentVolumeClaim; empty: the only one that the workload mounts
    QString path;              ///< below the claim's root: "t2m.pt"
    QString file;              ///< on this machine
    QString image;             ///< of the writing pod, with sh and sha256sum; empty: the workload's own
    int limitSeconds = 300;    ///< until the writing pod must have ended
    int pollMs = 1000;
};

/// The largest file that goes through ConfigMaps; a larger one is Refused, with what to do.
inline constexpr qint64 largestVolumeFile = 32 << 20;

/// What the writing pod runs, by `sh -c`: puts the parts together beside the file, compares the checksum, keeps the earlier file beside it, renames,
/// and tells the checksum of what stands there now (first line) and of what was kept. Environment: DIRECTORY, NAME, SHA256, KEEP (name of the kept
/// file), PARTS (folder of the parts), REPORT. No other program than sh, cat, mv, ln, cp, mkdir, sync, rm and sha256sum.
QString volumeWriteScript();
/// What puts the kept file back: environment DIRECTORY, NAME, KEEP, SHA256 (of the kept one; empty: there was none, the file is removed), REPORT.
QString volumeRestoreScript();

/// Write by a short Job that mounts the claim, checksum of the file on the volume verified, then a rolling restart: one operation, undone by the kept file
/// and another restart. `sleep` for tests. Errors: NotFound, Invalid, Refused (too large, the claim is not mounted by the workload).
Result<operations::Operation> volumeUpdateOperation(std::shared_ptr<const cluster::KubeApi> api, const VolumeUpdate &update, std::function<void(int ms)> sleep = {});

/// The undo, later, by what the journal recorded.
Result<operations::Operation> undoVolumeUpdate(std::shared_ptr<const cluster::KubeApi> api, const operations::RecordedOperation &recorded, std::function<void(int ms)> sleep = {});

} // namespace pilothouse::rollouts
