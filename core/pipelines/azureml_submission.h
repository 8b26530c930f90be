// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/pipelines/azureml_code.h"
#include "core/pipelines/azureml_job_file.h"
#include "core/pipelines/pipeline_service.h"

#include <memory>
#include <optional>

namespace pilothouse::pipelines {

/// A job as it will be sent: its name is chosen before, so that a reply that is lost can be looked for.
struct AzureSubmission {
    AzureJobFile job;              ///< with the workspace's ids in its properties
    QString name;
    std::optional<AzureCode> code; ///< to be sent before, if the workspace has not got it yet
};

/// "pipeline-submit": the code of the job's file is sent (a container that the workspace gives, and a code asset with its digest; the same code is sent once), then the job. Its plan shows command,
/// inputs, compute and environment. The guard refuses a name that is taken, and code that changed since it was shown. Where the reply is lost the job is looked for by its name. The job's name
/// is put into `run` (may be null). Refused: `service` is no Azure ML; what readAzureJob() refuses.
Result<operations::Operation> submitJobOperation(std::shared_ptr<PipelineService> service, const QString &file, const QJsonObject &inputs, std::shared_ptr<QString> run);

} // namespace pilothouse::pipelines
