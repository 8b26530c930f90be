// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"

#include <QByteArray>
#include <QString>

namespace pilothouse {

/// The systemd units by which `pilot watch` looks after a workspace for the person who is logged in.
struct WatchUnits {
    QString folder;  ///< $XDG_CONFIG_HOME/systemd/user
    QString name;    ///< "pilothouse-watch-iris"
    QByteArray service;
    QByteArray timer; ///< empty: the service runs on; else it runs once each time that the timer fires
    QString enable() const; ///< the commands that start it
    QString disable() const;
};
/// @param program  full path of `pilot`   @param everyMinutes  0: a service that runs on; else a timer, 1 to 59
/// @param metricsPort  of its figures for Prometheus, told at `address`; below 0: none
WatchUnits watchUnits(const QString &program, const QString &workspaceName, const QString &workspaceFile, int everyMinutes, int metricsPort = -1, const QString &address = {});

/// "watch-unit": writes them (undo: what was there before), or removes them. Nothing is started by it.
operations::Operation installUnits(const WatchUnits &units);
operations::Operation removeUnits(const WatchUnits &units);

} // namespace pilothouse
