// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/pipeline_operations.h"

#include "core/base/json.h"

namespace pilothouse::pipelines {

using Q = QLatin1String;

operations::Operation startPipelineOperation(std::shared_ptr<PipelineService> service, const QString &pipeline, const QJsonObject &parameters,
                                             const QString &by, const QString &reason, std::shared_ptr<QString> run) {
    if (!run)
        run = std::make_shared<QString>();
    operations::Operation operation;
    operation.kind = QStringLiteral("pipeline-start");
    operation.object = QStringLiteral("pipeline %1").arg(pipeline);
    operation.summary = QStringLiteral("Start the pipeline %1 (%2)").arg(pipeline, service->source());
    operation.details = {{Q("parameters"), parameters}, {Q("reason"), reason}};
    operations::Step step;
    step.call = {QStringLiteral("START"), operation.object, parameters.isEmpty() ? QStringLiteral("a new run") : QString::fromUtf8(canonicalJson(parameters)),
                 QStringLiteral("cancel the run"), QStringLiteral("pilot pipelines start %1").arg(pipeline)};
    for (auto it = parameters.begin(); it != parameters.end(); ++it)
        step.call.command += QStringLiteral(" --param %1=%2").arg(it.key(), it.value().toVariant().toString());
    step.execute = [=]() -> Result<void> {
        PH_ASSIGN(*run, service->start(pipeline, parameters, by, reason));
        return {};
    };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const PipelineRun seen, service->run(*run));
        return QJsonObject{{Q("run"), seen.id}, {Q("state"), stateName(seen.state)}};
    };
    step.undo = [=] { return service->cancel(*run); };
    operation.steps.push_back(std::move(step));
    return operation;
}

operations::Operation cancelRunOperation(std::shared_ptr<PipelineService> service, const QString &run) {
    operations::Operation operation;
    operation.kind = QStringLiteral("pipeline-cancel");
    operation.object = QStringLiteral("pipeline run %1").arg(run);
    operation.summary = QStringLiteral("Cancel the run %1").arg(run);
    operations::Step step;
    step.call = {QStringLiteral("CANCEL"), operation.object, QStringLiteral("its process is asked to stop, a training checkpoints"), QString(),
                 QStringLiteral("pilot pipelines cancel %1").arg(run)};
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const PipelineRun seen, service->run(run));
        if (seen.state == State::Waiting || seen.state == State::Running || seen.state == State::Paused)
            return {};
        return Error{ErrorKind::Conflict, QStringLiteral("Run %1 has ended already: %2.").arg(run, stateName(seen.state)), {}, {}, {}};
    };
    step.execute = [=] { return service->cancel(run); };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const PipelineRun seen, service->run(run));
        return QJsonObject{{Q("run"), seen.id}, {Q("state"), stateName(seen.state)}};
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::pipelines
