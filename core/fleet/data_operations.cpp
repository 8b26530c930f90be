// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/data_operations.h"

#include "core/base/redact.h"
#include "core/sources/dvc_add.h"
#include "core/sources/dvc_push.h"
#include "core/sources/push.h"

#include <QFileInfo>
#include <QJsonArray>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;
using operations::Operation;
using operations::Step;
using namespace sources;

/// The connection that is written to: the named one, else that at this address, whose guard counts as well when its name was left out.
QString writtenTo(const DataWork &work, const QString &named, const QString &url) {
    if (!named.isEmpty() || !work.access.workspace)
        return named;
    const auto plain = [](QString address) {
        while (address.endsWith(QLatin1Char('/')))
            address.chop(1);
        return address;
    };
    for (const workspace::Connection &c : work.access.workspace->connections)
        if (c.kind == Q("s3") && plain(c.url) == plain(url))
            return c.name;
    return {};
}

Step bucketStep(const S3Client &client, const QString &bucket, const std::stop_token &stop) {
    Step step;
    step.call = {QStringLiteral("CREATE"), QStringLiteral("bucket ") + bucket, QStringLiteral("an empty bucket in %1").arg(client.endpoint().region), {}, {}};
    step.execute = [=] { return client.createBucket(bucket, stop); };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const bool there, client.bucketExists(bucket));
        return there ? Result<QJsonObject>(QJsonObject{{Q("bucket"), bucket}}) : Result<QJsonObject>(notFound(QStringLiteral("The bucket was made, but is not seen."), QStringLiteral("s3://") + bucket));
    };
    return step;
}

/// What the step's read-back saw when the operation was done.
Result<QJsonObject> recordedAfter(const operations::Journal &journal, const QString &id, const QString &step) {
    PH_ASSIGN(const std::vector<operations::JournalEntry> entries, journal.entries());
    for (const operations::JournalEntry &entry : entries)
        if (entry.operation == id && entry.phase == Q("done"))
            return entry.after.value(step).toObject();
    return refused(QStringLiteral("The journal does not say what operation %1 did, so it cannot be undone.").arg(id));
}

Operation reverse(const operations::RecordedOperation &recorded, const char *kind, const QString &summary, operations::PlannedCall call) {
    Operation o;
    o.kind = Q(kind);
    o.object = recorded.object;
    o.summary = summary;
    o.details = {{Q("undoes"), recorded.id}};
    o.connection = recorded.connection;
    Step step;
    step.call = std::move(call);
    o.steps.push_back(std::move(step));
    return o;
}

Result<Operation> undoPushFile(const DataWork &work, const operations::Journal &journal, const operations::RecordedOperation &recorded) {
    const QJsonObject r = recorded.undoRecord;
    PH_ASSIGN(const QJsonObject after, recordedAfter(journal, recorded.id, recorded.object));
    PH_ASSIGN(const S3Client client, s3For({recorded.object, r.value(Q("connection")).toString(), {}}, work.access));
    if (const QString now = redact(client.endpoint().url); now != r.value(Q("endpoint")).toString()) // the journal has it without a user
        return refused(QStringLiteral("The file was sent to the server %1; the workspace now names %2.").arg(r.value(Q("endpoint")).toString(), now), recorded.object, QStringLiteral("Put the connection's url back, then try again."));
    PushPlan sent;
    PH_ASSIGN(sent.object, parseS3Url(recorded.object));
    sent.before = recorded.before;
    if (!recorded.before.isEmpty())
        sent.there = S3Object{sent.object.key, recorded.before.value(Q("version")).toString(), recorded.before.value(Q("etag")).toString(), {}, recorded.before.value(Q("bytes")).toInteger(), true, false};
    sent.written = S3Object{sent.object.key, after.value(Q("version")).toString(), after.value(Q("etag")).toString(), {}, after.value(Q("bytes")).toInteger(), true, false};
    if (sent.undo().isEmpty())
        return refused(QStringLiteral("The bucket keeps no versions, so what was there cannot be put back."), recorded.object);
    Operation o = reverse(recorded, "data.undo-push", QStringLiteral("Take %1 back").arg(recorded.object), {QStringLiteral("DELETE"), recorded.object, sent.undo(), {}, {}});
    o.before = after;
    o.steps.front().guard = [=] { return guardUndoPush(client, sent); };
    o.steps.front().execute = [=] { return undoPush(client, sent); };
    o.steps.front().readBack = [=] { return stateOfPushed(client, sent); };
    return o;
}

Result<Operation> undoPushDvc(const DataWork &work, const operations::Journal &journal, const operations::RecordedOperation &recorded) {
    const QJsonObject r = recorded.undoRecord;
    PH_ASSIGN(const QJsonObject after, recordedAfter(journal, recorded.id, r.value(Q("step")).toString()));
    const QJsonArray made = after.value(Q("made")).toArray();
    if (made.isEmpty())
        return refused(QStringLiteral("Operation %1 made no object: the remote had them all.").arg(recorded.id));
    PH_ASSIGN(const DvcRepository repository, DvcRepository::open(r.value(Q("root")).toString()));
    PH_ASSIGN(const DvcRemote remote, repository.remote(r.value(Q("remote")).toString()));
    const QString url = redact(remote.url); // as the journal has it
    if (url != r.value(Q("url")).toString())
        return refused(QStringLiteral("The objects were sent to %1; the remote “%2” is %3 now.").arg(r.value(Q("url")).toString(), remote.name, url), repository.root(), QStringLiteral("Put the remote back, then try again."));
    PH_ASSIGN(std::unique_ptr<DvcStore> opened, openDvcStore(remote, {{}, r.value(Q("connection")).toString(), {}}, work.access, work.cache));
    const std::shared_ptr<DvcStore> store = std::move(opened);
    Operation o = reverse(recorded, "data.undo-push-dvc", QStringLiteral("Delete the %1 objects that were sent to %2").arg(made.size()).arg(url),
                          {QStringLiteral("DELETE"), QStringLiteral("%1 objects in %2").arg(made.size()).arg(url), QStringLiteral("deleted"), {}, {}});
    o.before = after;
    o.steps.front().guard = [=] { return guardUndoDvcPush(*store, made); };
    o.steps.front().execute = [=] { return undoDvcPush(*store, made); };
    return o;
}

Result<Operation> undoAddDvc(const operations::RecordedOperation &recorded) {
    const QJsonObject r = recorded.undoRecord;
    const bool entry = r.value(Q("before")).isObject(), back = entry || r.value(Q("before")).isString();
    const QString file = r.value(Q("file")).toString();
    Operation o = reverse(recorded, "data.undo-add",
                          entry  ? QStringLiteral("Put the entry of %1 in %2 back as it was").arg(r.value(Q("path")).toString(), file)
                          : back ? QStringLiteral("Put %1 back as it was").arg(file)
                                 : QStringLiteral("Remove %1").arg(file),
                          {back ? QStringLiteral("WRITE") : QStringLiteral("DELETE"), file, back ? QStringLiteral("as it was before") : QStringLiteral("and its line of .gitignore"), {}, {}});
    o.steps.front().guard = [=] { return guardUndoDvcAdd(r); };
    o.steps.front().execute = [=] { return undoDvcAdd(r); };
    return o;
}

} // namespace

Result<DataWork> dataWork(const Services &services, std::stop_token stop, Progress progress) {
    PH_ASSIGN(Cache cache, Cache::open());
    return DataWork{{services.workspace, services.secrets, services.http}, std::move(cache), std::move(stop), std::move(progress)};
}

Result<Operation> pushFileOperation(const DataWork &work, const SourceSpec &target, const QString &file, bool createBucket) {
    PH_ASSIGN(const S3Location object, parseS3Url(target.source));
    PH_ASSIGN(const S3Client client, s3For(target, work.access));
    const auto sent = std::make_shared<PushPlan>();
    PH_ASSIGN(*sent, planPush(client, object, file, createBucket, work.stop));
    Operation o;
    o.kind = QStringLiteral("data.push");
    o.object = object.text();
    o.summary = QStringLiteral("Send %1 (%2 bytes) to %3").arg(QFileInfo(file).fileName()).arg(sent->bytes).arg(object.text());
    o.before = sent->before;
    o.details = {{Q("sha256"), sent->sha256}, {Q("bytes"), sent->bytes}, {Q("file"), sent->file}};
    o.connection = writtenTo(work, target.connection, client.endpoint().url);
    if (!sent->undo().isEmpty())
        o.undoRecord = {{Q("kind"), o.kind}, {Q("connection"), target.connection}, {Q("endpoint"), redact(client.endpoint().url)}};
    if (sent->createsBucket)
        o.steps.push_back(bucketStep(client, object.bucket, work.stop));
    Step step;
    step.call = {QStringLiteral("PUT"), object.text(), sent->effect(), sent->undo(), QStringLiteral("pilot data push %1 %2").arg(sent->file, object.text())};
    step.guard = [=] { return guardPush(client, *sent); };
    step.execute = [=] { return executePush(client, *sent, work.cache, work.stop, work.progress); };
    step.readBack = [=] { return readBackPush(client, *sent); };
    if (!sent->undo().isEmpty())
        step.undo = [=] { return undoPush(client, *sent); };
    o.steps.push_back(std::move(step));
    return o;
}

Result<Operation> addDvcOperation(const DataWork &work, const QString &path) {
    PH_ASSIGN(const DvcAddition plan, planDvcAdd(path, work.stop, work.progress));
    Operation o;
    o.kind = QStringLiteral("data.add");
    o.object = QStringLiteral("data ") + plan.path;
    const bool ofStage = !plan.stage().isEmpty();
    o.summary = plan.isThere() ? QStringLiteral("%1 is tracked as it is").arg(plan.path)
                : ofStage      ? QStringLiteral("Record %1 as the output of the stage “%2” (%3)").arg(plan.path, plan.stage(), plan.effect())
                               : QStringLiteral("Let DVC track %1 (%2)").arg(plan.path, plan.effect());
    o.details = plan.state();
    if (plan.isThere())
        return o;
    o.undoRecord = plan.undoRecord();
    if (plan.before == plan.after) // objects only: there is no file or entry to put back
        o.undoRecord = {};
    Step step;
    const QString undo = o.undoRecord.isEmpty() ? QString() : ofStage ? QStringLiteral("its entry as it was") : plan.before ? QStringLiteral("the .dvc file as it was") : QStringLiteral("remove the .dvc file");
    step.call = {ofStage ? QStringLiteral("COMMIT") : QStringLiteral("ADD"), plan.dvcFile, plan.effect(), undo, QStringLiteral("pilot data add %1").arg(plan.place())};
    step.guard = [=] { return guardDvcAdd(plan); };
    step.execute = [=] { return executeDvcAdd(plan, work.stop, work.progress); };
    step.readBack = [=] { return readBackDvcAdd(plan); };
    if (!o.undoRecord.isEmpty())
        step.undo = [record = o.undoRecord] { return undoDvcAdd(record); };
    o.steps.push_back(std::move(step));
    return o;
}

Result<Operation> pushDvcOperation(const DataWork &work, const QString &path, const QString &remote, const QString &connection) {
    const auto push = std::make_shared<DvcPush>();
    PH_ASSIGN(*push, planDvcPush(path, remote, {path, connection, {}}, work.access, work.cache, work.stop));
    QStringList names;
    for (const DvcOutput &output : push->outputs)
        names << output.path;
    Operation o;
    o.kind = QStringLiteral("data.push-dvc");
    o.object = QStringLiteral("data ") + names.join(QStringLiteral(", "));
    o.details = {{Q("root"), push->root}, {Q("remote"), push->remote.name}, {Q("objects"), qint64(push->missing.size())}, {Q("bytes"), push->bytes}};
    o.connection = push->remote.kind == DvcRemote::Kind::S3 ? writtenTo(work, connection, push->remote.options.value(QStringLiteral("endpointurl"))) : connection;
    if (push->missing.empty()) {
        o.summary = QStringLiteral("The remote “%1” has all of %2 (%3 objects)").arg(push->remote.name, names.join(QStringLiteral(", "))).arg(push->there);
        return o;
    }
    o.summary = QStringLiteral("Send %1 to the DVC remote “%2”").arg(names.join(QStringLiteral(", ")), push->remote.name);
    const QString url = redact(push->remote.url);
    Step step;
    step.call = {QStringLiteral("PUT"), url, push->effect(), QStringLiteral("delete the objects that this makes"), QStringLiteral("pilot data push dvc:%1 --remote %2").arg(path, push->remote.name)};
    o.undoRecord = {{Q("kind"), o.kind}, {Q("root"), push->root}, {Q("remote"), push->remote.name}, {Q("url"), url}, {Q("connection"), connection}, {Q("step"), step.call.object}};
    step.guard = [=] { return guardDvcPush(*push); };
    step.execute = [=] { return executeDvcPush(*push, work.stop, work.progress); };
    step.readBack = [=] { return readBackDvcPush(*push); };
    step.undo = [=] { return undoDvcPush(*push->store, push->madeJson()); };
    o.steps.push_back(std::move(step));
    return o;
}

bool isDataOperation(const operations::RecordedOperation &recorded) { return recorded.kind.startsWith(Q("data.")); }

Result<Operation> undoDataOperation(const DataWork &work, const operations::Journal &journal, const operations::RecordedOperation &recorded) {
    if (recorded.phase != Q("done"))
        return refused(QStringLiteral("Operation %1 is %2: there is nothing to undo.").arg(recorded.id, recorded.phase));
    const QString kind = recorded.undoRecord.value(Q("kind")).toString();
    if (kind == Q("data.push"))
        return undoPushFile(work, journal, recorded);
    if (kind == Q("data.push-dvc"))
        return undoPushDvc(work, journal, recorded);
    if (kind == Q("data.add"))
        return undoAddDvc(recorded);
    return refused(QStringLiteral("Operation %1 (%2) cannot be undone.").arg(recorded.id, recorded.kind), {}, recorded.kind == Q("data.push") ? QStringLiteral("The bucket keeps no versions, so what was there is gone.") : QString());
}

} // namespace pilothouse::fleet
