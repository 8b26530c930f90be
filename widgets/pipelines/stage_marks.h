// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"
#include "widgets/base/plot.h"
#include "widgets/base/stage_graph.h"

namespace pilothouse::ui {

/// The marks of a run's stages, by their keys; a stage of more than three times its median is marked slow. Pure.
std::vector<StageMark> stageMarks(const pipelines::PipelineRun &run, const QDateTime &now);

/// The stage that says most of a run: one that waits for a person, failed or runs, else the one that took longest; empty: it has none. Pure.
QString tellingStage(const pipelines::PipelineRun &run, const QDateTime &now);

/// Durations of one stage over the newest twelve of these runs, oldest first, with their median; the chosen run in accent, in warn where it took more than three times the median. Pure.
/// @param runs  of one pipeline, newest first, with their stages
PlotData durationPlot(const std::vector<pipelines::PipelineRun> &runs, const QString &stage, const QString &chosen);

/// Times of whole runs that have ended, of the newest twelve, oldest first, with the median of those that passed; failed ones in bad, others that did not pass in warn, the chosen one in accent
/// where it passed. One that was tried more than once (started anew, or a stage of it) says so in its name: "#421 ×2". Pure.
/// @param runs  of one pipeline, newest first
PlotData runPlot(const std::vector<pipelines::PipelineRun> &runs, const QString &chosen);

/// How often it was tried: started anew under its id, or the stage that was tried most. Pure.
int attemptsOf(const pipelines::PipelineRun &run);

} // namespace pilothouse::ui
