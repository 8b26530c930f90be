// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/pod_reports.h"

#include "core/base/clock.h"
#include "core/cluster/image_reference.h"
#include "core/cluster/pod_selector.h"
#include "core/fleet/image_of_version.h"
#include "core/fleet/image_registries.h"

#include <QJsonArray>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

constexpr std::size_t askedPods = 4;
constexpr auto askLimit = std::chrono::milliseconds(2500);

QJsonObject statusOf(const QJsonObject &pod) { return pod.value(Q("status")).toObject(); }

QJsonObject named(const QJsonArray &containers, const QString &name) {
    for (const QJsonValue &value : containers)
        if (value.toObject().value(Q("name")).toString() == name)
            return value.toObject();
    return {};
}

/// A container's port that a service speaks at: the one called http, else the first.
int portOf(const QJsonObject &pod, const QString &container) {
    int port = 0;
    for (const QJsonValue &value : named(pod.value(Q("spec")).toObject().value(Q("containers")).toArray(), container).value(Q("ports")).toArray())
        if (const QJsonObject one = value.toObject(); port == 0 || one.value(Q("name")).toString() == Q("http"))
            port = one.value(Q("containerPort")).toInt();
    return port;
}

/// GET through the API server, given up after a short time: a pod that hangs must not hold the others up.
Result<QJsonObject> askPod(const cluster::KubeApi &api, const QJsonObject &pod, int port, std::stop_token stop) {
    std::stop_source limit;
    const std::stop_callback forward(stop, [&] { limit.request_stop(); });
    const std::jthread timer([&limit](std::stop_token over) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any().wait_for(lock, over, askLimit, [] { return false; });
        limit.request_stop();
    });
    const cluster::KubeRef ref{cluster::kinds::Pod, cluster::metadataText(pod, "namespace"), QStringLiteral("%1:%2").arg(cluster::metadataText(pod, "name")).arg(port)};
    return api.get(cluster::objectPath(ref, QStringLiteral("proxy/model-info")), {}, limit.get_token());
}

/// What a pod says of itself goes before what is seen of it; its image stays what the cluster says.
void addOwnWords(ServedReport &report, const ServedReport &own) {
    report.version = own.version;
    report.run = own.run;
    report.digest = own.digest;
    report.weightsSha256 = own.weightsSha256;
    report.source = own.source;
    report.storageUri = own.storageUri;
    if (own.started.isValid())
        report.started = own.started;
}

/// Image and digests of the version that should be live.
void addWanted(const Services &services, const workspace::Model &model, ServedByPods &out, ImagesOfVersions &images, registry::Registry &registry, std::stop_token stop) {
    const auto version = registry.versionByAlias(model.registry.name, model.registry.champion);
    if (!version)
        return;
    out.version = version->version;
    const QString tagged = version->tags.value(QStringLiteral("image.digest")).trimmed();
    if (!tagged.isEmpty())
        out.digests << tagged.section(QLatin1Char('@'), -1);
    if (const auto image = images.imageOf(*version)) {
        out.image = *image;
        if (const auto known = services.images ? services.images->image(*image, stop) : Result<cluster::ImageInfo>(notFound({})))
            out.digests << known->digests();
        if (const auto before = version->version > 1 ? images.imageOf(version->version - 1) : Result<QString>(notFound({})); before && *before == *image)
            out.shared = true;
    }
    out.digests.removeDuplicates();
}

} // namespace

ServedReport reportOfPod(const QJsonObject &pod, const QString &container, const QDateTime &observed) {
    ServedReport report;
    report.pod = true;
    report.from = cluster::metadataText(pod, "name");
    report.observed = observed;
    const QString name = container.isEmpty() ? cluster::defaultContainer(pod) : container;
    const QJsonObject status = named(statusOf(pod).value(Q("containerStatuses")).toArray(), name);
    const cluster::RunningImage running = cluster::runningImage(status.value(Q("imageID")).toString());
    report.image = named(pod.value(Q("spec")).toObject().value(Q("containers")).toArray(), name).value(Q("image")).toString();
    report.imageDigest = running.reference ? running.reference->digest : running.id;
    report.started = QDateTime::fromString(status.value(Q("state")).toObject().value(Q("running")).toObject().value(Q("startedAt")).toString(), Qt::ISODate).toUTC();
    return report;
}

ServedByPods askPods(const Services &services, const workspace::Model &model, std::stop_token stop) {
    ServedByPods out;
    const auto failed = [&](const Error &error) {
        out.problem = error;
        return out;
    };
    const auto api = services.clusters->of(model.deployment.connection);
    if (!api)
        return failed(api.error());
    const auto ref = cluster::parseKubeRef(model.deployment.target, model.deployment.space.isEmpty() ? (*api)->space() : model.deployment.space);
    const auto selector = ref ? cluster::PodSelector::of(**api, *ref, stop) : Result<cluster::PodSelector>(ref.error());
    const auto pods = selector ? selector->pods(**api, stop) : Result<std::vector<QJsonObject>>(selector.error());
    if (!pods)
        return failed(pods.error());
    const auto registry = services.registries->of(services.workspace.registryConnection(model));
    if (!registry)
        return failed(registry.error());
    ImagesOfVersions images(*registry, model.registry.name, model.deployment.image);
    addWanted(services, model, out, images, **registry, stop);
    const QDateTime now = services.clock->nowUtc();
    std::size_t asked = 0;
    for (const QJsonObject &pod : *pods) {
        if (statusOf(pod).value(Q("phase")).toString() != Q("Running") || !cluster::metadataText(pod, "deletionTimestamp").isEmpty())
            continue;
        ServedReport report = reportOfPod(pod, model.deployment.container, now);
        const int port = portOf(pod, model.deployment.container.isEmpty() ? cluster::defaultContainer(pod) : model.deployment.container);
        if (model.endpoint.url.isEmpty() && port > 0 && cluster::podIsReady(pod) && asked++ < askedPods)
            if (const auto own = askPod(**api, pod, port, stop)) // one that has no such route, or may not be asked, is known by its image alone
                addOwnWords(report, reportOfModelInfo(*own, report.from, now));
        if (report.version.isEmpty() && !out.image.isEmpty() && report.image.section(QLatin1Char('@'), 0, 0) != out.image)
            if (const int version = images.versionOf(report.image); version > 0 && version != out.version)
                report.version = QString::number(version);
        out.reports.push_back(std::move(report));
    }
    return out;
}

} // namespace pilothouse::fleet
