// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <optional>

namespace pilothouse::pipelines {

/// When a pipeline begins by itself.
struct Schedule {
    QString id, name, pipeline;
    QString connection, system; ///< as of a run
    QString when;               ///< in the system's form: "H 2 * * *", "every 1 d"
    QString zone;               ///< of `when`; empty: the system's
    bool on = true;
    bool canSwitch = false;     ///< from here
    std::optional<bool> catchUp; ///< what was missed is made up for
    std::optional<int> most;    ///< runs at once
    QDateTime next, last;       ///< next: as the system says, else computed from `when`; invalid: not known
    QDateTime from, until;
    QDateTime due;              ///< when it should have begun last, as far as that can be computed; invalid: not known, or not since it is as it is
    QJsonObject parameters;
    qint64 maxSeconds = 0;      ///< a run that takes longer is an alert; 0: no limit
    QString note;               ///< "read from the Jenkinsfile of the last build"
    QString link;
    QString version, experiment; ///< of the pipeline, and where its runs go; as ScheduleRequest takes them. Empty: the system has none
};

struct ScheduleRequest {
    QString name, pipeline, version;
    QString cron;           ///< or
    qint64 everySeconds = 0;
    QDateTime from, until;
    bool catchUp = false;
    int most = 1;
    bool on = true;
    QJsonObject parameters;
    QString experiment;
};

} // namespace pilothouse::pipelines
