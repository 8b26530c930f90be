// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/github_workflow.h"
#include "core/pipelines/pipeline_service.h"

#include <QJsonArray>

namespace pilothouse::pipelines {

/// `status` and `conclusion` of a run, job or step; a word that GitHub adds later is Unknown.
State githubState(const QString &status, const QString &conclusion);
QDateTime githubTime(const QJsonValue &text);

/// A run as the API lists it, without stages; `pipeline` is the workflow's file ("deploy.yml").
PipelineRun githubRun(const QJsonObject &run, const QString &repository);

/// Jobs (of all attempts) as stages, in the order of `needs` where the workflow's file is known; jobs that have not been made yet are waiting ones. where the
/// file says that none needs another, `after` names "begin", which is no stage: they run side by side.
std::vector<Stage> githubStages(const QJsonArray &jobs, const WorkflowFile *file, bool runEnded);

/// Why a run failed: its first failed job, and step.
std::optional<Error> githubFailure(const QJsonArray &jobs, const PipelineRun &run);

/// The steps of a job with their times, as text: all that there is while it runs.
QByteArray githubSteps(const QJsonObject &job, const QDateTime &now);

/// What usual tools wrote into a log.
struct LogFigures {
    std::optional<TestCounts> tests;
    std::optional<double> coverage; ///< percent
    QMap<QString, QString> images;  ///< pushed: image → tag
    QJsonObject toJson() const;
    static LogFigures fromJson(const QJsonObject &object);
    void add(const LogFigures &other); ///< of another job
};
/// pytest, unittest, Jest, go test, ctest, JUnit of Maven and Gradle, cargo; coverage.py, Istanbul, go; docker push and buildx.
LogFigures readLogFigures(const QByteArray &log);

} // namespace pilothouse::pipelines
