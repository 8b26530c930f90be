// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/volume_update.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/rollouts/volume_job.h"

#include <QDateTime>
#include <QFileInfo>
#include <QJsonArray>
#include <QThread>

namespace pilothouse::rollouts {

using Q = QLatin1String;
using cluster::KubeApi;
using cluster::KubeRef;
using operations::Operation;

namespace {

constexpr qsizetype partBytes = 512 * 1024; // as base64 below a ConfigMap's limit of 1 MiB

/// Everything that a write and its undo need; kept alive by the steps.
struct Plan {
    std::shared_ptr<const KubeApi> api;
    VolumeUpdate update;
    QJsonObject workload;
    QString claim, subPath, image, sha256, keep, id;
    bool sameNode = false;
    QByteArray bytes;
    QString keptSha256; ///< filled by the write: of the earlier file; "-": there was none
    std::function<void(int)> sleep;
};

QString folderOf(const QString &path) { return path.contains(QLatin1Char('/')) ? path.section(QLatin1Char('/'), 0, -2) : QString(); }
QString nameOf(const QString &path) { return path.section(QLatin1Char('/'), -1); }

bool plainPath(const QString &path) {
    if (path.isEmpty() || path.startsWith(QLatin1Char('/')) || path.endsWith(QLatin1Char('/')))
        return false;
    for (const QString &part : path.split(QLatin1Char('/')))
        if (part.isEmpty() || part == Q(".") || part == Q(".."))
            return false;
    return true;
}

/// The claim that the workload's pods mount, and the part of it.
Result<std::pair<QString, QString>> mountedClaim(const QJsonObject &workload, const VolumeUpdate &update) {
    const QJsonObject pod = workload.value(Q("spec")).toObject().value(Q("template")).toObject().value(Q("spec")).toObject();
    QStringList claims;
    QString volumeName;
    for (const QJsonValue &value : pod.value(Q("volumes")).toArray()) {
        const QString claim = value.toObject().value(Q("persistentVolumeClaim")).toObject().value(Q("claimName")).toString();
        if (claim.isEmpty())
            continue;
        claims << claim;
        if (claim == update.claim || update.claim.isEmpty())
            volumeName = value.toObject().value(Q("name")).toString();
    }
    if (claims.isEmpty() || (!update.claim.isEmpty() && !claims.contains(update.claim)))
        return refused(QStringLiteral("The pods of %1 do not mount %2.").arg(update.workload.text(), update.claim.isEmpty() ? QStringLiteral("a claim") : QStringLiteral("the claim “%1”").arg(update.claim)), update.workload.text(),
                       claims.isEmpty() ? QString() : QStringLiteral("They mount: %1.").arg(claims.join(QStringLiteral(", "))));
    if (update.claim.isEmpty() && claims.size() > 1)
        return invalid(QStringLiteral("The pods of %1 mount several claims: %2.").arg(update.workload.text(), claims.join(QStringLiteral(", "))), update.workload.text(), QStringLiteral("Name one with --claim."));
    QString subPath;
    for (const QJsonValue &container : pod.value(Q("containers")).toArray())
        for (const QJsonValue &mount : container.toObject().value(Q("volumeMounts")).toArray())
            if (mount.toObject().value(Q("name")).toString() == volumeName)
                subPath = mount.toObject().value(Q("subPath")).toString();
    return std::pair(update.claim.isEmpty() ? claims.first() : update.claim, subPath);
}

VolumeJob jobOf(const Plan &p, const QString &suffix, const QString &script, const QString &sha256) {
    VolumeJob job;
    job.space = p.update.workload.space;
    job.name = QStringLiteral("pilothouse-%1-%2").arg(suffix, p.id);
    job.claim = p.claim;
    job.subPath = p.subPath;
    job.image = p.image;
    job.script = script;
    const QString folder = folderOf(p.update.path);
    job.environment = {{QStringLiteral("DIRECTORY"), folder.isEmpty() ? QStringLiteral("/volume") : QStringLiteral("/volume/") + folder}, {QStringLiteral("NAME"), nameOf(p.update.path)},
                       {QStringLiteral("SHA256"), sha256}, {QStringLiteral("KEEP"), p.keep}, {QStringLiteral("PARTS"), QStringLiteral("/parts")}, {QStringLiteral("REPORT"), QStringLiteral("/dev/termination-log")}};
    job.sameNode = p.sameNode;
    job.workload = p.workload;
    job.limitSeconds = p.update.limitSeconds;
    return job;
}

/// Runs a job to its end and takes it away again, also when it failed; its report is the answer.
Result<QString> runJob(const Plan &p, VolumeJob job, const QByteArray &bytes) {
    for (qsizetype from = 0, index = 0; from < bytes.size(); from += partBytes, ++index)
        job.parts << QStringLiteral("%1-%2").arg(job.name).arg(index, 4, 10, QLatin1Char('0'));
    const auto clean = [&] {
        // What is left behind is labelled, and the Job goes by itself after an hour.
        (void)bool(p.api->remove({cluster::kinds::Job, job.space, job.name}));
        for (const QString &part : std::as_const(job.parts))
            (void)bool(p.api->remove({cluster::kinds::ConfigMap, job.space, part}));
    };
    for (int index = 0; index < int(job.parts.size()); ++index) {
        const auto made = p.api->create(cluster::kinds::ConfigMap, job.space, volumePart(job.parts[index], job.name, index, bytes.mid(index * partBytes, partBytes)));
        if (!made) {
            clean();
            return made.error();
        }
    }
    const auto made = p.api->create(cluster::kinds::Job, job.space, volumeJobManifest(job));
    auto report = made ? waitForVolumeJob(*p.api, job, p.update.pollMs, p.sleep) : Result<QString>(made.error());
    clean();
    return report;
}

Result<void> restart(const Plan &p) {
    const QJsonObject annotations{{Q("kubectl.kubernetes.io/restartedAt"), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)}};
    const QJsonObject body{{Q("spec"), QJsonObject{{Q("template"), QJsonObject{{Q("metadata"), QJsonObject{{Q("annotations"), annotations}}}}}}}};
    PH_TRY(p.api->patch(cluster::objectPath(p.update.workload), cluster::PatchKind::Merge, body));
    return {};
}

Result<void> putBack(const Plan &p, const QString &keptSha256) {
    const QString wanted = keptSha256 == Q("-") ? QString() : keptSha256;
    PH_ASSIGN(const QString report, runJob(p, jobOf(p, QStringLiteral("restore"), volumeRestoreScript(), wanted), {}));
    const QString seen = report.section(QLatin1Char('\n'), 0, 0).trimmed();
    if (seen != (wanted.isEmpty() ? QStringLiteral("-") : wanted))
        return Error{ErrorKind::Conflict, QStringLiteral("The file on the volume is not the earlier one: its checksum is %1, wanted %2.").arg(seen, wanted), p.update.path, {}, {}};
    return restart(p);
}

operations::Step writeStep(const std::shared_ptr<Plan> &plan) {
    operations::Step step;
    step.connection = plan->api->connection();
    step.call = {QStringLiteral("WRITE"), QStringLiteral("%1 on the claim %2 in %3").arg(plan->update.path, plan->claim, plan->update.workload.space),
                 QStringLiteral("%1 (%2 bytes, sha256 %3…), beside the earlier file, checked, renamed").arg(QFileInfo(plan->update.file).fileName()).arg(plan->bytes.size()).arg(plan->sha256.left(12)),
                 QStringLiteral("the earlier file, kept as %1, is put back and the pods are restarted").arg(plan->keep), {}};
    step.guard = [plan]() -> Result<void> {
        PH_TRY(plan->api->read({cluster::kinds::PersistentVolumeClaim, plan->update.workload.space, plan->claim}));
        PH_TRY(plan->api->create(cluster::kinds::Job, plan->update.workload.space, volumeJobManifest(jobOf(*plan, QStringLiteral("write"), volumeWriteScript(), plan->sha256)), true));
        return {};
    };
    step.execute = [plan]() -> Result<void> {
        PH_ASSIGN(const QString report, runJob(*plan, jobOf(*plan, QStringLiteral("write"), volumeWriteScript(), plan->sha256), plan->bytes));
        const QString seen = report.section(QLatin1Char('\n'), 0, 0).trimmed();
        if (seen != plan->sha256)
            return Error{ErrorKind::Conflict, QStringLiteral("The file on the volume is not the one that was sent: its checksum is %1, wanted %2.").arg(seen.isEmpty() ? QStringLiteral("not told") : seen, plan->sha256), plan->update.path, {}, {}};
        plan->keptSha256 = report.section(QLatin1Char('\n'), 1, 1).trimmed();
        return {};
    };
    step.readBack = [plan]() -> Result<QJsonObject> { // the checksum was read on the volume, behind the rename
        return QJsonObject{{Q("path"), plan->update.path}, {Q("sha256"), plan->sha256}, {Q("before_sha256"), plan->keptSha256}, {Q("kept"), plan->keep}};
    };
    step.undo = [plan]() -> Result<void> { return putBack(*plan, plan->keptSha256); };
    return step;
}

operations::Step restartStep(const std::shared_ptr<Plan> &plan) {
    operations::Step step;
    step.connection = plan->api->connection();
    step.call = {QStringLiteral("RESTART"), plan->update.workload.text(), QStringLiteral("its pods are made anew, one after the other: they read the new file"), {}, {}}; // the undo of the write restarts
    step.guard = [plan]() -> Result<void> {
        PH_ASSIGN(const QJsonObject now, plan->api->read(plan->update.workload));
        if (now.value(Q("spec")).toObject().value(Q("paused")).toBool())
            return refused(QStringLiteral("%1 is paused: a restart would not begin.").arg(plan->update.workload.text()), {}, QStringLiteral("Resume it first."));
        return {};
    };
    step.execute = [plan] { return restart(*plan); };
    step.readBack = [plan]() -> Result<QJsonObject> {
        PH_ASSIGN(const QJsonObject now, plan->api->read(plan->update.workload));
        return QJsonObject{{Q("generation"), now.value(Q("metadata")).toObject().value(Q("generation"))}};
    };
    return step;
}

/// What both need of the cluster.
Result<std::shared_ptr<Plan>> planOf(std::shared_ptr<const KubeApi> api, const VolumeUpdate &update, std::function<void(int)> sleep) {
    if (!plainPath(update.path))
        return invalid(QStringLiteral("“%1” is no path on a volume.").arg(update.path), QStringLiteral("--path"), QStringLiteral("For example t2m.pt or models/t2m.pt."));
    const auto plan = std::make_shared<Plan>();
    plan->api = std::move(api);
    plan->update = update;
    plan->sleep = sleep ? std::move(sleep) : [](int ms) { QThread::msleep(static_cast<unsigned long>(ms)); };
    PH_ASSIGN(plan->workload, plan->api->read(update.workload));
    PH_ASSIGN(const auto claim, mountedClaim(plan->workload, update));
    plan->claim = claim.first;
    plan->subPath = claim.second;
    PH_ASSIGN(const QJsonObject volume, plan->api->read({cluster::kinds::PersistentVolumeClaim, update.workload.space, plan->claim}));
    const QJsonArray modes = volume.value(Q("spec")).toObject().value(Q("accessModes")).toArray();
    if (modes.size() == 1 && modes.first().toString() == Q("ReadOnlyMany"))
        return refused(QStringLiteral("The claim %1 can only be read.").arg(plan->claim), update.workload.text());
    plan->sameNode = !modes.contains(QJsonValue(Q("ReadWriteMany")));
    plan->image = update.image;
    if (plan->image.isEmpty())
        plan->image = plan->workload.value(Q("spec")).toObject().value(Q("template")).toObject().value(Q("spec")).toObject().value(Q("containers")).toArray().first().toObject().value(Q("image")).toString();
    plan->id = randomHex(6);
    return plan;
}

} // namespace

Result<Operation> volumeUpdateOperation(std::shared_ptr<const KubeApi> api, const VolumeUpdate &update, std::function<void(int)> sleep) {
    const qint64 size = QFileInfo(update.file).size();
    if (size > largestVolumeFile)
        return refused(QStringLiteral("%1 has %2 MiB: more than %3 MiB do not go through the API server.").arg(update.file).arg(size >> 20).arg(largestVolumeFile >> 20), update.file,
                       QStringLiteral("Write it by a pod that loads it from a bucket."));
    PH_ASSIGN(const auto plan, planOf(std::move(api), update, std::move(sleep)));
    PH_ASSIGN(plan->bytes, readFile(update.file));
    if (plan->bytes.isEmpty())
        return invalid(QStringLiteral("The file is empty."), update.file);
    Hasher hasher(Hasher::Kind::Sha256);
    hasher.add(plan->bytes);
    plan->sha256 = hasher.hex();
    plan->keep = QStringLiteral("%1.before-%2").arg(nameOf(update.path), plan->id);
    Operation o;
    o.id = QStringLiteral("op-") + plan->id;
    o.kind = QStringLiteral("volume-update");
    o.object = update.workload.text();
    o.connection = plan->api->connection();
    o.summary = QStringLiteral("Write %1 on the claim %2 and restart %3").arg(update.path, plan->claim, update.workload.text());
    o.before = {{Q("claim"), plan->claim}, {Q("path"), update.path}};
    o.details = {{Q("file"), QFileInfo(update.file).fileName()}, {Q("sha256"), plan->sha256}, {Q("bytes"), plan->bytes.size()}};
    o.undoRecord = {{Q("kind"), Q("volume-update")}, {Q("workload"), QStringLiteral("%1/%2").arg(update.workload.kind.plural, update.workload.name)}, {Q("namespace"), update.workload.space},
                    {Q("claim"), plan->claim}, {Q("path"), update.path}, {Q("kept"), plan->keep}, {Q("image"), plan->image}};
    o.steps.push_back(writeStep(plan));
    o.steps.push_back(restartStep(plan));
    return o;
}

Result<Operation> undoVolumeUpdate(std::shared_ptr<const KubeApi> api, const operations::RecordedOperation &recorded, std::function<void(int)> sleep) {
    const QJsonObject &record = recorded.undoRecord;
    if (recorded.phase != Q("done") || record.value(Q("kind")).toString() != Q("volume-update"))
        return refused(QStringLiteral("Operation %1 is no done write on a volume: it is “%2”.").arg(recorded.id, recorded.phase));
    QString kept;
    for (const QJsonValue &after : recorded.after)
        if (after.toObject().contains(Q("before_sha256")))
            kept = after.toObject().value(Q("before_sha256")).toString();
    if (kept.isEmpty())
        return refused(QStringLiteral("Operation %1 did not tell what stood on the volume before.").arg(recorded.id));
    VolumeUpdate update;
    PH_ASSIGN(update.workload, cluster::parseKubeRef(record.value(Q("workload")).toString(), record.value(Q("namespace")).toString()));
    update.claim = record.value(Q("claim")).toString();
    update.path = record.value(Q("path")).toString();
    update.image = record.value(Q("image")).toString();
    PH_ASSIGN(const auto plan, planOf(std::move(api), update, std::move(sleep)));
    plan->keep = record.value(Q("kept")).toString();
    Operation o;
    o.id = QStringLiteral("op-") + plan->id;
    o.kind = QStringLiteral("volume-update");
    o.object = update.workload.text();
    o.connection = plan->api->connection();
    o.summary = QStringLiteral("Undo %1: %2 on the claim %3 as before, and restart %4").arg(recorded.id, update.path, update.claim, update.workload.text());
    o.details = {{Q("undoes"), recorded.id}};
    operations::Step step;
    step.connection = o.connection;
    step.call = {QStringLiteral("WRITE"), QStringLiteral("%1 on the claim %2 in %3").arg(update.path, update.claim, update.workload.space),
                 kept == Q("-") ? QStringLiteral("is removed: there was none before; the pods are restarted") : QStringLiteral("%1 is put back (sha256 %2…), and the pods are restarted").arg(plan->keep, kept.left(12)), {}, {}};
    step.execute = [plan, kept] { return putBack(*plan, kept); };
    step.readBack = [plan, kept]() -> Result<QJsonObject> { return QJsonObject{{Q("path"), plan->update.path}, {Q("sha256"), kept}}; };
    o.steps.push_back(std::move(step));
    return o;
}

} // namespace pilothouse::rollouts
