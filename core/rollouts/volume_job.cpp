// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/volume_job.h"

#include <QJsonArray>

namespace pilothouse::rollouts {

using Q = QLatin1String;
using cluster::KubeApi;

namespace {

QJsonObject podSpecOf(const QJsonObject &workload) { return workload.value(Q("spec")).toObject().value(Q("template")).toObject().value(Q("spec")).toObject(); }

QJsonObject affinityTo(const QJsonObject &workload) {
    const QJsonObject selector = workload.value(Q("spec")).toObject().value(Q("selector")).toObject();
    const QJsonObject term{{Q("labelSelector"), selector}, {Q("topologyKey"), Q("kubernetes.io/hostname")}};
    return {{Q("podAffinity"), QJsonObject{{Q("requiredDuringSchedulingIgnoredDuringExecution"), QJsonArray{term}}}}};
}

} // namespace

QJsonObject volumePart(const QString &name, const QString &job, int index, const QByteArray &bytes) {
    return {{Q("apiVersion"), Q("v1")}, {Q("kind"), Q("ConfigMap")},
            {Q("metadata"), QJsonObject{{Q("name"), name}, {Q("labels"), QJsonObject{{Q("app.kubernetes.io/managed-by"), Q("pilothouse")}, {Q("pilothouse.io/job"), job}}}}},
            {Q("binaryData"), QJsonObject{{QStringLiteral("part-%1").arg(index, 4, 10, QLatin1Char('0')), QString::fromLatin1(bytes.toBase64())}}}};
}

QJsonObject volumeJobManifest(const VolumeJob &job) {
    const QJsonObject theirs = podSpecOf(job.workload);
    QJsonArray environment, sources, mounts, volumes;
    for (auto it = job.environment.begin(); it != job.environment.end(); ++it)
        environment.append(QJsonObject{{Q("name"), it.key()}, {Q("value"), it.value()}});
    for (const QString &part : job.parts)
        sources.append(QJsonObject{{Q("configMap"), QJsonObject{{Q("name"), part}}}});
    QJsonObject volume{{Q("name"), Q("shared")}, {Q("mountPath"), Q("/volume")}};
    if (!job.subPath.isEmpty())
        volume.insert(Q("subPath"), job.subPath);
    mounts.append(volume);
    volumes.append(QJsonObject{{Q("name"), Q("shared")}, {Q("persistentVolumeClaim"), QJsonObject{{Q("claimName"), job.claim}}}});
    if (!sources.isEmpty()) {
        mounts.append(QJsonObject{{Q("name"), Q("parts")}, {Q("mountPath"), Q("/parts")}, {Q("readOnly"), true}});
        volumes.append(QJsonObject{{Q("name"), Q("parts")}, {Q("projected"), QJsonObject{{Q("sources"), sources}}}});
    }
    QJsonObject container{{Q("name"), Q("write")}, {Q("image"), job.image}, {Q("command"), QJsonArray{Q("sh"), Q("-c"), job.script}}, {Q("env"), environment}, {Q("volumeMounts"), mounts},
                          {Q("resources"), QJsonObject{{Q("requests"), QJsonObject{{Q("cpu"), Q("50m")}, {Q("memory"), Q("64Mi")}}}, {Q("limits"), QJsonObject{{Q("cpu"), Q("500m")}, {Q("memory"), Q("256Mi")}}}}},
                          {Q("terminationMessagePolicy"), Q("FallbackToLogsOnError")}};
    if (const QJsonValue security = theirs.value(Q("containers")).toArray().first().toObject().value(Q("securityContext")); security.isObject())
        container.insert(Q("securityContext"), security);
    QJsonObject pod{{Q("restartPolicy"), Q("Never")}, {Q("automountServiceAccountToken"), false}, {Q("containers"), QJsonArray{container}}, {Q("volumes"), volumes}};
    for (const char *key : {"securityContext", "imagePullSecrets", "tolerations", "nodeSelector"}) // who may write on the volume is the workload's user
        if (theirs.contains(Q(key)))
            pod.insert(Q(key), theirs.value(Q(key)));
    if (job.sameNode)
        pod.insert(Q("affinity"), affinityTo(job.workload));
    const QJsonObject labels{{Q("app.kubernetes.io/managed-by"), Q("pilothouse")}, {Q("pilothouse.io/job"), job.name}};
    return {{Q("apiVersion"), Q("batch/v1")}, {Q("kind"), Q("Job")}, {Q("metadata"), QJsonObject{{Q("name"), job.name}, {Q("labels"), labels}}},
            {Q("spec"), QJsonObject{{Q("backoffLimit"), 0}, {Q("activeDeadlineSeconds"), job.limitSeconds}, {Q("ttlSecondsAfterFinished"), 3600},
                                    {Q("template"), QJsonObject{{Q("metadata"), QJsonObject{{Q("labels"), labels}}}, {Q("spec"), pod}}}}}};
}

QString podTrouble(const QJsonObject &pod) {
    const QJsonObject status = pod.value(Q("status")).toObject();
    for (const char *list : {"initContainerStatuses", "containerStatuses"})
        for (const QJsonValue &value : status.value(Q(list)).toArray()) {
            const QJsonObject waiting = value.toObject().value(Q("state")).toObject().value(Q("waiting")).toObject();
            const QString reason = waiting.value(Q("reason")).toString();
            if (!reason.isEmpty() && reason != Q("ContainerCreating") && reason != Q("PodInitializing"))
                return QStringLiteral("%1: %2").arg(reason, waiting.value(Q("message")).toString());
        }
    for (const QJsonValue &value : status.value(Q("conditions")).toArray())
        if (value.toObject().value(Q("type")).toString() == Q("PodScheduled") && value.toObject().value(Q("status")).toString() == Q("False"))
            return QStringLiteral("It cannot be scheduled: %1").arg(value.toObject().value(Q("message")).toString());
    return status.value(Q("message")).toString();
}

namespace {

/// What the pod's container said at its end; exit code 0 or not.
struct Ended {
    bool ended = false;
    int code = 0;
    QString message, reason;
};

Ended endOf(const QJsonObject &pod) {
    for (const QJsonValue &value : pod.value(Q("status")).toObject().value(Q("containerStatuses")).toArray()) {
        const QJsonObject end = value.toObject().value(Q("state")).toObject().value(Q("terminated")).toObject();
        if (!end.isEmpty())
            return {true, end.value(Q("exitCode")).toInt(), end.value(Q("message")).toString().trimmed(), end.value(Q("reason")).toString()};
    }
    return {};
}

} // namespace

Result<QString> waitForVolumeJob(const KubeApi &api, const VolumeJob &job, int pollMs, const std::function<void(int)> &sleep) {
    const cluster::KubeRef ref{cluster::kinds::Job, job.space, job.name};
    QString trouble;
    for (qint64 waited = 0;; waited += pollMs) {
        PH_ASSIGN(const QJsonObject now, api.read(ref));
        PH_ASSIGN(const auto pods, api.list(cluster::kinds::Pod, job.space, QStringLiteral("job-name=%1").arg(job.name)));
        Ended ended;
        for (const QJsonObject &pod : pods) {
            ended = endOf(pod);
            if (const QString seen = podTrouble(pod); !seen.isEmpty())
                trouble = seen;
        }
        const QJsonObject status = now.value(Q("status")).toObject();
        if (ended.ended && ended.code == 0)
            return ended.message;
        if (status.value(Q("succeeded")).toInt() > 0 && pods.empty())
            return invalid(QStringLiteral("The Job ended and its pod is gone: what it wrote was not told."), ref.text());
        if (ended.ended || status.value(Q("failed")).toInt() > 0)
            return refused(QStringLiteral("The pod that writes failed: %1").arg(ended.message.isEmpty() ? ended.reason.isEmpty() ? trouble : ended.reason : ended.message), ref.text(),
                           QStringLiteral("Its image must have sh and sha256sum, and its user must be allowed to write on the volume."));
        if (waited >= qint64(job.limitSeconds) * 1000)
            return Error{ErrorKind::TimedOut, QStringLiteral("The pod that writes did not end within %1 s. %2").arg(job.limitSeconds).arg(trouble), ref.text(), {}, {}};
        sleep(pollMs);
    }
}

} // namespace pilothouse::rollouts
