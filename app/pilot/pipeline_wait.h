// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/pipelines/pipeline_service.h"

namespace pilothouse {

/// Waits until a run has ended or waits for a person; stage changes go to the event stream and, as lines, to standard error.
/// A stop request ends the waiting only (Cancelled, with a word that the run goes on).
Result<pipelines::PipelineRun> waitForRun(Context &context, const pipelines::PipelineService &service, const QString &run);

} // namespace pilothouse
