// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/workflow_deployer.h"

#include "core/fleet/endpoint.h"
#include "core/pipelines/lost_reply.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::fleet {

using rollouts::Deployer;

namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(WorkflowDeployer)
};

const QString place = QStringLiteral("{tag}");

} // namespace

Result<pipelines::StartRequest> startOfTag(const pipelines::PipelineService &service, const WorkflowDeploy &deploy, const QString &tag) {
    static const QStringList usual{QStringLiteral("tag"), QStringLiteral("image_tag"), QStringLiteral("version"), QStringLiteral("release"), QStringLiteral("frontend_tag"), QStringLiteral("backend_tag")};
    pipelines::StartRequest request;
    request.pipeline = deploy.pipeline;
    request.ref = deploy.ref;
    request.by = deploy.by;
    request.reason = QStringLiteral("deploy %1").arg(tag);
    bool placed = false;
    for (auto it = deploy.parameters.begin(); it != deploy.parameters.end(); ++it) {
        placed = placed || it.value().contains(place);
        request.parameters.insert(it.key(), QString(it.value()).replace(place, tag));
    }
    if (placed)
        return request;
    PH_ASSIGN(const pipelines::StartForm form, service.form(deploy.pipeline));
    for (const QString &name : usual)
        for (const pipelines::Parameter &parameter : form.parameters)
            if (parameter.name.compare(name, Qt::CaseInsensitive) == 0 && !request.parameters.contains(parameter.name)) {
                request.parameters.insert(parameter.name, tag);
                return request;
            }
    const bool isRef = std::any_of(form.refs.begin(), form.refs.end(), [&](const QString &ref) { return rollouts::sameVersion(ref, tag); });
    if (!isRef)
        return invalid(Text::tr("The pipeline %1 has no input for a tag, and “%2” is none of its branches and tags.").arg(deploy.pipeline, tag), {}, Text::tr("Write deploy_parameters: {INPUT: \"{tag}\"} into the model's pipeline, or push the tag."));
    request.ref = *std::find_if(form.refs.begin(), form.refs.end(), [&](const QString &ref) { return rollouts::sameVersion(ref, tag); });
    return request;
}

Deployer workflowDeployer(std::shared_ptr<pipelines::PipelineService> service, const WorkflowDeploy &deploy) {
    const auto run = std::make_shared<QString>();
    rollouts::Deployer deployer;
    deployer.name = Text::tr("workflow %1").arg(deploy.pipeline);
    deployer.deploy = [service, deploy, run](const QString &tag) -> Result<void> {
        PH_ASSIGN(const pipelines::StartRequest request, startOfTag(*service, deploy, tag));
        const pipelines::RunsBefore before = pipelines::runsBefore(*service, request.pipeline);
        const auto started = service->startRun(request);
        if (!started && !pipelines::replyLost(started.error()))
            return started.error();
        PH_ASSIGN(*run, started ? started : pipelines::startedAfterAll(*service, request.pipeline, request.parameters, before, started.error()));
        return {};
    };
    deployer.finished = [service, run]() -> Result<bool> {
        const auto now = service->run(*run);
        if (!now) // a call that fails says nothing about the run; the rollout's own limit ends the watching
            return now.error().kind == ErrorKind::Unreachable || now.error().kind == ErrorKind::TimedOut ? Result<bool>(false) : Result<bool>(now.error());
        if (now->state == pipelines::State::Failed || now->state == pipelines::State::Cancelled || now->state == pipelines::State::Skipped)
            return now->error.value_or(refused(Text::tr("The run %1 did not deploy: it is %2.").arg(*run, pipelines::stateName(now->state)), now->link, Text::tr("Look at its log.")));
        return pipelines::hasPassed(now->state);
    };
    return deployer;
}

Result<WorkflowDeploy> workflowDeployOf(const Services &services, const workspace::Model &model) {
    const auto &other = model.pipeline.other;
    const QString job = other.value(QStringLiteral("deploy"));
    if (job.isEmpty())
        return notFound(Text::tr("The model “%1” names no pipeline that deploys it.").arg(model.name), services.workspace.file, Text::tr("Write pipeline: {deploy: deploy.yml, deploy_connection: …} into the workspace."));
    WorkflowDeploy deploy;
    const QString connection = other.value(QStringLiteral("deploy_connection"), model.pipeline.connection);
    deploy.pipeline = connection.isEmpty() ? job : connection + QLatin1Char(':') + job;
    deploy.ref = other.value(QStringLiteral("deploy_branch"));
    deploy.by = services.operations->actor().name;
    for (const QString &line : other.value(QStringLiteral("deploy_parameters")).split(QLatin1Char('\n'), Qt::SkipEmptyParts))
        deploy.parameters.insert(line.section(QLatin1Char('='), 0, 0), line.section(QLatin1Char('='), 1));
    return deploy;
}

Result<operations::Operation> deployTagOperation(const Services &services, const workspace::Model &model, const QString &tag, const QString &earlier, rollouts::HealthRolloutOptions options) {
    PH_ASSIGN(const WorkflowDeploy deploy, workflowDeployOf(services, model));
    PH_ASSIGN(const ModelEndpoint endpoint, endpointOf(services, model.name));
    PH_TRY(startOfTag(*services.pipelines, deploy, tag)); // what cannot be started is refused before the plan is shown
    options.endpoint = endpoint.client;
    options.model = model.name;
    options.connection = deploy.pipeline.contains(QLatin1Char(':')) ? deploy.pipeline.section(QLatin1Char(':'), 0, 0) : QString();
    options.tag = tag;
    options.earlierTag = earlier;
    options.clock = services.clock;
    options.deployer = workflowDeployer(services.pipelines, deploy);
    if (earlier.isEmpty()) {
        PH_ASSIGN(const rollouts::HealthSample now, rollouts::lookAtHealth(*options.endpoint, services.clock->nowUtc(), options.stop));
        options.earlierTag = now.version;
    }
    PH_ASSIGN(operations::Operation operation, rollouts::deployOperation(std::move(options)));
    operation.undoRecord.insert(Q("pipeline"), deploy.pipeline);
    return operation;
}

Result<operations::Operation> undoDeployTag(const Services &services, const operations::RecordedOperation &recorded) {
    const QString name = recorded.undoRecord.value(Q("model")).toString(), tag = recorded.undoRecord.value(Q("tag")).toString();
    const auto model = std::find_if(services.workspace.models.begin(), services.workspace.models.end(), [&](const workspace::Model &m) { return m.name == name; });
    if (model == services.workspace.models.end())
        return notFound(Text::tr("The workspace has no model “%1”.").arg(name), services.workspace.file);
    if (tag.isEmpty())
        return refused(Text::tr("The journal does not say what ran before %1.").arg(recorded.id), {}, Text::tr("Deploy the tag that is wanted."));
    PH_ASSIGN(operations::Operation operation, deployTagOperation(services, *model, tag, {}, {}));
    operation.details.insert(Q("undoes"), recorded.id);
    return operation;
}

} // namespace pilothouse::fleet
