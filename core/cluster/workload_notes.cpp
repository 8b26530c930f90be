// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/workload_notes.h"

#include <QJsonArray>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

bool managedBy(const QJsonObject &object, const QStringList &managers) {
    for (const QJsonValue &value : object.value(Q("metadata")).toObject().value(Q("managedFields")).toArray())
        if (managers.contains(value.toObject().value(Q("manager")).toString()))
            return true;
    return false;
}

} // namespace

std::optional<GitOpsOwner> gitOpsOwner(const QJsonObject &object) {
    const QString tracked = annotation(object, QStringLiteral("argocd.argoproj.io/tracking-id")), instance = label(object, QStringLiteral("argocd.argoproj.io/instance"));
    if (!tracked.isEmpty() || !instance.isEmpty() || managedBy(object, {QStringLiteral("argocd-controller"), QStringLiteral("argocd-application-controller")}))
        return GitOpsOwner{QStringLiteral("Argo CD"), tracked.isEmpty() ? instance : tracked.section(QLatin1Char(':'), 0, 0)};
    for (const char *key : {"kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name"})
        if (const QString name = label(object, Q(key)); !name.isEmpty())
            return GitOpsOwner{QStringLiteral("Flux"), name};
    if (managedBy(object, {QStringLiteral("kustomize-controller"), QStringLiteral("helm-controller")}))
        return GitOpsOwner{QStringLiteral("Flux"), {}};
    const QString release = annotation(object, QStringLiteral("meta.helm.sh/release-name"));
    if (!release.isEmpty() || label(object, QStringLiteral("app.kubernetes.io/managed-by")) == Q("Helm"))
        return GitOpsOwner{QStringLiteral("Helm"), release};
    return std::nullopt;
}

QString GitOpsOwner::text() const {
    const QString what = name.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(name);
    if (system == Q("Helm"))
        return QStringLiteral("Helm made this object%1: the next upgrade of its release sets this back. Change the values of the release as well.").arg(what);
    return QStringLiteral("%1 keeps this object%2 and will set this back. Change it in Git.").arg(system, what);
}

std::optional<Autoscaler> autoscalerOf(const KubeRef &workload, const std::vector<QJsonObject> &autoscalers) {
    for (const QJsonObject &object : autoscalers) {
        const QJsonObject spec = object.value(Q("spec")).toObject(), target = spec.value(Q("scaleTargetRef")).toObject();
        if (target.value(Q("kind")).toString() == workload.kind.kind && target.value(Q("name")).toString() == workload.name)
            return Autoscaler{metadataText(object, "name"), spec.value(Q("minReplicas")).toInteger(1), spec.value(Q("maxReplicas")).toInteger()};
    }
    return std::nullopt;
}

QString Autoscaler::text() const {
    return QStringLiteral("HorizontalPodAutoscaler %1 (%2 to %3) sets the number of replicas: it will change this again. Change its limits instead.").arg(name).arg(minimum).arg(maximum);
}

Result<std::optional<Autoscaler>> readAutoscaler(const KubeApi &api, const KubeRef &workload, std::stop_token token) {
    PH_ASSIGN(const auto all, api.list(kinds::HorizontalPodAutoscaler, workload.space, {}, token));
    return autoscalerOf(workload, all);
}

} // namespace pilothouse::cluster
