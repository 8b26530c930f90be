// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/parameter.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::pipelines {

/// A point where a run waits for a person: Jenkins `input`, a pending deployment of GitHub, a manual step, an approval of ours.
struct Gate {
    QString id;                 ///< the system's own, unique in its run
    QString run, pipeline, stage;
    QString connection, system; ///< as of the run
    QString message;            ///< what is asked: "Promote weather-ws2m v30 to production?"
    QString proceed, abort;     ///< the system's words for yes and no; empty: the usual ones
    std::vector<Parameter> parameters; ///< that a yes carries
    QStringList allowed;        ///< users and groups that may answer; empty: whoever reaches it
    std::optional<bool> mayAnswer; ///< this user, as far as the system says
    QString mayNot;             ///< why not, with what would help
    QStringList environments;   ///< GitHub: answered together
    int needed = 1, given = 0;  ///< approvals
    QDateTime since;
    QDateTime until;            ///< when it gives up by itself; invalid: it does not say
    QString link, model;        ///< model: of the workspace, whose evidence belongs to it
    QString candidate;          ///< version in the registry that it is about; empty: not known
    QString promotion;          ///< request of ours (core/promotion) that it stands for; empty: none
};

struct GateAnswer {
    bool proceed = false;
    QJsonObject values;  ///< by parameter name; what is missing takes its default
    QString comment, by;
};

/// How a gate stands.
struct GateState {
    enum class Is { Open, Proceeded, Aborted, Gone } is = Is::Open; ///< gone: no longer there, and nobody says how it was answered
    QString by, comment;
    QDateTime when;
    QJsonObject values;
};

} // namespace pilothouse::pipelines
