// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <vector>

namespace pilothouse::pipelines {

/// One vocabulary for all systems (DESIGN_SYSTEM §4). A word the mapping does not know is Unknown, never Passed.
enum class State { Waiting, Running, Passed, Failed, Paused, Skipped, Cancelled, Unknown };
QString stateName(State state); ///< "waiting" …
State stateFromName(const QString &name);

struct Stage {
    QString name;
    State state = State::Waiting;
    QDateTime started, ended;
    double medianSeconds = 0; ///< over earlier passed runs; 0 = none
    QString note;
};

struct PipelineRun {
    QString id, pipeline, startedBy, reason;
    State state = State::Waiting;
    QString systemState; ///< the system's own word
    QDateTime started, ended;
    std::vector<Stage> stages;
    QJsonObject parameters;
    QString model;
    int version = 0; ///< registered by it, 0 = none
    std::optional<Error> error;
};

struct Pipeline {
    QString id, name, system; ///< system: local, jenkins, …
    QString model;
    std::vector<QString> stages;
};

class PipelineService {
public:
    virtual ~PipelineService() = default;
    virtual QString source() const = 0;
    virtual Result<std::vector<Pipeline>> pipelines() const = 0;
    virtual Result<std::vector<PipelineRun>> runs(const QString &pipeline, int limit = 50) const = 0; ///< newest first; "" = all
    virtual Result<PipelineRun> run(const QString &id) const = 0;
    virtual Result<QString> log(const QString &run, const QString &stage = {}) const = 0;
    virtual Result<QString> start(const QString &pipeline, const QJsonObject &parameters, const QString &by, const QString &reason) = 0;
    virtual Result<void> cancel(const QString &run) = 0;
};

} // namespace pilothouse::pipelines
