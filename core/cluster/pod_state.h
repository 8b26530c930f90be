// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QJsonObject>
#include <QString>

namespace pilothouse::cluster {

/// A pod as `kubectl get pods` lists it, and why it does not serve.
struct PodState {
    QString name, node;
    QString status;     ///< kubectl's column STATUS: Running, Pending, ContainerCreating, ImagePullBackOff, CrashLoopBackOff, Init:0/1, Terminating …
    QString trouble;    ///< a sentence: "container api: ImagePullBackOff: Back-off pulling image …"; empty: it serves, or is on its way
    QString hash;       ///< label pod-template-hash or controller-revision-hash: which revision it is of
    QString image;      ///< of its first container
    int ready = 0, containers = 0, restarts = 0;
    bool serves = false;      ///< condition Ready
    bool terminating = false;
    QDateTime created;
    QString text() const; ///< "web-7d9f-abcde  1/1  Running  node-1"
};
/// A pure function; any thread. STATUS by kubectl's printPod() (v1.36).
PodState podState(const QJsonObject &pod);

} // namespace pilothouse::cluster
