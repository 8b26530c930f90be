// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/object_change.h"

#include "core/base/hash.h"
#include "core/base/json.h"

namespace pilothouse::rollouts {

using Q = QLatin1String;
using cluster::KubeApi;
using operations::Operation;
using operations::Step;

namespace {

constexpr int attempts = 5;

/// The first part that differs, for a person: "spec.paused".
QString difference(const QJsonObject &before, const QJsonObject &now) {
    for (auto it = before.begin(); it != before.end(); ++it)
        if (now.value(it.key()) != it.value())
            return it.key();
    for (auto it = now.begin(); it != now.end(); ++it)
        if (!before.contains(it.key()))
            return it.key();
    return {};
}

Result<QJsonObject> unchanged(const KubeApi &api, const ObjectChange &change) {
    PH_ASSIGN(QJsonObject now, api.read(change.ref));
    if (cluster::metadataText(now, "uid") != cluster::metadataText(change.object, "uid"))
        return Error{ErrorKind::Conflict, QStringLiteral("It was deleted and made anew since it was read."), change.ref.text(), QStringLiteral("Nothing was sent. Look again."), {}};
    const QJsonObject before = change.relies(change.object), after = change.relies(now);
    if (before != after)
        return Error{ErrorKind::Conflict, QStringLiteral("It changed since it was read: %1.").arg(difference(before, after)), change.ref.text(), QStringLiteral("Nothing was sent. Look again."),
                     QString::fromUtf8(compactJson(withoutEnvironment(before))) + QLatin1Char('\n') + QString::fromUtf8(compactJson(withoutEnvironment(after)))};
    return now;
}

/// Sends, bound to what was just read; once more where only its status changed in between.
Result<void> sendBound(const KubeApi &api, const cluster::KubeRef &ref, const std::function<Result<QJsonObject>()> &read, const ObjectChange::Send &send) {
    for (int attempt = 1;; ++attempt) {
        PH_ASSIGN(const QJsonObject now, read());
        const auto sent = send(api, cluster::metadataText(now, "resourceVersion"), false);
        if (sent)
            return {};
        if (sent.error().kind != ErrorKind::Conflict || attempt >= attempts)
            return sent.error().where.isEmpty() ? Error{sent.error().kind, sent.error().what, ref.text(), sent.error().hint, sent.error().raw} : sent.error();
    }
}

} // namespace

QJsonValue withoutEnvironment(const QJsonValue &value) {
    if (value.isArray()) {
        QJsonArray out;
        for (const QJsonValue &one : value.toArray())
            out.append(withoutEnvironment(one));
        return out;
    }
    if (!value.isObject())
        return value;
    QJsonObject out = value.toObject();
    for (auto it = out.begin(); it != out.end(); ++it) {
        if (it.key() != Q("env") || !it->isArray()) {
            it.value() = withoutEnvironment(it.value());
            continue;
        }
        QJsonArray variables;
        for (const QJsonValue &one : it->toArray()) {
            QJsonObject variable = one.toObject();
            if (variable.contains(Q("value"))) {
                Hasher hasher(Hasher::Kind::Sha256);
                hasher.add(variable.value(Q("value")).toString().toUtf8());
                variable.insert(Q("value"), QStringLiteral("sha256:") + hasher.hex().left(12));
            }
            variables.append(variable);
        }
        it.value() = variables;
    }
    return out;
}

Step changeStep(std::shared_ptr<const KubeApi> api, ObjectChange change) {
    const auto shared = std::make_shared<const ObjectChange>(std::move(change));
    Step step;
    step.call = {shared->verb, shared->ref.text(), shared->effect, shared->back ? shared->undo : QString(), shared->command};
    step.connection = api->connection();
    step.guard = [api, shared]() -> Result<void> {
        PH_ASSIGN(const QJsonObject now, unchanged(*api, *shared));
        PH_TRY(shared->send(*api, cluster::metadataText(now, "resourceVersion"), true));
        return {};
    };
    step.execute = [api, shared] { return sendBound(*api, shared->ref, [&] { return unchanged(*api, *shared); }, shared->send); };
    step.readBack = [api, shared]() -> Result<QJsonObject> {
        PH_ASSIGN(const QJsonObject now, api->read(shared->ref));
        if (shared->seen)
            PH_TRY(shared->seen(now));
        return withoutEnvironment(shared->shown ? shared->shown(now) : shared->relies(now)).toObject();
    };
    if (shared->back)
        step.undo = [api, shared] { return sendBound(*api, shared->ref, [&] { return api->read(shared->ref); }, shared->back); };
    return step;
}

Operation changeOperation(std::shared_ptr<const KubeApi> api, ObjectChange change, const QJsonArray &undoPatch) {
    Operation o;
    o.id = QStringLiteral("op-") + randomHex(6);
    o.object = change.ref.text();
    o.connection = api->connection();
    o.before = withoutEnvironment(change.relies(change.object)).toObject();
    if (!undoPatch.isEmpty() && withoutEnvironment(undoPatch) == QJsonValue(undoPatch))
        o.undoRecord = {{Q("kind"), Q("object-change")}, {Q("group"), change.ref.kind.group}, {Q("version"), change.ref.kind.version}, {Q("plural"), change.ref.kind.plural},
                        {Q("object_kind"), change.ref.kind.kind}, {Q("namespace"), change.ref.space}, {Q("name"), change.ref.name}, {Q("uid"), cluster::metadataText(change.object, "uid")},
                        {Q("patch"), undoPatch}, {Q("undo"), change.undo}};
    o.steps.push_back(changeStep(std::move(api), std::move(change)));
    return o;
}

ObjectChange::Send jsonPatch(const cluster::KubeRef &ref, const QJsonArray &patch) {
    return [ref, patch](const KubeApi &api, const QString &resourceVersion, bool dryRun) -> Result<QJsonObject> {
        QJsonArray body = patch;
        if (!resourceVersion.isEmpty())
            body.prepend(QJsonObject{{Q("op"), Q("test")}, {Q("path"), Q("/metadata/resourceVersion")}, {Q("value"), resourceVersion}});
        auto sent = api.patch(cluster::objectPath(ref), cluster::PatchKind::Json, body, dryRun);
        // A failed test is 422 with its own words; it means what 409 means elsewhere.
        if (!sent && sent.error().kind == ErrorKind::Invalid && (sent.error().what + sent.error().raw).contains(Q("testing path"), Qt::CaseInsensitive))
            return Error{ErrorKind::Conflict, sent.error().what, sent.error().where, sent.error().hint, sent.error().raw};
        return sent;
    };
}

Result<Operation> reverseObjectChange(std::shared_ptr<const KubeApi> api, const operations::RecordedOperation &recorded) {
    const QJsonObject &record = recorded.undoRecord;
    if (recorded.phase != Q("done"))
        return refused(QStringLiteral("Operation %1 was not done: it is “%2”.").arg(recorded.id, recorded.phase));
    const QJsonArray patch = record.value(Q("patch")).toArray();
    if (record.value(Q("kind")).toString() != Q("object-change") || patch.isEmpty())
        return refused(QStringLiteral("Operation %1 recorded no way back.").arg(recorded.id));
    ObjectChange change;
    change.ref = {{record.value(Q("group")).toString(), record.value(Q("version")).toString(), record.value(Q("plural")).toString(), record.value(Q("object_kind")).toString(), true},
                  record.value(Q("namespace")).toString(), record.value(Q("name")).toString()};
    PH_ASSIGN(change.object, api->read(change.ref));
    const QString uid = record.value(Q("uid")).toString();
    if (!uid.isEmpty() && uid != cluster::metadataText(change.object, "uid"))
        return Error{ErrorKind::Conflict, QStringLiteral("It was deleted and made anew since operation %1.").arg(recorded.id), change.ref.text(), {}, {}};
    change.effect = record.value(Q("undo")).toString();
    change.relies = [](const QJsonObject &object) { return QJsonObject{{Q("spec"), object.value(Q("spec"))}}; };
    // What the operation left must stand there yet, else the undo would take away what somebody did since.
    const QJsonObject after = recorded.after.value(change.ref.text()).toObject().value(Q("spec")).toObject();
    const QJsonObject spec = withoutEnvironment(change.object.value(Q("spec"))).toObject();
    for (auto it = after.begin(); it != after.end(); ++it)
        if (spec.value(it.key()) != it.value())
            return Error{ErrorKind::Conflict, QStringLiteral("spec.%1 was changed since operation %2.").arg(it.key(), recorded.id), change.ref.text(), QStringLiteral("Nothing was sent. Look again."), {}};
    change.send = jsonPatch(change.ref, patch);
    Operation o = changeOperation(std::move(api), std::move(change));
    o.kind = QStringLiteral("rollout-undo");
    o.summary = QStringLiteral("Undo %1: %2").arg(recorded.id, recorded.summary);
    o.details = {{Q("undoes"), recorded.id}};
    return o;
}

} // namespace pilothouse::rollouts
