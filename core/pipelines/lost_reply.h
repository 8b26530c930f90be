// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"

#include <QSet>

#include <memory>

namespace pilothouse::pipelines {

/// A write broke off: whether the system has carried it out is not known and must be read.
/// A connection that never came about, or a call that a limit held back here, has changed nothing.
bool replyLost(const Error &error);

/// The workspace's connection of a run, pipeline or schedule; empty: this machine.
QString connectionOf(const std::shared_ptr<PipelineService> &service, const QString &id);
/// The system that has it, for its capabilities. Null: none.
std::shared_ptr<PipelineService> systemOf(const std::shared_ptr<PipelineService> &service, const QString &id);

/// The runs of a pipeline before a start, so that one whose reply is lost can be found afterwards.
struct RunsBefore {
    bool read = false;
    QSet<QString> ids;
};
RunsBefore runsBefore(const PipelineService &service, const QString &pipeline);
/// The run that a start with these parameters made, though its reply was lost: the only one that is new and does not contradict them. Else `lost`, with what was seen said in its hint.
Result<QString> startedAfterAll(const PipelineService &service, const QString &pipeline, const QJsonObject &parameters, const RunsBefore &before, Error lost);

} // namespace pilothouse::pipelines
