// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/volume_update.h"

#include "core/base/hash.h"
#include "core/rollouts/volume_file.h"

#include <QFileInfo>
#include <QJsonArray>

namespace pilothouse::rollouts {

using Q = QLatin1String;
using cluster::KubeApi;
using operations::Operation;

namespace {

/// What a write and its undo need; kept alive by the steps.
struct Plan {
    VolumeFile file;
    QString sha256, keep;
    QByteArray bytes;
    QString keptSha256; ///< filled by the write: of the earlier file; "-": there was none
};

Result<void> putBack(const Plan &plan, const QString &keptSha256) {
    PH_TRY(plan.file.putBack(plan.keep, keptSha256));
    return plan.file.restart();
}

operations::Step writeStep(const std::shared_ptr<Plan> &plan) {
    operations::Step step;
    step.connection = plan->file.api->connection();
    step.call = {QStringLiteral("WRITE"), QStringLiteral("%1 on the claim %2 in %3").arg(plan->file.update.path, plan->file.claim, plan->file.update.workload.space),
                 QStringLiteral("%1 (%2 bytes, sha256 %3…), beside the earlier file, checked, renamed").arg(QFileInfo(plan->file.update.file).fileName()).arg(plan->bytes.size()).arg(plan->sha256.left(12)),
                 QStringLiteral("the earlier file, kept as %1, is put back and the pods are restarted").arg(plan->keep), {}};
    step.guard = [plan] { return plan->file.tryWrite(plan->sha256); };
    step.execute = [plan]() -> Result<void> {
        PH_ASSIGN(plan->keptSha256, plan->file.write(plan->bytes, plan->sha256, plan->keep));
        return {};
    };
    step.readBack = [plan]() -> Result<QJsonObject> { // the checksum was read on the volume, behind the rename
        return QJsonObject{{Q("path"), plan->file.update.path}, {Q("sha256"), plan->sha256}, {Q("before_sha256"), plan->keptSha256}, {Q("kept"), plan->keep}};
    };
    step.undo = [plan]() -> Result<void> { return putBack(*plan, plan->keptSha256); };
    return step;
}

operations::Step restartStep(const std::shared_ptr<Plan> &plan) {
    operations::Step step;
    step.connection = plan->file.api->connection();
    step.call = {QStringLiteral("RESTART"), plan->file.update.workload.text(), QStringLiteral("its pods are made anew, one after the other: they read the new file"), {}, {}}; // the undo of the write restarts
    step.guard = [plan]() -> Result<void> {
        PH_ASSIGN(const QJsonObject now, plan->file.api->read(plan->file.update.workload));
        if (now.value(Q("spec")).toObject().value(Q("paused")).toBool())
            return refused(QStringLiteral("%1 is paused: a restart would not begin.").arg(plan->file.update.workload.text()), {}, QStringLiteral("Resume it first."));
        return {};
    };
    step.execute = [plan] { return plan->file.restart(); };
    step.readBack = [plan]() -> Result<QJsonObject> {
        PH_ASSIGN(const QJsonObject now, plan->file.api->read(plan->file.update.workload));
        return QJsonObject{{Q("generation"), now.value(Q("metadata")).toObject().value(Q("generation"))}};
    };
    return step;
}

} // namespace

Result<Operation> volumeUpdateOperation(std::shared_ptr<const KubeApi> api, const VolumeUpdate &update, std::function<void(int)> sleep) {
    const auto plan = std::make_shared<Plan>();
    PH_ASSIGN(plan->file, VolumeFile::read(std::move(api), update, std::move(sleep)));
    PH_ASSIGN(plan->bytes, plan->file.bytes());
    Hasher hasher(Hasher::Kind::Sha256);
    hasher.add(plan->bytes);
    plan->sha256 = hasher.hex();
    plan->keep = QStringLiteral("%1.before-%2").arg(volumeFileName(update.path), plan->file.id);
    Operation o;
    o.id = QStringLiteral("op-") + plan->file.id;
    o.kind = QStringLiteral("volume-update");
    o.object = update.workload.text();
    o.connection = plan->file.api->connection();
    o.summary = QStringLiteral("Write %1 on the claim %2 and restart %3").arg(update.path, plan->file.claim, update.workload.text());
    o.before = {{Q("claim"), plan->file.claim}, {Q("path"), update.path}};
    o.details = {{Q("file"), QFileInfo(update.file).fileName()}, {Q("sha256"), plan->sha256}, {Q("bytes"), plan->bytes.size()}};
    o.undoRecord = {{Q("kind"), Q("volume-update")}, {Q("workload"), QStringLiteral("%1/%2").arg(update.workload.kind.plural, update.workload.name)}, {Q("namespace"), update.workload.space},
                    {Q("claim"), plan->file.claim}, {Q("path"), update.path}, {Q("kept"), plan->keep}, {Q("image"), plan->file.image}};
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
    const auto plan = std::make_shared<Plan>();
    PH_ASSIGN(plan->file, VolumeFile::read(std::move(api), update, std::move(sleep)));
    plan->keep = record.value(Q("kept")).toString();
    Operation o;
    o.id = QStringLiteral("op-") + plan->file.id;
    o.kind = QStringLiteral("volume-update");
    o.object = update.workload.text();
    o.connection = plan->file.api->connection();
    o.summary = QStringLiteral("Undo %1: %2 on the claim %3 as before, and restart %4").arg(recorded.id, update.path, update.claim, update.workload.text());
    o.details = {{Q("undoes"), recorded.id}};
    operations::Step step;
    step.connection = o.connection;
    step.call = {QStringLiteral("WRITE"), QStringLiteral("%1 on the claim %2 in %3").arg(update.path, update.claim, update.workload.space),
                 kept == Q("-") ? QStringLiteral("is removed: there was none before; the pods are restarted") : QStringLiteral("%1 is put back (sha256 %2…), and the pods are restarted").arg(plan->keep, kept.left(12)), {}, {}};
    step.execute = [plan, kept] { return putBack(*plan, kept); };
    step.readBack = [plan, kept]() -> Result<QJsonObject> { return QJsonObject{{Q("path"), plan->file.update.path}, {Q("sha256"), kept}}; };
    o.steps.push_back(std::move(step));
    return o;
}

} // namespace pilothouse::rollouts
