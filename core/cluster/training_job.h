// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/cluster/kube_object.h"

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::cluster {

/// A volume of a training's pods: a claim that is there.
struct JobVolume {
    QString claim, path; ///< path: where the pods see it
    bool readOnly = false;
};

/// A secret of ours by its name, as the cluster keeps it: mounted as a file, never a variable. The Kubernetes Secret must be there.
struct JobSecret {
    QString name;          ///< ours, as the workspace names it
    QString secret, key;   ///< the Kubernetes Secret and its key
};

/// One training in a cluster. The same recipe as on one's own machine: `pilot train` in the image, or a team's own program.
struct TrainingJob {
    QString name, space;       ///< of the objects: a DNS label, at most 52 characters (a CronJob adds 11)
    QString run;               ///< number of the run, 32 hex digits
    QString model;             ///< the workspace's model, as a label; may be empty
    QString image;
    /// The files that the pods find in /job, by name: the recipe ("recipe.yaml"), a workspace ("pilothouse.yaml"). Together at most 1 MB, what a ConfigMap takes.
    QMap<QString, QByteArray> files;
    QStringList arguments;     ///< after `pilot`: "train", "/job/recipe.yaml", …
    /// A team's own program instead of pilot, with its words, in any language: it finds its data at $DATA and the recipe at $RECIPE, and writes its figures on
    /// the test rows as flat JSON to $METRICS ({"mae": 1.2}; at most 4096 bytes, written in place and not renamed: the kubelet takes it from there) and
    /// its package or files to $OUT. What it prints as events of `pilot --events` is taken as such.
    QStringList command;
    QString data, out;         ///< $DATA and $OUT of a team's own program
    int workers = 1;           ///< more than one: a PyTorchJob or TrainJob
    enum class Kind { Job, CronJob, PyTorchJob, TrainJob } kind = Kind::Job;
    QString schedule, zone;    ///< CronJob: five fields; the zone's name (empty: the cluster's)
    QString cpu, memory;       ///< of each pod, requests and limits alike: "2", "4Gi"; empty: none said
    std::vector<JobVolume> volumes;
    std::vector<JobSecret> secrets;
    QString serviceAccount;    ///< empty: the namespace's default
    /// Group that claims are given to (securityContext.fsGroup): the image's user is not root, and a new claim is root's. 0: none said, as clusters want it that give each namespace its own.
    /// Not a TrainJob's: its overrides know no security context.
    int group = 10001;
    QMap<QString, QString> nodeSelector;
    QMap<QString, QString> annotations; ///< of the pods: what meshes, queues and schedulers of the cluster want said
    QString runtime = QStringLiteral("torch-distributed"); ///< TrainJob: the ClusterTrainingRuntime
    int retries = 0;           ///< how often a failed pod is made anew: none, so that a failure is told and not repeated
    qint64 deadlineSeconds = 0;    ///< the whole job; 0: none
    qint64 keepSeconds = 7 * 86400; ///< after its end, until the cluster clears it away
    /// More than 0: an indexed Job of so many pods, each a shard of the work, which its arguments name as $(JOB_COMPLETION_INDEX), from 0. A shard that fails is made anew
    /// `retries` times by itself; one that fails for good leaves the others their work. Known by servers from 1.29 on; an older one makes 6 pods anew in all.
    int shards = 0;
    int atOnce = 0;            ///< shards whose pods run together; 0: all
};

/// The first thing that makes it no training: names, sizes, a schedule, workers of a kind that has none. Invalid, with the key.
Result<void> checkTrainingJob(const TrainingJob &job);

/// The ConfigMap with its files.
QJsonObject trainingFiles(const TrainingJob &job);
/// The Job (batch/v1), CronJob (batch/v1), PyTorchJob (kubeflow.org/v1: Master and Worker, container "pytorch") or TrainJob (trainer.kubeflow.org/v1alpha1).
QJsonObject trainingObject(const TrainingJob &job);
KubeRef trainingRef(const TrainingJob &job);
/// Labels that all its pods have: "pilothouse.dev/run=…".
QString trainingSelector(const QString &run);

/// What a training's object and pods say.
struct TrainingState {
    enum class Phase { Pending, Running, Succeeded, Failed, Suspended } phase = Phase::Pending;
    QString sentence;          ///< "2 of 2 pods run", "Failed: the container was killed for memory (OOMKilled)"
    QString leader;            ///< the pod whose log has the event stream: rank 0; empty: none yet
    QString message;           ///< what the leader's container left in its termination message when it ended well: $METRICS of a team's own program
    int ready = 0, wanted = 1;
    bool ended() const { return phase == Phase::Succeeded || phase == Phase::Failed; }
};
/// @param pods   of the selector
/// @param events of the namespace: why a pod waits
TrainingState trainingState(const QJsonObject &object, const std::vector<QJsonObject> &pods, const std::vector<QJsonObject> &events);

} // namespace pilothouse::cluster
