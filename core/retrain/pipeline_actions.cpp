// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/pipeline_actions.h"

#include "core/base/json.h"
#include "core/pipelines/lost_reply.h"
#include "core/pipelines/parameter_check.h"

namespace pilothouse::retrain {

using Q = QLatin1String;

Starter pipelineStarter(std::shared_ptr<pipelines::PipelineService> service, const QString &by) {
    return [service = std::move(service), by](const Decision &decision) -> Result<QString> {
        return service->start(decision.model, {{Q("decision"), decision.id}}, by, decision.reason);
    };
}

Starter pipelineStarter(std::shared_ptr<pipelines::PipelineService> service, const PipelinePlace &place, const QString &by) {
    if (place.connection.isEmpty())
        return pipelineStarter(std::move(service), by);
    return [service = std::move(service), place, by](const Decision &decision) -> Result<QString> {
        pipelines::StartRequest request = place.request;
        request.by = by;
        request.reason = decision.reason;
        PH_ASSIGN(const pipelines::StartForm form, service->form(request.pipeline));
        PH_ASSIGN(request.parameters, pipelines::checkedValues(form.parameters, request.parameters));
        const pipelines::RunsBefore before = pipelines::runsBefore(*service, request.pipeline);
        const auto started = service->startRun(request);
        if (started || !pipelines::replyLost(started.error()))
            return started;
        return pipelines::startedAfterAll(*service, request.pipeline, request.parameters, before, started.error());
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
