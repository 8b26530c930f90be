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

} // namespace pilothouse::ui
