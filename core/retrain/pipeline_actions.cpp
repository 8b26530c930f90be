// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/pipeline_actions.h"

#include "core/base/json.h"

namespace pilothouse::retrain {

using Q = QLatin1String;

operations::Operation startPipelineOperation(std::shared_ptr<pipelines::PipelineService> service, const QString &pipeline, const QJsonObject &parameters,
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
        PH_ASSIGN(const pipelines::PipelineRun seen, service->run(*run));
        return QJsonObject{{Q("run"), seen.id}, {Q("state"), pipelines::stateName(seen.state)}};
    };
    step.undo = [=] { return service->cancel(*run); };
    operation.steps.push_back(std::move(step));
    return operation;
}

operations::Operation cancelRunOperation(std::shared_ptr<pipelines::PipelineService> service, const QString &run) {
    operations::Operation operation;
    operation.kind = QStringLiteral("pipeline-cancel");
    operation.object = QStringLiteral("pipeline run %1").arg(run);
    operation.summary = QStringLiteral("Cancel the run %1").arg(run);
    operations::Step step;
    step.call = {QStringLiteral("CANCEL"), operation.object, QStringLiteral("its process is asked to stop, a training checkpoints"), QString(),
                 QStringLiteral("pilot pipelines cancel %1").arg(run)};
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const pipelines::PipelineRun seen, service->run(run));
        using pipelines::State;
        if (seen.state == State::Waiting || seen.state == State::Running || seen.state == State::Paused)
            return {};
        return Error{ErrorKind::Conflict, QStringLiteral("Run %1 has ended already: %2.").arg(run, pipelines::stateName(seen.state)), {}, {}, {}};
    };
    step.execute = [=] { return service->cancel(run); };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const pipelines::PipelineRun seen, service->run(run));
        return QJsonObject{{Q("run"), seen.id}, {Q("state"), pipelines::stateName(seen.state)}};
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

Starter pipelineStarter(std::shared_ptr<pipelines::PipelineService> service, const QString &by) {
    return [service = std::move(service), by](const Decision &decision) -> Result<QString> {
        return service->start(decision.model, {{Q("decision"), decision.id}}, by, decision.reason);
    };
}

std::function<Result<void>()> pipelineReady(std::shared_ptr<pipelines::PipelineService> service, const QString &model) {
    return [service = std::move(service), model]() -> Result<void> {
        PH_ASSIGN(const auto runs, service->runs(model, 10)); // a paused run may lie before the one that is under way
        for (const pipelines::PipelineRun &run : runs)
            if (run.state == pipelines::State::Waiting || run.state == pipelines::State::Running)
                return Error{ErrorKind::Conflict, QStringLiteral("Run %1 of %2 is still %3.").arg(run.id, model, pipelines::stateName(run.state)), {},
                             QStringLiteral("Wait for it, or end it: pilot pipelines cancel %1.").arg(run.id), {}};
        return {};
    };
}

} // namespace pilothouse::retrain
