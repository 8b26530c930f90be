// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"

#include <QJsonArray>
#include <QJsonObject>

#include <optional>
#include <vector>

namespace pilothouse::pipelines {

/// What Jenkins says, in our words. Pure functions.

/// "weather/retrain#42" or, as long as it waits, "weather/retrain?queue=17".
struct JenkinsId {
    QString job;
    int number = 0;    ///< 0: an item of the queue
    qint64 queue = -1;
    static std::optional<JenkinsId> parse(const QString &id);
    /// A job's name may hold %2F: no arg() over it.
    static QString ofBuild(const QString &job, int number) { return job + QLatin1Char('#') + QString::number(number); }
    static QString ofItem(const QString &job, qint64 item) { return job + QStringLiteral("?queue=") + QString::number(item); }
};

/// `result` of a build (null while it runs).
State stateOfBuild(bool building, const QString &result);
/// A word of the stage view (SUCCESS, FAILED, ABORTED, UNSTABLE, IN_PROGRESS, PAUSED_PENDING_INPUT, NOT_EXECUTED) or of the graph view (queued … not_built).
State stateOfStage(const QString &word);
QDateTime timeOfMillis(const QJsonValue &millis); ///< number or text; invalid: none

/// The fields of a build that a list asks for, as value of `tree=`.
QString jenkinsBuildFields();
/// A build of a job, without its stages.
PipelineRun runOfBuild(const QJsonObject &build, const QString &job);
/// An item of the queue; `became` where a build came of it.
PipelineRun runOfItem(const QJsonObject &item, const QString &job);
/// Of a job's definition (`type`, `defaultParameterValue`, `choices`) and of an input (`definition`: {"defaultVal","choices"}).
Parameter parameterOf(const QJsonObject &object);

/// `stages` of wfapi/describe. Which ones run beside each other is not said there: those that were on their way at the same time are taken for that.
std::vector<Stage> stagesOfDescription(const QJsonArray &stages);
/// `stages` of the graph view's tree, branches and what is within as stages of their own, with the one around them ("Test ▸ auth") where the name alone is there twice.
std::vector<Stage> stagesOfTree(const QJsonArray &stages);
/// `stageFlowNodes`, or the graph view's steps of one stage: a step that failed and was begun again under the same name was tried several times.
std::vector<Attempt> attemptsOf(const QJsonArray &steps);

/// Plain text of a log that came as HTML (wfapi/log): links and colours away, entities undone.
QString textOfHtml(const QString &html);
/// Seconds in "1 hr 30 min", "3 min 0 sec", "2 days 4 hr" (hudson.Util.getTimeSpanString); 0: none.
qint64 secondsOfSpan(const QString &span);

} // namespace pilothouse::pipelines
