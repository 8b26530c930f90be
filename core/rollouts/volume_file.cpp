// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/volume_file.h"

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

QString volumeFileName(const QString &path) { return path.section(QLatin1Char('/'), -1); }

namespace {

constexpr qsizetype partBytes = 512 * 1024; // as base64 below a ConfigMap's limit of 1 MiB

QString folderOf(const QString &path) { return path.contains(QLatin1Char('/')) ? path.section(QLatin1Char('/'), 0, -2) : QString(); }

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

VolumeJob jobOf(const VolumeFile &p, const QString &suffix, const QString &script, const QString &sha256, const QString &keep) {
    VolumeJob job;
    job.space = p.update.workload.space;
    job.name = QStringLiteral("pilothouse-%1-%2").arg(suffix, p.id);
    job.claim = p.claim;
    job.subPath = p.subPath;
    job.image = p.image;
    job.script = script;
    const QString folder = folderOf(p.update.path);
    job.environment = {{QStringLiteral("DIRECTORY"), folder.isEmpty() ? QStringLiteral("/volume") : QStringLiteral("/volume/") + folder}, {QStringLiteral("NAME"), volumeFileName(p.update.path)},
                       {QStringLiteral("SHA256"), sha256}, {QStringLiteral("KEEP"), keep}, {QStringLiteral("PARTS"), QStringLiteral("/parts")}, {QStringLiteral("REPORT"), QStringLiteral("/dev/termination-log")}};
    job.sameNode = p.sameNode;
    job.workload = p.workload;
    job.limitSeconds = p.update.limitSeconds;
    return job;
}

/// Runs a job to its end and takes it away again, also when it failed; its report is the answer.
Result<QString> runJob(const VolumeFile &p, VolumeJob job, const QByteArray &bytes) {
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

} // namespace

Result<VolumeFile> VolumeFile::read(std::shared_ptr<const KubeApi> api, const VolumeUpdate &update, std::function<void(int)> sleep) {
    if (!plainPath(update.path))
        return invalid(QStringLiteral("“%1” is no path on a volume.").arg(update.path), QStringLiteral("--path"), QStringLiteral("For example t2m.pt or models/t2m.pt."));
    VolumeFile out;
    out.api = std::move(api);
    out.update = update;
    out.sleep = sleep ? std::move(sleep) : [](int ms) { QThread::msleep(static_cast<unsigned long>(ms)); };
    PH_ASSIGN(out.workload, out.api->read(update.workload));
    PH_ASSIGN(const auto claim, mountedClaim(out.workload, update));
    out.claim = claim.first;
    out.subPath = claim.second;
    PH_ASSIGN(const QJsonObject volume, out.api->read({cluster::kinds::PersistentVolumeClaim, update.workload.space, out.claim}));
    const QJsonArray modes = volume.value(Q("spec")).toObject().value(Q("accessModes")).toArray();
    if (modes.size() == 1 && modes.first().toString() == Q("ReadOnlyMany"))
        return refused(QStringLiteral("The claim %1 can only be read.").arg(out.claim), update.workload.text());
    out.sameNode = !modes.contains(QJsonValue(Q("ReadWriteMany")));
    out.image = update.image;
    if (out.image.isEmpty())
        out.image = out.workload.value(Q("spec")).toObject().value(Q("template")).toObject().value(Q("spec")).toObject().value(Q("containers")).toArray().first().toObject().value(Q("image")).toString();
    out.id = randomHex(6);
    return out;
}

Result<QByteArray> VolumeFile::bytes() const {
    const qint64 size = QFileInfo(update.file).size();
    if (size > largestVolumeFile)
        return refused(QStringLiteral("%1 has %2 MiB: more than %3 MiB do not go through the API server.").arg(update.file).arg(size >> 20).arg(largestVolumeFile >> 20), update.file,
                       QStringLiteral("Write it by a pod that loads it from a bucket."));
    PH_ASSIGN(const QByteArray all, readFile(update.file));
    if (all.isEmpty())
        return invalid(QStringLiteral("The file is empty."), update.file);
    return all;
}

Result<void> VolumeFile::tryWrite(const QString &sha256) const {
    PH_TRY(api->read({cluster::kinds::PersistentVolumeClaim, update.workload.space, claim}));
    PH_TRY(api->create(cluster::kinds::Job, update.workload.space, volumeJobManifest(jobOf(*this, QStringLiteral("write"), volumeWriteScript(), sha256, QStringLiteral("kept"))), true));
    return {};
}

Result<QString> VolumeFile::write(const QByteArray &content, const QString &sha256, const QString &keep) const {
    PH_ASSIGN(const QString report, runJob(*this, jobOf(*this, QStringLiteral("write"), volumeWriteScript(), sha256, keep), content));
    const QString seen = report.section(QLatin1Char('\n'), 0, 0).trimmed();
    if (seen != sha256)
        return Error{ErrorKind::Conflict, QStringLiteral("The file on the volume is not the one that was sent: its checksum is %1, wanted %2.").arg(seen.isEmpty() ? QStringLiteral("not told") : seen, sha256), update.path, {}, {}};
    return report.section(QLatin1Char('\n'), 1, 1).trimmed();
}

Result<void> VolumeFile::putBack(const QString &keep, const QString &sha256) const {
    const QString wanted = sha256 == Q("-") ? QString() : sha256;
    PH_ASSIGN(const QString report, runJob(*this, jobOf(*this, QStringLiteral("restore"), volumeRestoreScript(), wanted, keep), {}));
    const QString seen = report.section(QLatin1Char('\n'), 0, 0).trimmed();
    if (seen != (wanted.isEmpty() ? QStringLiteral("-") : wanted))
        return Error{ErrorKind::Conflict, QStringLiteral("The file on the volume is not the earlier one: its checksum is %1, wanted %2.").arg(seen, wanted), update.path, {}, {}};
    return {};
}

Result<void> VolumeFile::restart() const {
    const QJsonObject annotations{{Q("kubectl.kubernetes.io/restartedAt"), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)}};
    const QJsonObject body{{Q("spec"), QJsonObject{{Q("template"), QJsonObject{{Q("metadata"), QJsonObject{{Q("annotations"), annotations}}}}}}}};
    PH_TRY(api->patch(cluster::objectPath(update.workload), cluster::PatchKind::Merge, body));
    return {};
}

} // namespace pilothouse::rollouts
