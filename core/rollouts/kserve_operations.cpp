// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/kserve_operations.h"

#include "core/cluster/argo_actions.h"
#include "core/rollouts/object_change.h"

namespace pilothouse::rollouts {

using Q = QLatin1String;
using cluster::KserveChange;
using cluster::KubeApi;
using cluster::KubeRef;
using operations::Operation;

namespace {

QJsonObject relied(const QJsonObject &service) {
    const QJsonObject spec = service.value(Q("spec")).toObject();
    QJsonObject out{{Q("predictor"), spec.value(Q("predictor"))}};
    if (spec.contains(Q("canary")))
        out.insert(Q("canary"), spec.value(Q("canary")));
    return {{Q("spec"), out}};
}

Operation operationOf(std::shared_ptr<const KubeApi> api, const KubeRef &ref, const QJsonObject &service, const KserveChange &made, const QString &command, const QJsonArray &morePatch = {}) {
    ObjectChange change;
    change.ref = ref;
    change.object = service;
    change.effect = made.note.isEmpty() ? made.effect : made.effect + QStringLiteral(". ") + made.note;
    change.undo = made.undoText;
    change.command = QStringLiteral("pilot rollouts %1 --namespace %2").arg(command, ref.space);
    change.relies = relied;
    QJsonArray patch = made.patch;
    for (const QJsonValue &one : morePatch)
        patch.append(one);
    change.send = jsonPatch(ref, patch);
    if (!made.undo.isEmpty())
        change.back = jsonPatch(ref, made.undo);
    change.seen = [ref, after = made.after](const QJsonObject &now) -> Result<void> {
        const QJsonObject spec = now.value(Q("spec")).toObject();
        const QString percent = QStringLiteral("canaryTrafficPercent");
        const bool share = spec.value(Q("predictor")).toObject().value(percent) == after.value(Q("predictor")).toObject().value(percent), entries = spec.contains(Q("canary")) == after.contains(Q("canary"));
        for (auto it = after.begin(); it != after.end(); ++it)
            if (!cluster::derives(it.value(), spec.value(it.key())) || !share || !entries) // KServe's webhook fills in defaults
                return Error{ErrorKind::Conflict, QStringLiteral("spec.%1 is not what was sent: a webhook or somebody else changed it.").arg(it.key()), ref.text(), {}, {}};
        return {};
    };
    Operation operation = changeOperation(std::move(api), std::move(change), made.undo);
    operation.summary = QStringLiteral("%1: %2").arg(ref.text(), made.effect);
    return operation;
}

/// What the stable version serves: the annotation, else the Knative Revision. Empty where neither says it; that is no error.
QString stableUri(const KubeApi &api, const QJsonObject &service) {
    if (const QString ours = cluster::kserveStableUri(service, {}); !ours.isEmpty())
        return ours;
    const cluster::KserveStatus s = cluster::kserveStatus(service);
    const QString stable = s.latestRolledout.isEmpty() || s.latestRolledout == s.latestReady ? s.previousRolledout : s.latestRolledout;
    if (stable.isEmpty())
        return {};
    const auto revision = api.get(cluster::knativeRevisionPath(s.space, stable));
    return revision ? cluster::kserveStableUri(service, *revision) : QString();
}

QString named(const QString &canary) { return canary.isEmpty() ? QString() : QStringLiteral(" --canary ") + canary; }

QString trimmedUri(QString uri) {
    while (uri.endsWith(QLatin1Char('/')))
        uri.chop(1);
    if (uri.endsWith(Q("/model")))
        uri.chop(6);
    return uri;
}

/// The annotation about the stable version as a JSON patch of the metadata.
QJsonArray stableNote(const QJsonObject &service, const QString &uri) {
    const bool any = !service.value(Q("metadata")).toObject().value(Q("annotations")).toObject().isEmpty();
    if (!any)
        return {QJsonObject{{Q("op"), Q("add")}, {Q("path"), Q("/metadata/annotations")}, {Q("value"), QJsonObject{{cluster::kserveStableUriAnnotation, uri}}}}};
    return {QJsonObject{{Q("op"), Q("add")}, {Q("path"), QStringLiteral("/metadata/annotations/%1").arg(QString(cluster::kserveStableUriAnnotation).replace(QLatin1Char('/'), Q("~1")))}, {Q("value"), uri}}};
}

} // namespace

Result<Operation> kservePromoteOperation(std::shared_ptr<const KubeApi> api, const KubeRef &ref, const QString &canary) {
    PH_ASSIGN(const QJsonObject service, api->read(ref));
    PH_ASSIGN(const KserveChange change, cluster::kservePromote(service, canary, stableUri(*api, service)));
    Operation operation = operationOf(std::move(api), ref, service, change, QStringLiteral("promote inferenceservice/%1%2").arg(ref.name, named(canary)));
    operation.kind = QStringLiteral("rollout-promote");
    return operation;
}

Result<Operation> kserveRollBackOperation(std::shared_ptr<const KubeApi> api, const KubeRef &ref, const QString &canary) {
    PH_ASSIGN(const QJsonObject service, api->read(ref));
    PH_ASSIGN(const KserveChange change, cluster::kserveRollBack(service, canary));
    Operation operation = operationOf(std::move(api), ref, service, change, QStringLiteral("abort inferenceservice/%1%2").arg(ref.name, named(canary)));
    operation.kind = QStringLiteral("rollout-abort");
    return operation;
}

Result<Operation> kserveShareOperation(std::shared_ptr<const KubeApi> api, const KubeRef &ref, int percent, const QString &canary) {
    PH_ASSIGN(const QJsonObject service, api->read(ref));
    PH_ASSIGN(const KserveChange change, cluster::kserveShare(service, canary, percent));
    Operation operation = operationOf(std::move(api), ref, service, change, QStringLiteral("share inferenceservice/%1 %2%3").arg(ref.name).arg(percent).arg(named(canary)));
    operation.kind = QStringLiteral("rollout-share");
    return operation;
}

Result<Operation> kserveStartOperation(std::shared_ptr<const KubeApi> api, const KubeRef &ref, const QString &storageUri, int percent, const QString &canary) {
    PH_ASSIGN(const QJsonObject service, api->read(ref));
    PH_ASSIGN(const KserveChange change, cluster::kserveStart(service, storageUri, percent, canary));
    const QString before = cluster::kserveStatus(service).storageUri;
    Operation operation = operationOf(std::move(api), ref, service, change, QStringLiteral("canary inferenceservice/%1 %2 --share %3%4").arg(ref.name, storageUri).arg(percent).arg(named(canary)),
                                      stableNote(service, before));
    operation.kind = QStringLiteral("rollout-start");
    return operation;
}

std::optional<registry::Version> versionOfStorageUri(const QString &uri, const std::vector<registry::Version> &versions) {
    const QString wanted = trimmedUri(uri);
    for (const registry::Version &v : versions)
        if (!wanted.isEmpty() && trimmedUri(v.source) == wanted)
            return v;
    const auto source = cluster::storageSource(uri);
    if (!source)
        return std::nullopt;
    const registry::Version *found = nullptr;
    for (const registry::Version &v : versions) { // of several versions of one run the newest
        const bool same = source->run.isEmpty() ? v.source.contains(source->loggedModel) : v.runId == source->run;
        if (same && (!found || v.version > found->version))
            found = &v;
    }
    return found ? std::optional(*found) : std::nullopt;
}

} // namespace pilothouse::rollouts
