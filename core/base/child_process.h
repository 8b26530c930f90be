// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/events.h"
#include "core/base/result.h"

#include <QHash>
#include <QJsonObject>
#include <QStringList>

#include <functional>
#include <stop_token>
#include <vector>

namespace pilothouse {

/// How the console runs `pilot`: one place decides on the program, the nice level and the inherited environment.
struct ChildJob {
    QString program;          ///< full path of `pilot` (see pilotProgram())
    QStringList arguments;    ///< verb first; `--events` is added by runJob
    QString workingDirectory; ///< empty: inherited
    int nice = 10;
    QHash<QString, QString> secrets; ///< name → value, handed over by an inherited pipe (PILOTHOUSE_SECRETS_FD), never by argument or environment
    int stopLimitSeconds = 20;       ///< after SIGTERM, before SIGKILL
    int *endedBy = nullptr;          ///< told the number of the signal that ended the child unasked; 0: it ended by itself, or was stopped by the token
};

/// Runs the child to its end and gives the object of its `result` event. `onEvent` is called in this thread for every
/// event line. A stop request sends SIGTERM (the child checkpoints), later SIGKILL, and gives Cancelled. A child that
/// dies without a last event is Internal with the tail of its standard error. Blocking: call on the `waiting` pool.
Result<QJsonObject> runJob(const ChildJob &job, const std::function<void(const Event &)> &onEvent, std::stop_token token);

/// Pids of the children that runJob() waits for at this moment. Any thread.
std::vector<qint64> runningJobs();

/// Starts a program that goes on after this one ends (own session, standard streams to `logFile`); gives its pid.
Result<qint64> startDetached(const QString &program, const QStringList &arguments, const QString &logFile);

/// The `pilot` that belongs to this program: $PILOTHOUSE_PILOT, else beside this executable, else on PATH.
QString pilotProgram();

} // namespace pilothouse
