// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/pipeline_feed.h"

namespace pilothouse::ui {

// What the Pipelines panel calls things. Pure.

/// "Jenkins", "Actions", "Kubeflow", "Azure ML", "local".
QString systemWord(const QString &system);
/// Of one of the systems; with its connection's name where another connection is of the same kind.
QString sightWord(const fleet::SystemSight &sight, const fleet::PipelinesState &state);
/// "weather-mlops #421", "iris daily 8f2c", "t2m #3".
/// @param name  of the pipeline, as its system calls it; empty: what its id says
QString runTitle(const pipelines::PipelineRun &run, const QString &name = {});
QString pipelineName(const fleet::PipelinesState &state, const QString &pipeline);
QString pipelineName(const pipelines::Pipeline &pipeline); ///< "retrain", of Jenkins with its folder: "weather-software/main"
/// What a run says of itself in a line: "Paused: deploy", "Failed: train, attempt 3 of 3", "Queued: no executor is free".
QString runSentence(const pipelines::PipelineRun &run);
/// "started by anna", "started by rita, by hand, a91e07c".
QString startedWords(const pipelines::PipelineRun &run);
QString shortCommit(const QString &commit); ///< seven letters
double runSeconds(const pipelines::PipelineRun &run, const QDateTime &now); ///< NaN before it began, and where it ended nobody knows when
double stageSeconds(const pipelines::Stage &stage, const QDateTime &now);   ///< NaN before it began
/// The id that the run's own system knows it by.
QString idThere(const pipelines::PipelineRun &run);
/// What a terminal takes to read the run: `pilot`, and where its system can be asked plainly, curl. Credentials are named and never shown.
/// @param api  address of the connection, as the workspace has it; empty: only pilot
QString runCommands(const pipelines::PipelineRun &run, const QString &api);
/// One argument as a shell takes it.
QString shellWord(const QString &word);

} // namespace pilothouse::ui
