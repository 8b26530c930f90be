// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/pipeline_connection.h"

#include "core/pipelines/azureml_pipelines.h"
#include "core/pipelines/github_pipelines.h"
#include "core/pipelines/jenkins_pipelines.h"
#include "core/pipelines/kubeflow_pipelines.h"

namespace pilothouse::pipelines {

namespace {

using Open = Result<std::shared_ptr<PipelineService>> (*)(PipelineConnection);

/// A system, a line.
const QMap<QString, Open> &kinds() {
    static const QMap<QString, Open> kinds{
        {QStringLiteral("github"), openGitHub},
        {QStringLiteral("jenkins"), openJenkins},
        {QStringLiteral("azureml"), openAzureMl},
        {QStringLiteral("kubeflow"), openKubeflow},
    };
    return kinds;
}

} // namespace

bool isPipelineKind(const QString &kind) { return kinds().contains(kind); }

Result<std::shared_ptr<PipelineService>> openPipelines(PipelineConnection connection) {
    const QString kind = connection.connection.kind;
    if (const Open open = kinds().value(kind))
        return open(std::move(connection));
    return refused(QStringLiteral("A connection of kind %1 runs no pipelines.").arg(kind), connection.connection.name);
}

} // namespace pilothouse::pipelines
