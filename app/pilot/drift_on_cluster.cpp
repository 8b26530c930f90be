// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/drift_on_cluster.h"

#include "app/pilot/profile_sketch.h"
#include "app/pilot/train_on_cluster.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/drift/profile_stream.h"
#include "core/fleet/clusters.h"
#include "core/fleet/services.h"
#include "core/rollouts/shard_follow.h"
#include "core/rollouts/training_operations.h"
#include "core/sources/fetch.h"

#include <QDir>
#include <QJsonArray>
#include <QTemporaryDir>

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using cluster::TrainingJob;

/// The folder where the shards' profiles are kept, and of what they are.
struct Kept {
    QString folder;
    int shards = 0;
    QString file(int shard) const { return QStringLiteral("%1/shard-%2-of-%3.json").arg(folder).arg(shard).arg(shards); }
};

Result<void> claimFolder(const Kept &kept, const QStringList &files, const QByteArray &bins) {
    const QString path = kept.folder + QStringLiteral("/shards.json");
    const QJsonObject of{{Q("files"), QJsonArray::fromStringList(files)}, {Q("shards"), kept.shards}, {Q("bins_sha256"), sha256Hex(bins)}};
    if (QFileInfo::exists(path)) {
        PH_ASSIGN(const QByteArray bytes, readFile(path));
        PH_ASSIGN(const QJsonObject there, parseJsonObject(bytes, path));
        if (there != of)
            return Error{ErrorKind::Conflict, QStringLiteral("The folder has the shards of other files, another number of them or another reference."), kept.folder, QStringLiteral("Name another --keep."), {}};
        return {};
    }
    if (!QDir().mkpath(kept.folder))
        return fileError(QStringLiteral("make"), kept.folder);
    return writeFileAtomically(path, prettyJson(of));
}

Result<TrainingJob> shardJob(const ClusterShards &options, const QStringList &files, const QByteArray &bins, int shards, const QStringList &left, const QString &space) {
    TrainingJob job;
    job.run = randomHex(16);
    job.name = QStringLiteral("profile-%1").arg(job.run.left(8));
    job.space = space;
    job.image = QString::fromStdString(options.image);
    job.cpu = QString::fromStdString(options.cpu);
    job.memory = QString::fromStdString(options.memory);
    job.serviceAccount = QString::fromStdString(options.serviceAccount);
    job.group = options.group;
    job.retries = options.retries;
    job.shards = int(left.size());
    job.atOnce = options.atOnce;
    PH_TRY(addJobVolumes(options.volumes, job));
    PH_TRY(addJobSecrets(options.secrets, job));
    for (const std::string &given : options.annotations)
        job.annotations.insert(QString::fromStdString(given).section(QLatin1Char('='), 0, 0), QString::fromStdString(given).section(QLatin1Char('='), 1));
    for (const QString &file : files) {
        const bool onVolume = std::any_of(job.volumes.begin(), job.volumes.end(), [&](const cluster::JobVolume &volume) { return file.startsWith(volume.path + QLatin1Char('/')); });
        if (sources::sourceKind(file) == sources::SourceKind::File && !onVolume)
            return invalid(QStringLiteral("The pods do not see %1.").arg(file), QStringLiteral("--current"), QStringLiteral("Give addresses that they reach (https://, s3://), or paths on a --volume."));
    }
    job.files.insert(QStringLiteral("bins.json"), bins);
    job.arguments = QStringList{QStringLiteral("profile")} + files;
    job.arguments << QStringLiteral("--out") << QStringLiteral("/tmp/shard.json") << QStringLiteral("--bins") << QStringLiteral("/job/bins.json") << QStringLiteral("--shard")
                  << QStringLiteral("$(JOB_COMPLETION_INDEX)/%1").arg(shards) << QStringLiteral("--left") << left.join(QLatin1Char(',')) << QStringLiteral("--hand-back") << QStringLiteral("--events");
    return job;
}

/// Runs the shards that are left and keeps what each hands back. The failures, a line each.
Result<QStringList> runShards(Context &context, fleet::Services &services, const std::shared_ptr<cluster::KubeApi> &api, const TrainingJob &job, const operations::Operation &operation, const Kept &kept, const QStringList &left) {
    PH_ASSIGN(const QString id, services.operations->runWhole(operation));
    const cluster::KubeRef ref = cluster::trainingRef(job);
    context.note(QStringLiteral("Started %1 (undo: pilot undo %2).").arg(ref.text(), id));
    rollouts::ShardListener listener;
    listener.state = [&](const QString &sentence) { context.events().log(QStringLiteral("info"), sentence); };
    listener.result = [&](int index, const QJsonObject &result) -> Result<void> {
        const int shard = left.at(index).toInt();
        PH_ASSIGN(const drift::Profile profile, unpackProfile(result.value(Q("profile")).toString(), QStringLiteral("shard %1").arg(shard)));
        return writeFileAtomically(kept.file(shard), QJsonDocument(profile.toJson()).toJson(QJsonDocument::Compact));
    };
    const auto ends = rollouts::followShards(*api, ref, job.run, job.shards, listener, context.stop());
    if (!ends && ends.error().kind == ErrorKind::Cancelled) {
        PH_ASSIGN(const operations::Operation cancel, rollouts::cancelTraining(api, ref));
        PH_TRY(services.operations->runWhole(cancel));
        context.note(QStringLiteral("%1 is deleted, and its pods with it.").arg(ref.text()));
    }
    if (!ends)
        return ends.error();
    QStringList failures;
    for (std::size_t i = 0; i < ends->size(); ++i)
        if (!(*ends)[i].result)
            failures << QStringLiteral("shard %1 of %2: %3").arg(left.at(qsizetype(i))).arg(kept.shards).arg((*ends)[i].why);
    return failures;
}

} // namespace

void ClusterShards::addTo(CLI::App &app) {
    constexpr const char *group = "In a cluster";
    CLI::Option *const on = app.add_option("--on", connection, "Profile the current rows in the pods of this connection (kind kubernetes), a shard of the files a pod, and add them up here")->group(group);
    CLI::Option *const asImage = app.add_option("--image", image, "Container image with pilot (packaging/image)")->group(group)->needs(on);
    on->needs(asImage);
    app.add_option("--shards", shards, "Number of shards (default: one a file, at most 64)")->check(CLI::Range(1, 1000))->group(group)->needs(on);
    app.add_option("--at-once", atOnce, "Pods that run together (default: all)")->check(CLI::Range(1, 1000))->group(group)->needs(on);
    app.add_option("--retries", retries, "How often a shard that failed is made anew by itself")->capture_default_str()->check(CLI::Range(0, 10))->group(group)->needs(on);
    app.add_option("--keep", keep, "Folder for the shards' profiles: what is there is not profiled again")->group(group)->needs(on);
    app.add_option("--namespace", space, "Namespace (default: the connection's)")->group(group)->needs(on);
    app.add_option("--cpu", cpu, "CPU of each pod, such as 2 or 500m")->group(group)->needs(on);
    app.add_option("--pod-memory", memory, "Memory of each pod, such as 4Gi")->group(group)->needs(on);
    app.add_option("--volume", volumes, "A claim the pods see, CLAIM:/path[:ro]; may be repeated")->expected(1)->allow_extra_args(false)->take_all()->group(group)->needs(on);
    app.add_option("--secret", secrets, "A secret the pods need, NAME=SECRET/KEY of the cluster; may be repeated")->expected(1)->allow_extra_args(false)->take_all()->group(group)->needs(on);
    app.add_option("--annotation", annotations, "Annotation of the pods, KEY=VALUE; may be repeated")->expected(1)->allow_extra_args(false)->take_all()->group(group)->needs(on);
    app.add_option("--service-account", serviceAccount, "Service account of the pods")->group(group)->needs(on);
    app.add_option("--fs-group", this->group, "Group that the pods' claims are given to; 0: the cluster says (OpenShift)")->capture_default_str()->check(CLI::Range(0, 2147483647))->group(group)->needs(on);
    app.add_flag("--plan", plan, "Show the exact calls and end")->group(group)->needs(on);
}

Result<ShardedProfile> profileOnCluster(Context &context, const ClusterShards &options, const std::vector<std::string> &current, const drift::Profile &reference) {
    QStringList files;
    for (const std::string &file : current)
        files << QString::fromStdString(file);
    drift::Profile asBins = reference;
    for (drift::ColumnProfile &column : asBins.columns) // a ConfigMap takes 1 MB, and the edges are enough to count by
        column.sketch.reset();
    const QByteArray bins = compactJson(asBins.toJson());
    Kept kept;
    kept.shards = options.shards > 0 ? options.shards : int(std::min<qsizetype>(64, files.size()));
    if (kept.shards > files.size())
        return invalid(QStringLiteral("%1 shards of %2 files: a file is not divided.").arg(kept.shards).arg(files.size()), QStringLiteral("--shards"), QStringLiteral("Name fewer shards, or write the rows as more files."));
    QTemporaryDir own;
    kept.folder = options.keep.empty() ? own.path() : QString::fromStdString(options.keep);
    PH_TRY(claimFolder(kept, files, bins));
    QStringList left;
    QJsonArray again;
    for (int i = 0; i < kept.shards; ++i)
        if (!QFileInfo::exists(kept.file(i))) {
            left << QString::number(i);
            again.append(i);
        }
    ShardedProfile out;
    out.answer = {{Q("job"), QJsonValue()}, {Q("of"), kept.shards}, {Q("again"), again}};
    if (!left.isEmpty()) {
        PH_ASSIGN(const std::shared_ptr<fleet::Services> services, context.services());
        PH_ASSIGN(const std::shared_ptr<cluster::KubeApi> api, services->clusters->of(QString::fromStdString(options.connection)));
        PH_ASSIGN(const TrainingJob job, shardJob(options, files, bins, kept.shards, left, options.space.empty() ? api->space() : QString::fromStdString(options.space)));
        PH_ASSIGN(const operations::Operation operation, rollouts::startTraining(api, job));
        if (options.plan) {
            QString text = operation.summary;
            for (const operations::PlannedCall &call : operation.plan())
                text += QStringLiteral("\n  %1 %2: %3\n    undo: %4\n    %5").arg(call.verb, call.object, call.effect, call.undo, call.command);
            context.answer({{Q("summary"), operation.summary}, {Q("object"), cluster::trainingObject(job)}, {Q("files"), cluster::trainingFiles(job)}}, text);
            out.planned = true;
            return out;
        }
        PH_ASSIGN(const QStringList failures, runShards(context, *services, api, job, operation, kept, left));
        if (!failures.isEmpty())
            return Error{ErrorKind::Unreachable, QStringLiteral("%1 of %2 shards failed: %3.").arg(failures.size()).arg(kept.shards).arg(failures.join(QStringLiteral("; "))), cluster::trainingRef(job).text(),
                         options.keep.empty() ? QStringLiteral("With --keep FOLDER the others are kept, and the next call profiles only these.") : QStringLiteral("The others are kept in %1: the same call again profiles only these.").arg(kept.folder), {}};
        out.answer.insert(Q("job"), QJsonObject{{Q("kind"), Q("Job")}, {Q("namespace"), job.space}, {Q("name"), job.name}, {Q("run"), job.run}});
    } else if (options.plan) {
        context.answer({{Q("summary"), QStringLiteral("All %1 shards are in %2.").arg(kept.shards).arg(kept.folder)}}, QStringLiteral("All %1 shards are in %2: nothing is started.").arg(kept.shards).arg(kept.folder));
        out.planned = true;
        return out;
    }
    std::vector<drift::Profile> parts;
    for (int i = 0; i < kept.shards; ++i) {
        PH_ASSIGN(drift::Profile part, readProfileFile(kept.file(i)));
        part.name = QStringLiteral("shard %1 of %2").arg(i).arg(kept.shards); // an error names it
        parts.push_back(std::move(part));
    }
    PH_ASSIGN(out.profile, drift::mergedProfiles(parts, QStringLiteral("%1 files in %2 shards").arg(files.size()).arg(kept.shards)));
    return out;
}

} // namespace pilothouse
