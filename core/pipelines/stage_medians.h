// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"

#include <optional>
#include <vector>

namespace pilothouse::pipelines {

/// The middle one, of an even count the mean of the two middle ones; nothing of none. NaN is left out.
std::optional<double> median(std::vector<double> values);

/// Seconds from begin to end; nothing for what has not begun or ended.
std::optional<double> secondsOf(const QDateTime &started, const QDateTime &ended);

/// Stage::medianSeconds of `run`, over passed stages of the same name in earlier runs of the same pipeline (newest `most` of those that began before it). A stage that the
/// system gives a median itself keeps that. Earlier runs without stages count nothing.
void setStageMedians(PipelineRun &run, const std::vector<PipelineRun> &earlier, int most = 20);

/// Seconds that a run of the pipeline takes, over those that passed; nothing without any.
std::optional<double> medianOfRuns(const QString &pipeline, const std::vector<PipelineRun> &runs, int most = 20);

} // namespace pilothouse::pipelines
