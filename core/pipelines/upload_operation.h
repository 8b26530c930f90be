// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/pipelines/pipeline_service.h"

#include <memory>

namespace pilothouse::pipelines {

/// "pipeline-upload": the definition of a pipeline (a compiled file) is sent to a system that keeps definitions. `name` and `version` may be empty: the file's own name, the time.
/// The bytes are read when it is made: what is sent is what was shown. The version's id is put into `made` (may be null). A version is never taken away again by an undo: runs may use it.
operations::Operation uploadPipelineOperation(std::shared_ptr<PipelineService> service, const QString &name, const QString &version, const QString &fileName, const QByteArray &bytes,
                                              std::shared_ptr<QString> made);

} // namespace pilothouse::pipelines
