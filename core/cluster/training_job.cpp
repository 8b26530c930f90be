// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/training_job.h"

#include "core/secrets/secret_store.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

const QString runLabel = QStringLiteral("pilothouse.dev/run"), modelLabel = QStringLiteral("pilothouse.dev/model");
constexpr qsizetype mostBytes = 1000 * 1000; // of a ConfigMap: 1 MiB with its own words
/// What a program writes there is in the pod's status when it has ended, whatever became of its disk. The kubelet puts the file there itself, writable by every user; in a
/// folder of a volume it would make that folder root's.
const QString metricsPath = QStringLiteral("/dev/termination-log");
constexpr int pytorchPort = 23456;           // Kubeflow's own

QJsonObject labels(const TrainingJob &job) {
    QJsonObject labels{{Q("app.kubernetes.io/managed-by"), Q("pilothouse")}, {Q("app.kubernetes.io/component"), job.shards > 0 ? Q("profile") : Q("training")}, {runLabel, job.run}};
    static const QRegularExpression valid(QStringLiteral("^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"));
    if (valid.match(job.model).hasMatch())
        labels.insert(modelLabel, job.model);
    return labels;
}

QString filesName(const TrainingJob &job) { return job.name + QStringLiteral("-files"); }

QJsonArray variables(const TrainingJob &job) {
    QJsonArray list;
    const auto add = [&](const QString &name, const QString &value) { list.append(QJsonObject{{Q("name"), name}, {Q("value"), value}}); };
    add(QStringLiteral("PILOTHOUSE_RUN"), job.run);
    for (const JobSecret &secret : job.secrets)
        add(secrets::environmentVariable(secret.name) + QStringLiteral("_FILE"), QStringLiteral("/run/secrets/pilothouse/%1").arg(secret.name));
    if (!job.command.isEmpty()) {
        add(QStringLiteral("DATA"), job.data);
        add(QStringLiteral("OUT"), job.out);
        add(QStringLiteral("METRICS"), metricsPath);
        add(QStringLiteral("RECIPE"), QStringLiteral("/job/recipe.yaml"));
    }
    return list;
}

QJsonObject resources(const TrainingJob &job) {
    QJsonObject amounts;
    if (!job.cpu.isEmpty())
        amounts.insert(Q("cpu"), job.cpu);
    if (!job.memory.isEmpty())
        amounts.insert(Q("memory"), job.memory);
    return amounts.isEmpty() ? QJsonObject() : QJsonObject{{Q("requests"), amounts}, {Q("limits"), amounts}};
}

QJsonArray mounts(const TrainingJob &job) {
    QJsonArray list{QJsonObject{{Q("name"), Q("files")}, {Q("mountPath"), Q("/job")}, {Q("readOnly"), true}}};
    int index = 0;
    for (const JobVolume &volume : job.volumes)
        list.append(QJsonObject{{Q("name"), QStringLiteral("volume-%1").arg(index++)}, {Q("mountPath"), volume.path}, {Q("readOnly"), volume.readOnly}});
    if (!job.secrets.empty())
        list.append(QJsonObject{{Q("name"), Q("secrets")}, {Q("mountPath"), Q("/run/secrets/pilothouse")}, {Q("readOnly"), true}});
    return list;
}

QJsonArray volumes(const TrainingJob &job) {
    QJsonArray list{QJsonObject{{Q("name"), Q("files")}, {Q("configMap"), QJsonObject{{Q("name"), filesName(job)}}}}};
    int index = 0;
    for (const JobVolume &volume : job.volumes)
        list.append(QJsonObject{{Q("name"), QStringLiteral("volume-%1").arg(index++)}, {Q("persistentVolumeClaim"), QJsonObject{{Q("claimName"), volume.claim}, {Q("readOnly"), volume.readOnly}}}});
    if (!job.secrets.empty()) {
        QJsonArray sources;
        for (const JobSecret &secret : job.secrets)
            sources.append(QJsonObject{{Q("secret"), QJsonObject{{Q("name"), secret.secret}, {Q("items"), QJsonArray{QJsonObject{{Q("key"), secret.key}, {Q("path"), secret.name}}}}}}});
        list.append(QJsonObject{{Q("name"), Q("secrets")}, {Q("projected"), QJsonObject{{Q("sources"), sources}, {Q("defaultMode"), 0444}}}}); // the image's user is not root, whose they are
    }
    return list;
}

QJsonArray toArray(const QStringList &words) { return QJsonArray::fromStringList(words); }

QJsonObject container(const TrainingJob &job, const QString &name) {
    QJsonObject object{{Q("name"), name}, {Q("image"), job.image}, {Q("env"), variables(job)}, {Q("volumeMounts"), mounts(job)},
                       {Q("terminationMessagePolicy"), Q("FallbackToLogsOnError")}}; // the last lines of a failure stand in the pod's status
    if (job.command.isEmpty()) {
        object.insert(Q("command"), QJsonArray{Q("pilot")});
        object.insert(Q("args"), toArray(job.arguments));
    } else {
        object.insert(Q("command"), toArray(job.command));
        object.insert(Q("terminationMessagePath"), metricsPath);
    }
    if (const QJsonObject amounts = resources(job); !amounts.isEmpty())
        object.insert(Q("resources"), amounts);
    return object;
}

QJsonObject podTemplate(const TrainingJob &job, const QString &containerName, const QJsonObject &more = {}) {
    QJsonObject main = container(job, containerName);
    for (auto it = more.begin(); it != more.end(); ++it)
        main.insert(it.key(), it.value());
    QJsonObject spec{{Q("restartPolicy"), Q("Never")}, {Q("containers"), QJsonArray{main}}, {Q("volumes"), volumes(job)}};
    if (job.group > 0 && !job.volumes.empty())
        spec.insert(Q("securityContext"), QJsonObject{{Q("fsGroup"), job.group}, {Q("fsGroupChangePolicy"), Q("OnRootMismatch")}}); // not each of a large claim's files, each time
    if (!job.serviceAccount.isEmpty())
        spec.insert(Q("serviceAccountName"), job.serviceAccount);
    if (!job.nodeSelector.isEmpty()) {
        QJsonObject selector;
        for (auto it = job.nodeSelector.begin(); it != job.nodeSelector.end(); ++it)
            selector.insert(it.key(), it.value());
        spec.insert(Q("nodeSelector"), selector);
    }
    QJsonObject metadata{{Q("labels"), labels(job)}};
    if (!job.annotations.isEmpty()) {
        QJsonObject annotations;
        for (auto it = job.annotations.begin(); it != job.annotations.end(); ++it)
            annotations.insert(it.key(), it.value());
        metadata.insert(Q("annotations"), annotations);
    }
    return {{Q("metadata"), metadata}, {Q("spec"), spec}};
}

QJsonObject jobSpec(const TrainingJob &job) {
    QJsonObject spec{{Q("backoffLimit"), job.retries}, {Q("ttlSecondsAfterFinished"), job.keepSeconds}, {Q("template"), podTemplate(job, job.shards > 0 ? QStringLiteral("profile") : QStringLiteral("train"))}};
    if (job.shards > 0) {
        spec.remove(Q("backoffLimit")); // the server's own: that of each index counts
        spec.insert(Q("completionMode"), Q("Indexed"));
        spec.insert(Q("completions"), job.shards);
        spec.insert(Q("parallelism"), job.atOnce > 0 ? std::min(job.atOnce, job.shards) : job.shards);
        spec.insert(Q("backoffLimitPerIndex"), job.retries);
    }
    if (job.deadlineSeconds > 0)
        spec.insert(Q("activeDeadlineSeconds"), job.deadlineSeconds);
    return spec;
}

QJsonObject cronSpec(const TrainingJob &job) {
    QJsonObject spec{{Q("schedule"), job.schedule}, {Q("concurrencyPolicy"), Q("Forbid")}, {Q("successfulJobsHistoryLimit"), 3}, {Q("failedJobsHistoryLimit"), 3},
                     {Q("jobTemplate"), QJsonObject{{Q("metadata"), QJsonObject{{Q("labels"), labels(job)}}}, {Q("spec"), jobSpec(job)}}}};
    if (!job.zone.isEmpty())
        spec.insert(Q("timeZone"), job.zone);
    return spec;
}

QJsonObject pytorchSpec(const TrainingJob &job) {
    const QJsonObject port{{Q("ports"), QJsonArray{QJsonObject{{Q("name"), Q("pytorchjob-port")}, {Q("containerPort"), pytorchPort}}}}};
    const QJsonObject pods = podTemplate(job, QStringLiteral("pytorch"), port); // the operator finds its container by this name
    QJsonObject replicas{{Q("Master"), QJsonObject{{Q("replicas"), 1}, {Q("restartPolicy"), Q("Never")}, {Q("template"), pods}}}};
    if (job.workers > 1)
        replicas.insert(Q("Worker"), QJsonObject{{Q("replicas"), job.workers - 1}, {Q("restartPolicy"), Q("Never")}, {Q("template"), pods}});
    QJsonObject policy{{Q("cleanPodPolicy"), Q("Running")}, {Q("backoffLimit"), job.retries}, {Q("ttlSecondsAfterFinished"), job.keepSeconds}};
    if (job.deadlineSeconds > 0)
        policy.insert(Q("activeDeadlineSeconds"), job.deadlineSeconds);
    return {{Q("runPolicy"), policy}, {Q("pytorchReplicaSpecs"), replicas}};
}

QJsonObject trainSpec(const TrainingJob &job) {
    QJsonObject trainer{{Q("image"), job.image}, {Q("numNodes"), job.workers}, {Q("numProcPerNode"), 1}, {Q("env"), variables(job)}};
    trainer.insert(Q("command"), job.command.isEmpty() ? QJsonArray{Q("pilot")} : toArray(job.command));
    if (job.command.isEmpty())
        trainer.insert(Q("args"), toArray(job.arguments));
    if (const QJsonObject amounts = resources(job); !amounts.isEmpty())
        trainer.insert(Q("resourcesPerNode"), amounts);
    QJsonObject pods{{Q("volumes"), volumes(job)}, {Q("containers"), QJsonArray{QJsonObject{{Q("name"), Q("node")}, {Q("volumeMounts"), mounts(job)}}}}};
    if (!job.serviceAccount.isEmpty())
        pods.insert(Q("serviceAccountName"), job.serviceAccount);
    QJsonObject override = pods;
    override.insert(Q("targetJobs"), QJsonArray{QJsonObject{{Q("name"), Q("node")}}});
    return {{Q("runtimeRef"), QJsonObject{{Q("apiGroup"), Q("trainer.kubeflow.org")}, {Q("kind"), Q("ClusterTrainingRuntime")}, {Q("name"), job.runtime}}},
            {Q("labels"), labels(job)}, {Q("trainer"), trainer}, {Q("podSpecOverrides"), QJsonArray{override}}};
}

} // namespace

QString trainingSelector(const QString &run) { return runLabel + QLatin1Char('=') + run; }

KubeRef trainingRef(const TrainingJob &job) {
    switch (job.kind) {
    case TrainingJob::Kind::Job: return {kinds::Job, job.space, job.name};
    case TrainingJob::Kind::CronJob: return {kinds::CronJob, job.space, job.name};
    case TrainingJob::Kind::PyTorchJob: return {kinds::PyTorchJob, job.space, job.name};
    case TrainingJob::Kind::TrainJob: break;
    }
    return {kinds::TrainJob, job.space, job.name};
}

Result<void> checkTrainingJob(const TrainingJob &job) {
    static const QRegularExpression label(QStringLiteral("^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$"));
    if (!label.match(job.name).hasMatch())
        return invalid(QStringLiteral("“%1” is no name of a job: small letters, digits and “-”, at most 52.").arg(job.name.left(80)), QStringLiteral("name"));
    if (job.image.isEmpty())
        return invalid(QStringLiteral("No image is named for the training's pods."), QStringLiteral("image"), QStringLiteral("Build one from packaging/image, push it to a registry that the cluster can pull from, and name it."));
    if (job.command.isEmpty() && job.arguments.isEmpty())
        return invalid(QStringLiteral("There is nothing that the training's pods are to run."), QStringLiteral("arguments"));
    qsizetype bytes = 0;
    for (const QByteArray &file : job.files)
        bytes += file.size();
    if (bytes > mostBytes)
        return invalid(QStringLiteral("Recipe and workspace have %1 bytes; a ConfigMap takes 1,000,000.").arg(bytes), QStringLiteral("files"), QStringLiteral("Data does not belong there: put it on a volume or in a bucket."));
    const bool several = job.kind == TrainingJob::Kind::PyTorchJob || job.kind == TrainingJob::Kind::TrainJob;
    if (job.workers < 1 || job.workers > 1000 || (job.workers > 1 && !several))
        return invalid(QStringLiteral("%1 workers: a Job has one; several are a PyTorchJob's or a TrainJob's, at most 1,000.").arg(job.workers), QStringLiteral("workers"));
    if (job.shards < 0 || job.shards > 1000 || job.atOnce < 0 || (job.shards > 0 && job.kind != TrainingJob::Kind::Job))
        return invalid(QStringLiteral("%1 shards: 1 to 1,000, of a Job.").arg(job.shards), QStringLiteral("shards"));
    if (job.kind == TrainingJob::Kind::CronJob) {
        static const QRegularExpression fields(QStringLiteral("^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\\S+ \\S+ \\S+ \\S+ \\S+)$"));
        if (!fields.match(job.schedule).hasMatch())
            return invalid(QStringLiteral("“%1” is no schedule.").arg(job.schedule.left(80)), QStringLiteral("schedule"), QStringLiteral("Five fields: minute hour day month weekday, such as 0 3 * * *"));
    }
    for (const JobVolume &volume : job.volumes)
        if (volume.claim.isEmpty() || !volume.path.startsWith(QLatin1Char('/')))
            return invalid(QStringLiteral("A volume needs a claim and an absolute path: CLAIM:/path."), QStringLiteral("volumes"));
    return {};
}

QJsonObject trainingFiles(const TrainingJob &job) {
    QJsonObject data;
    for (auto it = job.files.begin(); it != job.files.end(); ++it)
        data.insert(it.key(), QString::fromUtf8(it.value()));
    return {{Q("apiVersion"), Q("v1")}, {Q("kind"), Q("ConfigMap")}, {Q("metadata"), QJsonObject{{Q("name"), filesName(job)}, {Q("namespace"), job.space}, {Q("labels"), labels(job)}}}, {Q("data"), data}};
}

QJsonObject trainingObject(const TrainingJob &job) {
    const KubeRef ref = trainingRef(job);
    const QJsonObject spec = job.kind == TrainingJob::Kind::Job          ? jobSpec(job)
                             : job.kind == TrainingJob::Kind::CronJob    ? cronSpec(job)
                             : job.kind == TrainingJob::Kind::PyTorchJob ? pytorchSpec(job)
                                                                         : trainSpec(job);
    return {{Q("apiVersion"), ref.kind.apiVersion()}, {Q("kind"), ref.kind.kind}, {Q("metadata"), QJsonObject{{Q("name"), job.name}, {Q("namespace"), job.space}, {Q("labels"), labels(job)}}}, {Q("spec"), spec}};
}

} // namespace pilothouse::cluster
