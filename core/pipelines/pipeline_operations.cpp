// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/pipeline_operations.h"

#include "core/base/json.h"
#include "core/pipelines/lost_reply.h"
#include "core/pipelines/parameter_check.h"

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

std::function<Result<QJsonObject>()> seenRun(std::shared_ptr<PipelineService> service, std::shared_ptr<QString> run) {
    return [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const PipelineRun seen, service->run(*run));
        QJsonObject after{{Q("run"), seen.id}, {Q("state"), stateName(seen.state)}};
        if (!seen.became.isEmpty())
            after.insert(Q("became"), seen.became);
        if (seen.merged)
            after.insert(Q("merged"), true);
        return after;
    };
}

/// The write of a call that ends a run; what was asked and broke off counts if the run has ended.
std::function<Result<void>()> ending(std::shared_ptr<PipelineService> service, const QString &run, Result<void> (PipelineService::*how)(const QString &)) {
    return [=]() -> Result<void> {
        const auto asked = (service.get()->*how)(run);
        if (asked || !replyLost(asked.error()))
            return asked;
        const auto seen = service->run(run);
        if (seen && hasEnded(seen->state))
            return {};
        Error lost = asked.error();
        lost.hint = seen ? QStringLiteral("The run is still %1.").arg(stateName(seen->state)) : QStringLiteral("How the run stands could not be read.");
        return lost;
    };
}

std::function<Result<void>()> stillRuns(std::shared_ptr<PipelineService> service, const QString &run) {
    return [=]() -> Result<void> {
        PH_ASSIGN(const PipelineRun seen, service->run(run));
        if (!hasEnded(seen.state))
            return {};
        return Error{ErrorKind::Conflict, QStringLiteral("Run %1 has ended already: %2.").arg(run, stateName(seen.state)), {}, {}, {}};
    };
}

} // namespace

operations::Operation startPipelineOperation(std::shared_ptr<PipelineService> service, const QString &pipeline, const QJsonObject &parameters,
                                             const QString &by, const QString &reason, std::shared_ptr<QString> run) {
    return startPipelineOperation(std::move(service), StartRequest{pipeline, parameters, {}, by, reason}, std::move(run));
}

operations::Operation startPipelineOperation(std::shared_ptr<PipelineService> service, const StartRequest &request, std::shared_ptr<QString> run) {
    if (!run)
        run = std::make_shared<QString>();
    const QString &pipeline = request.pipeline;
    const QJsonObject &parameters = request.parameters;
    const QString connection = connectionOf(service, pipeline);
    operations::Operation operation;
    operation.kind = QStringLiteral("pipeline-start");
    operation.object = QStringLiteral("pipeline %1").arg(pipeline);
    operation.connection = connection;
    operation.summary = QStringLiteral("Start the pipeline %1 (%2)").arg(pipeline, connection.isEmpty() ? QStringLiteral("local") : connection);
    operation.details = {{Q("parameters"), parameters}, {Q("reason"), request.reason}};
    if (!request.ref.isEmpty())
        operation.details.insert(Q("ref"), request.ref);
    operations::Step step;
    step.call = {QStringLiteral("START"), operation.object, parameters.isEmpty() ? QStringLiteral("a new run") : QString::fromUtf8(canonicalJson(parameters)),
                 QStringLiteral("cancel the run"), QStringLiteral("pilot pipelines start %1").arg(pipeline)};
    if (!request.ref.isEmpty())
        step.call.command += QStringLiteral(" --ref %1").arg(request.ref);
    for (auto it = parameters.begin(); it != parameters.end(); ++it)
        step.call.command += QStringLiteral(" --param %1=%2").arg(it.key(), it.value().toVariant().toString());
    const auto checked = std::make_shared<StartRequest>(request);
    step.guard = [=]() -> Result<void> {
        if (connection.isEmpty())
            return {}; // this machine says itself what it does not know
        PH_ASSIGN(const StartForm form, service->form(request.pipeline));
        PH_ASSIGN(checked->parameters, checkedValues(form.parameters, request.parameters));
        return {};
    };
    step.execute = [=]() -> Result<void> {
        const RunsBefore before = connection.isEmpty() ? RunsBefore() : runsBefore(*service, checked->pipeline);
        const auto started = service->startRun(*checked);
        if (!started && (connection.isEmpty() || !replyLost(started.error())))
            return started.error();
        PH_ASSIGN(*run, started ? started : startedAfterAll(*service, checked->pipeline, checked->parameters, before, started.error()));
        return {};
    };
    step.readBack = seenRun(service, run);
    step.undo = [=]() -> Result<void> {
        PH_ASSIGN(const PipelineRun seen, service->run(*run));
        return service->cancel(seen.became.isEmpty() ? *run : seen.became);
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

operations::Operation cancelRunOperation(std::shared_ptr<PipelineService> service, const QString &run) {
    operations::Operation operation;
    operation.kind = QStringLiteral("pipeline-cancel");
    operation.object = QStringLiteral("pipeline run %1").arg(run);
    operation.connection = connectionOf(service, run);
    operation.summary = QStringLiteral("Cancel the run %1").arg(run);
    operations::Step step;
    step.call = {QStringLiteral("CANCEL"), operation.object,
                 operation.connection.isEmpty() ? QStringLiteral("its process is asked to stop, a training checkpoints") : QStringLiteral("the system is asked to end it"), QString(),
                 QStringLiteral("pilot pipelines cancel %1").arg(run)};
    step.guard = stillRuns(service, run);
    step.execute = ending(service, run, &PipelineService::cancel);
    step.readBack = seenRun(service, std::make_shared<QString>(run));
    operation.steps.push_back(std::move(step));
    return operation;
}

operations::Operation forceRunOperation(std::shared_ptr<PipelineService> service, const QString &run) {
    operations::Operation operation;
    operation.kind = QStringLiteral("pipeline-force");
    operation.object = QStringLiteral("pipeline run %1").arg(run);
    operation.connection = connectionOf(service, run);
    operation.summary = QStringLiteral("End the run %1 by force").arg(run);
    operations::Step step;
    step.call = {QStringLiteral("KILL"), operation.object, QStringLiteral("it ends at once; what it was writing may be half written"), QString(),
                 QStringLiteral("pilot pipelines cancel %1 --force").arg(run)};
    step.guard = stillRuns(service, run);
    step.execute = ending(service, run, &PipelineService::cancelByForce);
    step.readBack = seenRun(service, std::make_shared<QString>(run));
    operation.steps.push_back(std::move(step));
    return operation;
}

operations::Operation rerunOperation(std::shared_ptr<PipelineService> service, const QString &run, bool onlyFailed, std::shared_ptr<QString> made) {
    if (!made)
        made = std::make_shared<QString>();
    operations::Operation operation;
    operation.kind = QStringLiteral("pipeline-rerun");
    operation.object = QStringLiteral("pipeline run %1").arg(run);
    operation.connection = connectionOf(service, run);
    operation.summary = onlyFailed ? QStringLiteral("Run what failed in %1 again").arg(run) : QStringLiteral("Run %1 again").arg(run);
    operation.details = {{Q("only_failed"), onlyFailed}};
    operations::Step step;
    step.call = {QStringLiteral("RERUN"), operation.object, onlyFailed ? QStringLiteral("what failed, and what follows it") : QStringLiteral("all of it, with the same parameters"),
                 QStringLiteral("cancel the run"), QStringLiteral("pilot pipelines retry %1%2").arg(run, onlyFailed ? QStringLiteral(" --failed") : QString())};
    const auto before = std::make_shared<PipelineRun>();
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(*before, service->run(run));
        if (!hasEnded(before->state))
            return Error{ErrorKind::Conflict, QStringLiteral("Run %1 has not ended yet: %2.").arg(run, stateName(before->state)), {}, QStringLiteral("Wait for its end, or cancel it."), {}};
        if (onlyFailed && before->state != State::Failed && before->state != State::Cancelled)
            return refused(QStringLiteral("Nothing failed in run %1: %2.").arg(run, stateName(before->state)), {}, QStringLiteral("Run all of it again."));
        return {};
    };
    step.execute = [=]() -> Result<void> {
        const RunsBefore runs = runsBefore(*service, before->pipeline);
        const auto again = service->rerun(run, onlyFailed);
        if (again || !replyLost(again.error())) {
            PH_ASSIGN(*made, again);
            return {};
        }
        if (const auto seen = service->run(run); seen && (seen->attempt > before->attempt || !hasEnded(seen->state))) {
            *made = run;
            return {};
        }
        PH_ASSIGN(*made, startedAfterAll(*service, before->pipeline, before->parameters, runs, again.error()));
        return {};
    };
    step.readBack = seenRun(service, made);
    step.undo = [=] { return service->cancel(*made); };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::pipelines
