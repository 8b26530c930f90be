// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/pipelines/pipeline_service.h"

#include <memory>

namespace pilothouse::pipelines {

/// "pipeline-upload": the definition of a pipeline (a compiled file) is sent to a system that keeps definitions: as a new version where there is a pipeline of this name, else as a new
/// pipeline, whose first version is called as it is. `name` and `version` may be empty: the file's own name, and the time with the begin of the file's digest.
/// The bytes are read before: what is sent is what was shown, and its SHA-256 is in the journal. Its guard refuses a version that is there. Where the reply is lost the versions are read:
/// it counts if this one stands there. The version's id (its name, where the reply was lost) is put into `made` (may be null). A version is never taken away again by an undo: runs may use it.
/// Refused, with the reason and what is allowed: pods could not be made of its name. Invalid: no compiled pipeline. Refused: the system keeps no definitions.
Result<operations::Operation> uploadPipelineOperation(std::shared_ptr<PipelineService> service, const QString &name, const QString &version, const QString &fileName, const QByteArray &bytes,
                                                      std::shared_ptr<QString> made);

} // namespace pilothouse::pipelines
