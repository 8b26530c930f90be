// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

namespace pilothouse::support {

/// What a replay server keeps of an object; the JSON is made when it is asked for.
struct ReplayObject {
    bool pod = true;
    int number = 0;      ///< of the name
    int incarnation = 0; ///< of the uid
    qint64 version = 0;  ///< resourceVersion
    int restarts = 0, state = 0; ///< of a pod: 0 running, 1 not ready, 2 CrashLoopBackOff, 3 ImagePullBackOff, 4 pending, 5 terminating
    int ready = 1, desired = 3;  ///< of a deployment
};

QByteArray replayName(const ReplayObject &object);
QByteArray replaySpace(const ReplayObject &object);
QByteArray replayOwner(const ReplayObject &object); ///< the deployment that it is, or belongs to; its label "app"
/// Some 4.5 KiB for a pod, as those of a small service with managedFields have.
QByteArray replayJson(const ReplayObject &object);
/// A row of the table that `kubectl get` asks for, with its PartialObjectMetadata.
QByteArray replayTableRow(const ReplayObject &object);
QByteArray replayColumns(bool pods);

} // namespace pilothouse::support
