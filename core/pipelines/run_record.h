// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/process_mark.h"
#include "core/base/result.h"
#include "core/pipelines/pipeline_service.h"

#include <functional>
#include <optional>

namespace pilothouse::pipelines {

/// run.json: all that is known of one local run.
struct RunRecord {
    PipelineRun run;
    std::optional<ProcessMark> process; ///< absent before it started, while it waits for a person, and at the end
    /// What the stages found: {"train":{…the result of `pilot train`…},"promotion":"p-…","cluster_job":{…the job that trains in a cluster…}}; "cancel": true: somebody cancels the run
    QJsonObject results;
    QJsonObject toJson() const;
    static Result<RunRecord> fromJson(const QJsonObject &object, const QString &where);
};

/// Its training is a job in a cluster, which does not end with the process that follows it: a run that lost its process is taken up again.
bool goesOnElsewhere(const RunRecord &record);

/// The folder of one run. Reading needs no lock (run.json is replaced atomically); changes take one, because the run's
/// process and somebody who cancels may write at once.
class RunFolder {
public:
    explicit RunFolder(QString path) : m_path(std::move(path)) {}
    QString path() const { return m_path; }
    QString stageLog(const QString &stage) const { return m_path + QLatin1Char('/') + stage + QStringLiteral(".log"); }
    QString processLog() const { return m_path + QStringLiteral("/exec.log"); }

    Result<void> create(const RunRecord &record) const; ///< Conflict if the folder exists
    Result<RunRecord> read() const;                     ///< NotFound, Invalid
    /// Reads, edits and writes under the lock; an edit that returns an error changes nothing.
    Result<RunRecord> update(const std::function<Result<void>(RunRecord &)> &edit) const;
    /// Appends one line, with the time before it, to a stage's log.
    Result<void> appendLog(const QString &stage, const QString &text, const QDateTime &time) const;

private:
    QString m_path;
};

/// Marks a stage of a record: sets its state and the times that follow from it. Does nothing for an unknown stage.
void setStage(RunRecord &record, const QString &stage, State state, const QDateTime &now, const QString &note = {});
/// Ends a run: what ran becomes `state`, what waited is skipped, the process is forgotten.
void endRun(RunRecord &record, State state, const QDateTime &now, std::optional<Error> error = {});

} // namespace pilothouse::pipelines
