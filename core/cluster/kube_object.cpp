// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_object.h"

#include <QStringList>
#include <QUrl>

#include <vector>

namespace pilothouse::cluster {

namespace kinds {

namespace {
KubeKind of(const char *group, const char *version, const char *plural, const char *kind, bool namespaced = true) {
    return {QString::fromLatin1(group), QString::fromLatin1(version), QString::fromLatin1(plural), QString::fromLatin1(kind), namespaced};
}
} // namespace

// Before every other constant of the program: those are made of kinds, in whichever order the linker has their files.
#define EARLY [[gnu::init_priority(200)]]
const KubeKind Deployment EARLY = of("apps", "v1", "deployments", "Deployment"), ReplicaSet EARLY = of("apps", "v1", "replicasets", "ReplicaSet"),
               StatefulSet EARLY = of("apps", "v1", "statefulsets", "StatefulSet"), DaemonSet EARLY = of("apps", "v1", "daemonsets", "DaemonSet"),
               ControllerRevision EARLY = of("apps", "v1", "controllerrevisions", "ControllerRevision"), Pod EARLY = of("", "v1", "pods", "Pod"), Service EARLY = of("", "v1", "services", "Service"),
               Ingress EARLY = of("networking.k8s.io", "v1", "ingresses", "Ingress"), Event EARLY = of("", "v1", "events", "Event"), Node EARLY = of("", "v1", "nodes", "Node", false),
               Namespace EARLY = of("", "v1", "namespaces", "Namespace", false), Secret EARLY = of("", "v1", "secrets", "Secret"), ConfigMap EARLY = of("", "v1", "configmaps", "ConfigMap"),
               Job EARLY = of("batch", "v1", "jobs", "Job"), CronJob EARLY = of("batch", "v1", "cronjobs", "CronJob"),
               PersistentVolumeClaim EARLY = of("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
               HorizontalPodAutoscaler EARLY = of("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"), ResourceQuota EARLY = of("", "v1", "resourcequotas", "ResourceQuota"),
               ServiceAccount EARLY = of("", "v1", "serviceaccounts", "ServiceAccount"), InferenceService EARLY = of("serving.kserve.io", "v1beta1", "inferenceservices", "InferenceService"),
               Rollout EARLY = of("argoproj.io", "v1alpha1", "rollouts", "Rollout"), AnalysisRun EARLY = of("argoproj.io", "v1alpha1", "analysisruns", "AnalysisRun"),
               AnalysisTemplate EARLY = of("argoproj.io", "v1alpha1", "analysistemplates", "AnalysisTemplate"), PyTorchJob EARLY = of("kubeflow.org", "v1", "pytorchjobs", "PyTorchJob"),
               TrainJob EARLY = of("trainer.kubeflow.org", "v1alpha1", "trainjobs", "TrainJob"), PodMetrics EARLY = of("metrics.k8s.io", "v1beta1", "pods", "PodMetrics"),
               NodeMetrics EARLY = of("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", false);

#undef EARLY

} // namespace kinds

namespace {

struct Word {
    const KubeKind *kind;
    QStringList shorts; ///< the API's own short names
};

/// In the order in which a person is told of them.
const std::vector<Word> &words() {
    const auto s = [](const char *names) { return QString::fromLatin1(names).split(QLatin1Char(' '), Qt::SkipEmptyParts); };
    static const std::vector<Word> all{{&kinds::Deployment, s("deploy")}, {&kinds::StatefulSet, s("sts")}, {&kinds::DaemonSet, s("ds")}, {&kinds::Rollout, s("ro")},
                                       {&kinds::InferenceService, s("isvc")}, {&kinds::Pod, s("po")}, {&kinds::Job, {}}, {&kinds::CronJob, s("cj")}, {&kinds::ReplicaSet, s("rs")},
                                       {&kinds::Service, s("svc")}, {&kinds::Ingress, s("ing")}, {&kinds::HorizontalPodAutoscaler, s("hpa")},
                                       {&kinds::PersistentVolumeClaim, s("pvc")}, {&kinds::ConfigMap, s("cm")}, {&kinds::Secret, {}}, {&kinds::AnalysisRun, s("ar")},
                                       {&kinds::AnalysisTemplate, s("at")}, {&kinds::PyTorchJob, {}}, {&kinds::TrainJob, {}}, {&kinds::Event, s("ev")}, {&kinds::Node, s("no")},
                                       {&kinds::Namespace, s("ns")}, {&kinds::ResourceQuota, s("quota")}, {&kinds::ServiceAccount, s("sa")}, {&kinds::ControllerRevision, {}}};
    return all;
}

QString encoded(const QString &part) { return QString::fromLatin1(QUrl::toPercentEncoding(part)); }

QJsonObject metadata(const QJsonObject &object) { return object.value(QLatin1String("metadata")).toObject(); }

} // namespace

QString KubeKind::apiVersion() const { return group.isEmpty() ? version : group + QLatin1Char('/') + version; }

Result<KubeKind> kindNamed(const QString &word) {
    const QString wanted = word.trimmed().toLower();
    QStringList known;
    for (const Word &w : words()) {
        const QString group = QLatin1Char('.') + w.kind->group, singular = w.kind->kind.toLower();
        for (const QString &name : QStringList{singular, w.kind->plural} + w.shorts)
            if (wanted == name || (!w.kind->group.isEmpty() && wanted == name + group)) // kubectl's "deployments.apps"
                return *w.kind;
        known << singular;
    }
    return notFound(QStringLiteral("There is no kind of object “%1” here.").arg(word), {}, QStringLiteral("Known: %1.").arg(known.join(QStringLiteral(", "))));
}

QString KubeRef::text() const {
    const QString object = kind.kind.toLower() + QLatin1Char('/') + name;
    return space.isEmpty() ? object : object + QStringLiteral(" in ") + space;
}

Result<KubeRef> parseKubeRef(const QString &text, const QString &space) {
    const qsizetype slash = text.indexOf(QLatin1Char('/'));
    const QString name = slash < 0 ? QString() : text.mid(slash + 1);
    // ABNF of names: a path segment that the server takes (no "/", no "%", not "." or "..").
    if (slash <= 0 || name.isEmpty() || name == QLatin1String(".") || name == QLatin1String("..") || name.contains(QLatin1Char('/')) || name.contains(QLatin1Char('%')))
        return invalid(QStringLiteral("“%1” does not name an object.").arg(text), {}, QStringLiteral("Write it as KIND/NAME, for example deployment/web."));
    PH_ASSIGN(const KubeKind kind, kindNamed(text.left(slash)));
    return KubeRef{kind, kind.namespaced ? space : QString(), name};
}

QString listPath(const KubeKind &kind, const QString &space) {
    QString path = kind.group.isEmpty() ? QStringLiteral("/api/") + kind.version : QStringLiteral("/apis/%1/%2").arg(kind.group, kind.version);
    if (kind.namespaced && !space.isEmpty())
        path += QStringLiteral("/namespaces/") + encoded(space);
    return path + QLatin1Char('/') + kind.plural;
}

QString objectPath(const KubeRef &ref, const QString &subresource) {
    const QString path = listPath(ref.kind, ref.space) + QLatin1Char('/') + encoded(ref.name);
    return subresource.isEmpty() ? path : path + QLatin1Char('/') + subresource;
}

QString metadataText(const QJsonObject &object, const char *key) { return metadata(object).value(QLatin1String(key)).toString(); }
QString label(const QJsonObject &object, const QString &key) { return metadata(object).value(QLatin1String("labels")).toObject().value(key).toString(); }
QString annotation(const QJsonObject &object, const QString &key) { return metadata(object).value(QLatin1String("annotations")).toObject().value(key).toString(); }

} // namespace pilothouse::cluster
