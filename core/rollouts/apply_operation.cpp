// SPDX-License-Identifier: GPL-3.0-or-later
// A plan as an operation, and the way back.
#include "core/rollouts/apply_folder.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/cluster/object_text.h"

#include <QJsonArray>

#include <algorithm>
#include <chrono>
#include <thread>

namespace pilothouse::rollouts {

namespace {

using Q = QLatin1String;
using cluster::KubeApi;
using cluster::KubeRef;
using Change = AppliedObject::Change;
using Api = std::shared_ptr<const KubeApi>;

constexpr qsizetype largestKept = 256 << 10; ///< bytes of one object in the journal

const char *verbOf(Change change) {
    switch (change) {
    case Change::Create: return "CREATE";
    case Change::Change: return "APPLY";
    case Change::Delete: return "DELETE";
    case Change::Unchanged: break;
    }
    return "KEEP";
}

QString changeName(Change change) {
    switch (change) {
    case Change::Create: return QStringLiteral("create");
    case Change::Change: return QStringLiteral("change");
    case Change::Delete: return QStringLiteral("delete");
    case Change::Unchanged: break;
    }
    return QStringLiteral("unchanged");
}

/// The object, or an empty one where there is none.
Result<QJsonObject> readOrNothing(const KubeApi &api, const KubeRef &ref) {
    auto found = api.read(ref);
    if (!found && found.error().kind == ErrorKind::NotFound)
        return QJsonObject();
    return found;
}

Error changedSince(const KubeRef &ref, const QJsonObject &then, const QJsonObject &now) {
    const auto texts = cluster::comparedTexts(then, now);
    return {ErrorKind::Conflict, QStringLiteral("It is no longer what it was when the plan was made."), ref.text(), QStringLiteral("Look at the plan again: pilot rollouts apply … --plan."),
            cluster::lineDiff(texts.before, texts.after).join(QLatin1Char('\n'))};
}

Result<void> asPlanned(const KubeApi &api, const KubeRef &ref, const QJsonObject &before) {
    PH_ASSIGN(const QJsonObject now, readOrNothing(api, ref));
    if (now.isEmpty() != before.isEmpty() || cluster::cleanedObject(now) != cluster::cleanedObject(before) || cluster::metadataText(now, "uid") != cluster::metadataText(before, "uid"))
        return changedSince(ref, before, now);
    return {};
}

/// Every 250 ms until `ready` says so; TimedOut after `seconds`.
Result<void> waitUntil(const std::function<Result<bool>()> &ready, int seconds, const QString &what, const QString &where) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    for (;;) {
        PH_ASSIGN(const bool done, ready());
        if (done)
            return {};
        if (std::chrono::steady_clock::now() > end)
            return Error{ErrorKind::TimedOut, what, where, {}, {}};
        std::this_thread::sleep_for(std::chrono::milliseconds(250));
    }
}

/// A definition is there when the server serves it.
Result<void> waitEstablished(const KubeApi &api, const KubeRef &ref) {
    return waitUntil(
        [&]() -> Result<bool> {
            PH_ASSIGN(const QJsonObject now, api.read(ref));
            for (const QJsonValue &value : now.value(Q("status")).toObject().value(Q("conditions")).toArray())
                if (value.toObject().value(Q("type")) == Q("Established") && value.toObject().value(Q("status")) == Q("True"))
                    return true;
            return false;
        },
        30, QStringLiteral("The server does not serve the new kind yet."), ref.text());
}

Result<void> send(const KubeApi &api, const AppliedObject &object) {
    const QString path = cluster::objectPath(object.ref);
    const auto sent = [&]() -> Result<void> {
        const auto answer = api.patch(path, cluster::PatchKind::Apply, object.manifest, false, object.force);
        return answer ? Result<void>() : answer.error();
    };
    if (object.untried) { // what it needs was made a moment ago: its path may not be served yet
        std::optional<Error> last;
        const auto done = waitUntil(
            [&]() -> Result<bool> {
                const auto answer = sent();
                if (answer)
                    return true;
                last = answer.error();
                return last->kind == ErrorKind::NotFound ? Result<bool>(false) : Result<bool>(*last);
            },
            10, {}, {});
        if (!done)
            return last ? *last : done.error();
    } else {
        PH_TRY(sent());
    }
    return object.ref.kind.kind == Q("CustomResourceDefinition") ? waitEstablished(api, object.ref) : Result<void>();
}

QJsonObject seen(const QJsonObject &object) {
    QJsonObject out{{Q("uid"), cluster::metadataText(object, "uid")}, {Q("resourceVersion"), cluster::metadataText(object, "resourceVersion")}};
    if (const auto generation = object.value(Q("metadata")).toObject().value(Q("generation")); generation.isDouble())
        out.insert(Q("generation"), generation);
    QJsonArray images;
    for (const auto &c : cluster::containerImages(object))
        images.append(c.image);
    if (!images.isEmpty())
        out.insert(Q("images"), images);
    return out;
}

/// There, and with the images that were sent.
Result<QJsonObject> readBack(const KubeApi &api, const AppliedObject &object) {
    PH_ASSIGN(const QJsonObject now, api.read(object.ref));
    const auto running = cluster::containerImages(now);
    for (const auto &wanted : cluster::containerImages(object.manifest))
        if (std::find(running.begin(), running.end(), wanted) == running.end())
            return Error{ErrorKind::Conflict, QStringLiteral("Container %1 does not have the image %2: something in the cluster changed it.").arg(wanted.container, wanted.image), object.ref.text(), {}, {}};
    return seen(now);
}

Result<QJsonObject> readGone(const KubeApi &api, const KubeRef &ref, const QString &uid) {
    const auto end = waitUntil(
        [&]() -> Result<bool> {
            PH_ASSIGN(const QJsonObject now, readOrNothing(api, ref));
            // One that waits for its finalizers is going.
            return now.isEmpty() || cluster::metadataText(now, "uid") != uid || !cluster::metadataText(now, "deletionTimestamp").isEmpty();
        },
        10, QStringLiteral("It is still there."), ref.text());
    if (!end)
        return end.error();
    return QJsonObject{{Q("deleted"), true}};
}

/// Deletes it, if it is that object still.
Result<void> removeObject(const KubeApi &api, const KubeRef &ref, const QString &uid) {
    const auto gone = api.remove(ref, QStringLiteral("Background"), uid);
    if (!gone && gone.error().kind != ErrorKind::NotFound)
        return gone.error();
    return {};
}

QString effectOf(const AppliedObject &o) {
    const auto count = cluster::countedDiff(o.diff);
    if (o.change == Change::Delete)
        return QStringLiteral("pruned: an earlier apply made it, and the folder has it no more");
    if (o.change == Change::Create)
        return QStringLiteral("new, from %1").arg(o.place);
    QStringList images;
    const auto now = cluster::containerImages(o.before);
    for (const auto &c : cluster::containerImages(o.after))
        for (const auto &old : now)
            if (old.container == c.container && old.image != c.image)
                images << QStringLiteral("%1 %2 → %3").arg(c.container, cluster::imageParts(old.image).suffix, cluster::imageParts(c.image).suffix);
    QString text = QStringLiteral("%1 lines more, %2 fewer").arg(count.added).arg(count.removed);
    if (o.ref.kind.kind == Q("Secret") && o.diff.isEmpty())
        text = QStringLiteral("other values");
    if (!images.isEmpty())
        text = QStringLiteral("image ") + images.join(QStringLiteral(", ")) + QStringLiteral("; ") + text;
    if (!o.conflicts.empty()) {
        QStringList fields;
        for (const FieldConflict &c : o.conflicts)
            fields << QStringLiteral("%1 (of %2)").arg(c.field, c.manager);
        text += QStringLiteral("; takes over ") + fields.join(QStringLiteral(", "));
    }
    return text;
}

QJsonObject refJson(const KubeRef &ref) {
    return {{Q("group"), ref.kind.group}, {Q("version"), ref.kind.version}, {Q("plural"), ref.kind.plural}, {Q("kind"), ref.kind.kind}, {Q("namespaced"), ref.kind.namespaced}, {Q("namespace"), ref.space}, {Q("name"), ref.name}};
}

KubeRef refOf(const QJsonObject &o) {
    return {{o.value(Q("group")).toString(), o.value(Q("version")).toString(), o.value(Q("plural")).toString(), o.value(Q("kind")).toString(), o.value(Q("namespaced")).toBool()}, o.value(Q("namespace")).toString(), o.value(Q("name")).toString()};
}

/// What the journal keeps of one object, so that it can be put back another day. Values of Secrets never.
QJsonObject recordOf(const AppliedObject &o) {
    QJsonObject record = refJson(o.ref);
    record.insert(Q("change"), changeName(o.change));
    if (o.before.isEmpty())
        return record;
    const QJsonObject before = cluster::cleanedObject(o.before);
    const QByteArray bytes = canonicalJson(before);
    if (o.ref.kind.kind == Q("Secret")) {
        record.insert(Q("notKept"), Q("values of a Secret are not written down"));
    } else if (bytes.size() > largestKept) {
        record.insert(Q("notKept"), Q("it is larger than 256 KiB"));
    } else {
        record.insert(Q("before"), before);
        record.insert(Q("sha256"), sha256Hex(bytes));
    }
    return record;
}

operations::Step stepOf(const Api &api, const AppliedObject &o) {
    operations::Step step;
    const QString path = cluster::objectPath(o.ref);
    step.call = {QString::fromLatin1(verbOf(o.change)), o.ref.text(), effectOf(o),
                 o.change == Change::Create ? QStringLiteral("deleted") : o.change == Change::Delete ? QStringLiteral("made again as it was") : QStringLiteral("put back as it was"),
                 o.change == Change::Delete ? api->curlLine("DELETE", path, {}, {}, {})
                                            : api->curlLine("PATCH", path, QUrlQuery{{QStringLiteral("fieldManager"), QStringLiteral("pilothouse")}, {QStringLiteral("force"), o.force ? QStringLiteral("true") : QStringLiteral("false")}},
                                                            "application/apply-patch+yaml", QByteArray("@") + o.place.section(QLatin1Char(':'), 0, 0).toUtf8())};
    const QString uid = cluster::metadataText(o.before, "uid");
    step.guard = [api, o]() -> Result<void> { return o.untried ? Result<void>() : asPlanned(*api, o.ref, o.before); };
    if (o.change == Change::Delete) {
        step.execute = [api, ref = o.ref, uid] { return removeObject(*api, ref, uid); };
        step.readBack = [api, ref = o.ref, uid] { return readGone(*api, ref, uid); };
    } else {
        step.execute = [api, o] { return send(*api, o); };
        step.readBack = [api, o] { return readBack(*api, o); };
    }
    step.undo = [api, o]() -> Result<void> {
        if (o.change != Change::Create)
            return restoreObject(*api, o.ref, o.before);
        PH_ASSIGN(const QJsonObject now, readOrNothing(*api, o.ref));
        return now.isEmpty() ? Result<void>() : removeObject(*api, o.ref, cluster::metadataText(now, "uid"));
    };
    return step;
}

/// One object of a recorded apply, back to what it was.
Result<operations::Step> undoStep(const Api &api, const QJsonObject &record, const QJsonObject &after) {
    const KubeRef ref = refOf(record);
    const QString change = record.value(Q("change")).toString(), uid = after.value(Q("uid")).toString();
    operations::Step step;
    const QJsonObject before = record.value(Q("before")).toObject();
    if (change != Q("create")) {
        if (record.contains(Q("notKept")))
            return refused(QStringLiteral("%1 cannot be put back: %2.").arg(ref.text(), record.value(Q("notKept")).toString()), {}, QStringLiteral("Apply the revision of the folder that held before: pilot rollouts apply DIR --revision REV."));
        if (sha256Hex(canonicalJson(before)) != record.value(Q("sha256")).toString())
            return refused(QStringLiteral("%1 cannot be put back: the journal masked something in it that looked like a credential.").arg(ref.text()), {}, QStringLiteral("Apply the revision of the folder that held before: pilot rollouts apply DIR --revision REV."));
    }
    // Another hand since then would be lost.
    step.guard = [api, ref, after, change, uid]() -> Result<void> {
        PH_ASSIGN(const QJsonObject now, readOrNothing(*api, ref));
        if (change == Q("delete"))
            return now.isEmpty() ? Result<void>() : Error{ErrorKind::Conflict, QStringLiteral("It was made again since."), ref.text(), {}, {}};
        if (now.isEmpty())
            return change == Q("create") ? Result<void>() : Error{ErrorKind::Conflict, QStringLiteral("It was deleted since."), ref.text(), {}, {}};
        if (!uid.isEmpty() && cluster::metadataText(now, "uid") != uid)
            return Error{ErrorKind::Conflict, QStringLiteral("It was deleted and made again since."), ref.text(), {}, {}};
        const auto generation = now.value(Q("metadata")).toObject().value(Q("generation"));
        const bool other = after.contains(Q("generation")) ? generation != after.value(Q("generation")) : !uid.isEmpty() && cluster::metadataText(now, "resourceVersion") != after.value(Q("resourceVersion")).toString();
        if (other && change != Q("create"))
            return Error{ErrorKind::Conflict, QStringLiteral("It was changed since, and putting it back would undo that too."), ref.text(), QStringLiteral("Apply the revision of the folder that you want: pilot rollouts apply DIR --revision REV."), {}};
        return {};
    };
    const QString path = cluster::objectPath(ref);
    if (change == Q("create")) {
        step.call = {QStringLiteral("DELETE"), ref.text(), QStringLiteral("the apply made it"), {}, api->curlLine("DELETE", path, {}, {}, {})};
        step.execute = [api, ref, uid] { return removeObject(*api, ref, uid); };
        step.readBack = [api, ref, uid] { return readGone(*api, ref, uid); };
        return step;
    }
    step.call = {QStringLiteral("PUT"), ref.text(), change == Q("delete") ? QStringLiteral("made again as it was") : QStringLiteral("as it was before"), {}, api->curlLine("PUT", path, {}, {}, {})};
    step.execute = [api, ref, before] { return restoreObject(*api, ref, before); };
    step.readBack = [api, ref]() -> Result<QJsonObject> {
        PH_ASSIGN(const QJsonObject now, api->read(ref));
        return seen(now);
    };
    return step;
}

} // namespace

Result<void> restoreObject(const KubeApi &api, const KubeRef &ref, const QJsonObject &before) {
    QJsonObject wanted = cluster::cleanedObject(before);
    for (int attempt = 0;; ++attempt) {
        PH_ASSIGN(const QJsonObject now, readOrNothing(api, ref));
        if (now.isEmpty()) {
            const auto made = api.create(ref.kind, ref.space, wanted);
            return made ? Result<void>() : made.error();
        }
        if (cluster::cleanedObject(now) == wanted)
            return {};
        QJsonObject metadata = wanted.value(Q("metadata")).toObject();
        metadata.insert(Q("resourceVersion"), cluster::metadataText(now, "resourceVersion"));
        QJsonObject sent = wanted;
        sent.insert(Q("metadata"), metadata);
        const auto done = api.replace(ref, sent);
        if (done)
            return {};
        if (done.error().kind != ErrorKind::Conflict || attempt >= 4) // a controller wrote its status between
            return done.error();
    }
}

Result<operations::Operation> applyOperation(Api api, const ApplyPlan &plan) {
    operations::Operation operation;
    operation.kind = QStringLiteral("rollout-apply");
    operation.object = QStringLiteral("folder ") + plan.set;
    operation.connection = api->connection();
    QJsonArray records;
    std::vector<const AppliedObject *> wrong;
    for (const AppliedObject &o : plan.objects) {
        if (o.problem)
            wrong.push_back(&o);
        if (o.change == Change::Unchanged)
            continue;
        operation.steps.push_back(stepOf(api, o));
        records.append(recordOf(o));
    }
    if (!wrong.empty()) {
        Error error = *wrong.front()->problem;
        QStringList all;
        for (const AppliedObject *o : wrong) {
            QStringList owners;
            for (const FieldConflict &c : o->conflicts)
                owners << QStringLiteral("%1 is managed by %2").arg(c.field, c.manager);
            all << QStringLiteral("%1 (%2): %3").arg(o->ref.text(), o->place, owners.isEmpty() ? o->problem->what : owners.join(QStringLiteral("; ")));
        }
        error.what = QStringLiteral("Nothing was sent: the server does not take %1 of %2 objects. ").arg(wrong.size()).arg(plan.objects.size()) + all.join(QLatin1Char('\n'));
        return error;
    }
    if (operation.steps.empty())
        return refused(QStringLiteral("The cluster has all %1 objects as the folder has them.").arg(plan.objects.size()), plan.folder);
    QStringList parts;
    for (const auto &[change, word] : {std::pair(Change::Create, "created"), std::pair(Change::Change, "changed"), std::pair(Change::Delete, "deleted")})
        if (const int n = plan.count(change))
            parts << QStringLiteral("%1 %2").arg(n).arg(Q(word));
    operation.summary = QStringLiteral("Apply %1%2: %3").arg(plan.folder, plan.revision.isEmpty() ? QString() : QStringLiteral(" at ") + plan.revision, parts.join(QStringLiteral(", ")));
    operation.details = {{Q("folder"), plan.folder}, {Q("set"), plan.set}};
    if (!plan.commit.isEmpty())
        operation.details.insert(Q("commit"), plan.commit);
    if (!plan.warnings.isEmpty())
        operation.details.insert(Q("warnings"), QJsonArray::fromStringList(plan.warnings));
    QJsonArray images;
    for (const auto &f : plan.images)
        images.append(QStringLiteral("%1: %2 → %3").arg(f.object, f.before, f.after));
    if (!images.isEmpty())
        operation.details.insert(Q("images"), images);
    operation.undoRecord = {{Q("kind"), Q("rollout-apply")}, {Q("connection"), api->connection()}, {Q("objects"), records}};
    return operation;
}

Result<operations::Operation> undoApplyOperation(Api api, const operations::RecordedOperation &recorded) {
    if (recorded.phase != Q("done") && recorded.phase != Q("failed"))
        return refused(QStringLiteral("Operation %1 is %2: there is nothing to undo.").arg(recorded.id, recorded.phase));
    operations::Operation operation;
    operation.kind = QStringLiteral("rollout-apply-undo");
    operation.object = recorded.object;
    operation.connection = recorded.connection;
    operation.summary = QStringLiteral("Undo %1: %2").arg(recorded.id, recorded.summary);
    operation.details = {{Q("undoes"), recorded.id}};
    const QJsonArray objects = recorded.undoRecord.value(Q("objects")).toArray();
    for (qsizetype i = objects.size(); i-- > 0;) {
        const QJsonObject record = objects[i].toObject();
        const QString text = refOf(record).text();
        if (recorded.phase == Q("failed") && !recorded.after.contains(text))
            continue; // not sent, or not seen: what is there is told by the next plan
        PH_ASSIGN(auto step, undoStep(api, record, recorded.after.value(text).toObject()));
        operation.steps.push_back(std::move(step));
    }
    if (operation.steps.empty())
        return refused(QStringLiteral("Operation %1 sent nothing that was seen.").arg(recorded.id));
    return operation;
}

QJsonObject toJson(const ApplyPlan &plan) {
    QJsonArray objects, images;
    for (const AppliedObject &o : plan.objects) {
        QJsonArray conflicts;
        for (const FieldConflict &c : o.conflicts)
            conflicts.append(QJsonObject{{Q("field"), c.field}, {Q("manager"), c.manager}});
        QJsonObject one{{Q("object"), o.ref.text()}, {Q("place"), o.place}, {Q("change"), changeName(o.change)}, {Q("diff"), QJsonArray::fromStringList(o.diff)}, {Q("conflicts"), conflicts}};
        one.insert(Q("problem"), o.problem ? QJsonValue(o.problem->text()) : QJsonValue());
        objects.append(one);
    }
    for (const auto &f : plan.images)
        images.append(QJsonObject{{Q("place"), f.place}, {Q("object"), f.object}, {Q("container"), f.container}, {Q("before"), f.before}, {Q("after"), f.after}});
    return {{Q("set"), plan.set}, {Q("folder"), plan.folder}, {Q("revision"), plan.revision}, {Q("commit"), plan.commit}, {Q("warnings"), QJsonArray::fromStringList(plan.warnings)},
            {Q("notes"), QJsonArray::fromStringList(plan.notes)}, {Q("images"), images}, {Q("objects"), objects}};
}

QString planText(const ApplyPlan &plan) {
    QStringList out;
    for (const auto &f : plan.images)
        out << QStringLiteral("image %1 of %2 (%3): %4 → %5").arg(f.container, f.object, f.place, f.before, f.after);
    for (const QString &w : plan.warnings)
        out << QStringLiteral("WARNING: ") + w;
    for (const QString &n : plan.notes)
        out << QStringLiteral("note: ") + n;
    for (const AppliedObject &o : plan.objects) {
        out << QStringLiteral("%1  %2%3").arg(changeName(o.change), -9).arg(o.ref.text(), o.place.isEmpty() ? QString() : QStringLiteral("  (%1)").arg(o.place));
        if (o.untried)
            out << QStringLiteral("    not tried: what it needs is made by this apply");
        for (const FieldConflict &c : o.conflicts)
            out << QStringLiteral("    %1 is managed by %2").arg(c.field, c.manager);
        if (o.problem)
            out << QStringLiteral("    REFUSED: ") + o.problem->text();
        for (const QString &line : o.diff)
            out << QStringLiteral("    ") + line;
    }
    out << QStringLiteral("%1 to create, %2 to change, %3 to delete, %4 unchanged").arg(plan.count(Change::Create)).arg(plan.count(Change::Change)).arg(plan.count(Change::Delete)).arg(plan.count(Change::Unchanged));
    return out.join(QLatin1Char('\n'));
}

} // namespace pilothouse::rollouts
