// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/training_operations.h"

#include "core/base/json.h"

#include <QJsonArray>

namespace pilothouse::rollouts {

namespace {

using Q = QLatin1String;
using cluster::KubeApi;
using cluster::KubeRef;
using cluster::TrainingJob;

const QByteArray asJson = "application/json";

QJsonObject owned(QJsonObject files, const QJsonObject &owner) {
    QJsonObject metadata = files.value(Q("metadata")).toObject();
    metadata.insert(Q("ownerReferences"), QJsonArray{QJsonObject{{Q("apiVersion"), owner.value(Q("apiVersion"))}, {Q("kind"), owner.value(Q("kind"))},
                                                                 {Q("name"), cluster::metadataText(owner, "name")}, {Q("uid"), cluster::metadataText(owner, "uid")}}});
    files.insert(Q("metadata"), metadata);
    return files;
}

QString whatItIs(const TrainingJob &job) {
    const QString workers = job.workers > 1 ? QStringLiteral(" with %1 workers").arg(job.workers) : QString();
    const QString when = job.schedule.isEmpty() ? QString() : QStringLiteral(", at “%1”").arg(job.schedule);
    if (job.shards > 0)
        return QStringLiteral("Job of %1 shards, image %2").arg(job.shards).arg(job.image);
    return QStringLiteral("%1%2%3, image %4").arg(cluster::trainingRef(job).kind.kind, workers, when, job.image);
}

/// The ConfigMap of a training's files; `owner`: its object, as the server keeps it.
operations::Step filesStep(std::shared_ptr<const KubeApi> api, const TrainingJob &job, std::shared_ptr<const QJsonObject> owner) {
    const QJsonObject files = cluster::trainingFiles(job);
    const KubeRef ref = cluster::trainingRef(job), filesRef{cluster::kinds::ConfigMap, job.space, cluster::metadataText(files, "name")};
    operations::Step step;
    step.call = {QStringLiteral("POST"), filesRef.text(), QStringLiteral("%1 for its pods; they wait for it").arg(QStringList(job.files.keys()).join(QStringLiteral(", "))),
                 QStringLiteral("goes with the job"), api->curlLine("POST", cluster::listPath(cluster::kinds::ConfigMap, job.space), {}, asJson, compactJson(files))};
    step.execute = [api, files, owner, ref]() -> Result<void> {
        QJsonObject belongsTo = *owner;
        belongsTo.insert(Q("apiVersion"), ref.kind.apiVersion());
        belongsTo.insert(Q("kind"), ref.kind.kind);
        PH_TRY(api->create(cluster::kinds::ConfigMap, ref.space, owned(files, belongsTo)));
        return {};
    };
    step.readBack = [api, filesRef]() -> Result<QJsonObject> {
        PH_TRY(api->read(filesRef));
        return QJsonObject{{Q("files"), filesRef.name}};
    };
    step.undo = []() -> Result<void> { return {}; }; // deleted with its owner
    return step;
}

} // namespace

Result<operations::Operation> startTraining(std::shared_ptr<const KubeApi> api, const TrainingJob &asked) {
    PH_TRY(cluster::checkTrainingJob(asked));
    const KubeRef ref = cluster::trainingRef(asked);
    PH_ASSIGN([[maybe_unused]] const cluster::KubeKind served, api->served(ref.kind));
    const auto job = std::make_shared<const TrainingJob>(asked);
    const auto made = std::make_shared<QJsonObject>(); // the object as the server keeps it: the files belong to it
    const QJsonObject object = cluster::trainingObject(*job), files = cluster::trainingFiles(*job);
    const auto dryRun = [api, job, object, files, ref]() -> Result<void> {
        PH_TRY(api->create(ref.kind, job->space, object, true));
        PH_TRY(api->create(cluster::kinds::ConfigMap, job->space, files, true));
        return {};
    };
    PH_TRY(dryRun());

    operations::Operation operation;
    operation.kind = QStringLiteral("train-job");
    operation.object = ref.text();
    operation.summary = (job->shards > 0 ? QStringLiteral("Profile in the cluster: %1") : QStringLiteral("Train in the cluster: %1")).arg(whatItIs(*job));
    operation.connection = api->connection();
    operation.undoRecord = {{Q("kind"), operation.kind}, {Q("object"), ref.kind.kind.toLower() + QLatin1Char('/') + ref.name}, {Q("namespace"), ref.space}};
    operation.details = {{Q("run"), job->run}, {Q("image"), job->image}, {Q("workers"), job->shards > 0 ? job->shards : job->workers}};

    operations::Step first;
    first.call = {QStringLiteral("POST"), ref.text(), whatItIs(*job), QStringLiteral("delete it, with its pods"),
                  api->curlLine("POST", cluster::listPath(ref.kind, job->space), {}, asJson, compactJson(object))};
    first.guard = dryRun;
    first.execute = [api, job, object, ref, made]() -> Result<void> {
        PH_ASSIGN(*made, api->create(ref.kind, job->space, object));
        return {};
    };
    first.readBack = [api, ref]() -> Result<QJsonObject> {
        PH_ASSIGN(const QJsonObject now, api->read(ref));
        return QJsonObject{{Q("uid"), cluster::metadataText(now, "uid")}};
    };
    first.undo = [api, ref, made]() -> Result<void> {
        PH_TRY(api->remove(ref, QStringLiteral("Background"), cluster::metadataText(*made, "uid")));
        return {};
    };
    operation.steps.push_back(std::move(first));

    operation.steps.push_back(filesStep(api, *job, made));
    return operation;
}

Result<std::optional<operations::Operation>> completeTraining(std::shared_ptr<const KubeApi> api, const TrainingJob &job) {
    const KubeRef ref = cluster::trainingRef(job);
    PH_ASSIGN(const QJsonObject object, api->read(ref));
    if (cluster::label(object, QStringLiteral("pilothouse.dev/run")) != job.run)
        return Error{ErrorKind::Conflict, QStringLiteral("%1 belongs to another run.").arg(ref.text()), {}, QStringLiteral("Wait for its end, or name this one otherwise."), {}};
    const auto there = api->read({cluster::kinds::ConfigMap, job.space, cluster::metadataText(cluster::trainingFiles(job), "name")});
    if (there)
        return std::optional<operations::Operation>();
    if (there.error().kind != ErrorKind::NotFound)
        return there.error();
    operations::Operation operation;
    operation.kind = QStringLiteral("train-job");
    operation.object = ref.text();
    operation.summary = QStringLiteral("Give the training %1 the files that its pods wait for").arg(ref.text());
    operation.connection = api->connection();
    operation.details = {{Q("run"), job.run}, {Q("image"), job.image}};
    operation.steps.push_back(filesStep(api, job, std::make_shared<const QJsonObject>(object)));
    return std::optional(std::move(operation));
}

Result<operations::Operation> cancelTraining(std::shared_ptr<const KubeApi> api, const KubeRef &ref) {
    PH_ASSIGN(const QJsonObject object, api->read(ref));
    const QString uid = cluster::metadataText(object, "uid"), run = cluster::label(object, QStringLiteral("pilothouse.dev/run"));
    if (run.isEmpty())
        return refused(QStringLiteral("%1 was not started as a training by Pilothouse.").arg(ref.text()), {}, QStringLiteral("Delete it where it comes from."));
    operations::Operation operation;
    operation.kind = QStringLiteral("train-job-cancel");
    operation.object = ref.text();
    operation.summary = QStringLiteral("Cancel the training %1").arg(ref.text());
    operation.connection = api->connection();
    operation.before = {{Q("uid"), uid}, {Q("run"), run}};
    operations::Step step;
    step.call = {QStringLiteral("DELETE"), ref.text(), QStringLiteral("its pods are stopped; what they wrote stays"), {}, api->curlLine("DELETE", cluster::objectPath(ref), {}, {}, {})};
    step.guard = [api, ref, uid]() -> Result<void> {
        PH_ASSIGN(const QJsonObject now, api->read(ref));
        if (cluster::metadataText(now, "uid") != uid)
            return Error{ErrorKind::Conflict, QStringLiteral("%1 is another one by now.").arg(ref.text()), {}, QStringLiteral("Look at it again."), {}};
        return {};
    };
    step.execute = [api, ref, uid]() -> Result<void> {
        PH_TRY(api->remove(ref, QStringLiteral("Foreground"), uid));
        return {};
    };
    step.readBack = [api, ref, uid]() -> Result<QJsonObject> {
        const Result<QJsonObject> now = api->read(ref);
        if (!now && now.error().kind != ErrorKind::NotFound)
            return now.error();
        const bool going = now && cluster::metadataText(*now, "uid") == uid && cluster::metadataText(*now, "deletionTimestamp").isEmpty();
        if (going)
            return Error{ErrorKind::Conflict, QStringLiteral("%1 is still there.").arg(ref.text()), {}, {}, {}};
        return QJsonObject{{Q("deleted"), true}};
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::rollouts
