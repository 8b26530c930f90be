// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/rollout_targets.h"

#include "core/base/actor.h"
#include "core/base/child_process.h"
#include "core/cluster/argo_target.h"
#include "core/cluster/container_target.h"
#include "core/cluster/deployment_target.h"
#include "core/cluster/kserve_target.h"
#include "core/cluster/local_target.h"
#include "core/fleet/image_of_version.h"
#include "core/rollouts/kserve_operations.h"
#include "core/rollouts/volume_payload.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(RolloutTargets)
};

using TargetPtr = std::shared_ptr<cluster::RolloutTarget>;

/// A target in a cluster, with what every kind of it needs.
struct InCluster {
    std::shared_ptr<cluster::KubeApi> api;
    cluster::KubeRef ref;
    std::shared_ptr<ImagesOfVersions> images;
};

/// The files that a package's recipe names, by `pilot`: they are of learn, which only pilot has.
Result<void> exportPackage(const QString &packageFolder, const QString &folder) {
    ChildJob job;
    job.program = pilotProgram();
    job.arguments = {QStringLiteral("registry"), QStringLiteral("export"), packageFolder, folder, QStringLiteral("--overwrite")};
    job.nice = 0;
    const auto done = runJob(job, [](const Event &) {}, {});
    return done ? Result<void>() : Result<void>(done.error());
}

TargetPtr deployment(const RolloutTargetParts &parts, const workspace::Model &model, const InCluster &in) {
    cluster::DeploymentTargetOptions options;
    options.api = in.api;
    options.ref = in.ref;
    options.name = model.deployment.target;
    options.container = model.deployment.container;
    options.model = model.registry.name;
    options.by = currentActor();
    options.program = parts.program;
    options.imageOf = [images = in.images](const cluster::Revision &revision) { return images->imageOf(revision.version); };
    options.versionOf = [images = in.images](const QString &image) { return images->versionOf(image); };
    if (!model.deployment.weights.isEmpty()) {
        rollouts::VolumeUpdate update;
        update.workload = in.ref;
        update.claim = model.deployment.claim;
        update.path = model.deployment.weights;
        update.image = model.deployment.writer;
        options.payload = rollouts::volumePayload(in.api, update, exportPackage);
        options.versionOf = {}; // all versions have one image
    }
    return cluster::deploymentTarget(std::move(options));
}

TargetPtr argoRollout(const workspace::Model &model, const InCluster &in) {
    cluster::ArgoTargetOptions options;
    options.api = in.api;
    options.ref = in.ref;
    options.model = model.registry.name;
    options.container = model.deployment.container;
    options.imageOf = [images = in.images](const cluster::Revision &revision) { return images->imageOf(revision.version); };
    options.versionOf = [images = in.images](const QString &image) { return images->versionOf(image); };
    return cluster::argoTarget(std::move(options));
}

TargetPtr inferenceService(const RolloutTargetParts &parts, const workspace::Model &model, const InCluster &in) {
    cluster::KserveTargetOptions options;
    options.api = in.api;
    options.ref = in.ref;
    options.model = model.registry.name;
    options.steps = model.deployment.steps;
    options.versionOf = [registries = parts.registries, connection = parts.workspace.registryConnection(model), name = model.registry.name](const QString &uri) {
        const auto registry = registries->of(connection);
        const auto versions = registry ? (*registry)->versions(name) : Result<std::vector<registry::Version>>(registry.error());
        const auto found = versions ? rollouts::versionOfStorageUri(uri, *versions) : std::nullopt;
        return found ? found->version : 0;
    };
    return cluster::kserveTarget(std::move(options));
}

Result<TargetPtr> inCluster(const RolloutTargetParts &parts, const workspace::Model &model) {
    InCluster in;
    PH_ASSIGN(in.api, parts.clusters->of(model.deployment.connection));
    const QString space = model.deployment.space.isEmpty() ? in.api->space() : model.deployment.space;
    PH_ASSIGN(in.ref, cluster::parseKubeRef(model.deployment.target, space));
    PH_ASSIGN(auto registry, parts.registries->of(parts.workspace.registryConnection(model)));
    in.images = std::make_shared<ImagesOfVersions>(std::move(registry), model.registry.name, model.deployment.image);
    // One line a kind of target.
    if (in.ref.kind == cluster::kinds::Deployment)
        return deployment(parts, model, in);
    if (in.ref.kind == cluster::kinds::Rollout)
        return argoRollout(model, in);
    if (in.ref.kind == cluster::kinds::InferenceService)
        return inferenceService(parts, model, in);
    return invalid(Text::tr("Nothing here rolls a version out to %1.").arg(model.deployment.target), parts.workspace.file, Text::tr("Write deployment/NAME, rollout/NAME or inferenceservice/NAME."));
}

/// Whether the service of an address answers /health: the word in it counts where there is one.
Result<void> answersWell(net::HttpClient &http, const QUrl &service) {
    QUrl url = service;
    url.setPath(QStringLiteral("/health"));
    url.setQuery(QString());
    net::Request request;
    request.url = url.toString(QUrl::FullyEncoded);
    request.timeoutMs = 2500;
    request.idempotent = false; // asked again by who waits
    PH_ASSIGN(const net::Response reply, http.send(request));
    if (reply.status >= 400)
        return net::statusError(request, reply);
    const QJsonObject said = QJsonDocument::fromJson(reply.body).object();
    const QString word = said.value(QLatin1String("status")).toString().toLower();
    static const QStringList good{QString(), QStringLiteral("healthy"), QStringLiteral("ok"), QStringLiteral("up"), QStringLiteral("alive"), QStringLiteral("ready")};
    if (!good.contains(word) || !said.value(QLatin1String("model_loaded")).toBool(true))
        return refused(good.contains(word) ? Text::tr("it has loaded no model") : Text::tr("it says “%1” of itself").arg(word), request.url);
    return {};
}

/// A container of this machine's engine.
Result<TargetPtr> container(const RolloutTargetParts &parts, const workspace::Model &model) {
    auto engine = cluster::ContainerEngine::find();
    if (!engine)
        return engine.error();
    PH_ASSIGN(auto registry, parts.registries->of(parts.workspace.registryConnection(model)));
    const auto images = std::make_shared<ImagesOfVersions>(std::move(registry), model.registry.name, model.deployment.image);
    cluster::ContainerTargetOptions options{*std::move(engine), model.deployment.target.mid(10), model.deployment.target, model.registry.name, currentActor(), {}, {}, {}};
    options.imageOf = [images](const cluster::Revision &revision) { return images->imageOf(revision.version); };
    options.versionOf = [images](const QString &image) { return images->versionOf(image); };
    if (const QUrl service(model.endpoint.url); service.scheme().startsWith(QLatin1String("http")))
        options.healthy = [http = parts.http, service] { return answersWell(*http, service); };
    return cluster::containerTarget(std::move(options));
}

} // namespace

Result<TargetPtr> rolloutTargetOf(const RolloutTargetParts &parts, const workspace::Model &model) {
    if (model.deployment.target.isEmpty())
        return notFound(Text::tr("Model %1 has no deployment.").arg(model.name), {}, Text::tr("Add `deployment: {connection: local, target: serving/%1}` to the workspace.").arg(model.name));
    if (parts.workspace.connections.value(model.deployment.connection).kind == QLatin1String("kubernetes")) {
        auto target = inCluster(parts, model);
        if (!target && target.error().kind == ErrorKind::NotFound) { // a kubeconfig that is not there is no "none configured": a promotion must not pass it over
            Error error = target.error();
            error.kind = ErrorKind::Invalid;
            return error;
        }
        return target;
    }
    if (model.deployment.target.startsWith(QLatin1String("container/")))
        return container(parts, model);
    cluster::LocalTargetOptions target;
    target.root = parts.root;
    target.model = model;
    target.workspaceFile = parts.workspace.file;
    target.http = parts.http;
    return cluster::localTarget(target);
}

} // namespace pilothouse::fleet
