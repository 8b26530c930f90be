// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/pipelines/pipeline_service.h"

#include <memory>

namespace pilothouse::pipelines {

/// The writes to systems that run pipelines. Each is sent once; where the reply is lost, the state there is read back before anything is said. Operation::connection
/// is the run's or pipeline's connection, so that its guard counts.

/// "pipeline-start"; the new run's id is put into `run` (may be null).
operations::Operation startPipelineOperation(std::shared_ptr<PipelineService> service, const QString &pipeline, const QJsonObject &parameters, const QString &by, const QString &reason,
                                             std::shared_ptr<QString> run);
/// The same with a branch, tag or version. Its guard reads the form and refuses what it does not take (parameter_check.h). A start whose reply was lost counts if exactly one new run stands there.
operations::Operation startPipelineOperation(std::shared_ptr<PipelineService> service, const StartRequest &request, std::shared_ptr<QString> run);
/// "pipeline-cancel". Its guard refuses a run that has ended.
operations::Operation cancelRunOperation(std::shared_ptr<PipelineService> service, const QString &run);
/// "pipeline-force": ends a run that does not end by itself. "pipeline-rerun": the run that comes of it is put into `made` (may be null).
operations::Operation forceRunOperation(std::shared_ptr<PipelineService> service, const QString &run);
operations::Operation rerunOperation(std::shared_ptr<PipelineService> service, const QString &run, bool onlyFailed, std::shared_ptr<QString> made);
/// "gate-answer"; needs the role approver. Its guard reads the gate again: Conflict if it is no longer open (with who answered it) or asks for something else by now.
/// What it asks is answered, and read back from the gate's state and never from the reply alone: an answer whose reply was lost counts as given where the system says so.
/// Values of kind Secret are in no journal line.
operations::Operation answerGateOperation(std::shared_ptr<PipelineService> service, const Gate &gate, const GateAnswer &answer);
/// "schedule-switch", "schedule-create", "schedule-remove"; each undone by its contrary where the system can.
operations::Operation switchScheduleOperation(std::shared_ptr<PipelineService> service, const Schedule &schedule, bool on);
operations::Operation createScheduleOperation(std::shared_ptr<PipelineService> service, const ScheduleRequest &request, std::shared_ptr<QString> made);
operations::Operation removeScheduleOperation(std::shared_ptr<PipelineService> service, const Schedule &schedule);

} // namespace pilothouse::pipelines
