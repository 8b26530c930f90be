// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rollouts/volume_update.h"

#include <QJsonObject>

namespace pilothouse::rollouts {

/// The file of a VolumeUpdate where it lies, as the cluster has it now: for who writes it or puts an earlier one back. Raw calls: only an operation makes them.
struct VolumeFile {
    std::shared_ptr<const cluster::KubeApi> api;
    VolumeUpdate update;
    QJsonObject workload; ///< as read
    QString claim, subPath, image;
    QString id;           ///< of what is done with it: 12 hex digits, part of the Job's name
    bool sameNode = false;
    std::function<void(int ms)> sleep;

    /// Reads the workload and its claim. Invalid: the path; NotFound; Refused: the pods do not mount the claim, or it can only be read.
    static Result<VolumeFile> read(std::shared_ptr<const cluster::KubeApi> api, const VolumeUpdate &update, std::function<void(int ms)> sleep = {});

    /// The file of this machine that is to be written. Invalid: it is empty; Refused: it is too large.
    Result<QByteArray> bytes() const;
    /// Whether the server would take the Job that writes it.
    Result<void> tryWrite(const QString &sha256) const;
    /// Writes it beside, checks its SHA-256, keeps the earlier one as `keep` and renames. @return SHA-256 of the earlier file, "-" if there was none
    Result<QString> write(const QByteArray &bytes, const QString &sha256, const QString &keep) const;
    /// Puts the kept file back, checked by its SHA-256; "-": there was none, it is removed.
    Result<void> putBack(const QString &keep, const QString &sha256) const;
    /// Makes the pods anew, as kubectl restarts.
    Result<void> restart() const;
};

/// "t2m.pt" of "models/t2m.pt".
QString volumeFileName(const QString &path);

} // namespace pilothouse::rollouts
