// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/workload_operations.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/redact.h"
#include "core/cluster/change_note.h"
#include "core/cluster/pod_template.h"
#include "core/cluster/workload_notes.h"

namespace pilothouse::rollouts {

namespace {

using Q = QLatin1String;
using cluster::Relies;
using cluster::Settings;
using cluster::Workload;
using operations::Operation;
using operations::Step;

QJsonObject specOf(const QJsonObject &object) { return object.value(Q("spec")).toObject(); }
QJsonObject templateOf(const QJsonObject &workload) { return specOf(workload).value(Q("template")).toObject(); }

/// A copy for the plan's text: values of variables whose names say that they are credentials are masked.
QJsonValue masked(const QJsonValue &value) {
    if (value.isArray()) {
        QJsonArray out;
        for (const QJsonValue &item : value.toArray())
            out.append(masked(item));
        return out;
    }
    if (!value.isObject())
        return value;
    QJsonObject out = value.toObject();
    for (auto it = out.begin(); it != out.end(); ++it)
        it.value() = masked(it.value());
    const QString told = out.value(Q("name")).toString() + QLatin1Char('=') + out.value(Q("value")).toString();
    if (out.value(Q("value")).isString() && redact(told) != told)
        out.insert(Q("value"), QStringLiteral("•••"));
    return out;
}

QString shownSetting(const QString &name, const QString &value) {
    const QString told = name + QLatin1Char('=') + value;
    return redact(told) == told ? value : QStringLiteral("•••");
}

QString curl(const WorkloadDesk &desk, const QString &path, const char *type, const QJsonValue &body) {
    return desk.api->curlLine("PATCH", path, QUrlQuery{{QStringLiteral("fieldManager"), QStringLiteral("pilothouse")}}, type, compactJson(masked(body)));
}

/// What an operation saw: for "before", "after", and the record of an undo.
QJsonObject stateOf(const Workload &workload) {
    const QJsonObject spec = specOf(workload.object);
    QJsonArray images;
    for (const QJsonValue &container : specOf(workload.podTemplate()).value(Q("containers")).toArray())
        images.append(container.toObject().value(Q("image")));
    const auto *current = workload.current();
    return {{Q("revision"), current ? current->revision : 0}, {Q("template"), cluster::templateDigest(workload.podTemplate())}, {Q("images"), images},
            {Q("replicas"), spec.value(Q("replicas")).toInteger()}, {Q("paused"), spec.value(Q("paused")).toBool()}};
}

Operation begun(const WorkloadDesk &desk, const Workload &workload, const QString &summary, const char *way) {
    Operation o;
    o.id = QStringLiteral("op-") + randomHex(6);
    o.object = QStringLiteral("rollout %1/%2").arg(desk.ref.kind.kind.toLower(), desk.ref.name);
    o.summary = summary;
    o.connection = desk.api->connection();
    o.before = stateOf(workload);
    o.undoRecord = {{Q("kind"), Q("workload")}, {Q("way"), Q(way)}, {Q("target"), QStringLiteral("%1/%2").arg(desk.ref.kind.kind.toLower(), desk.ref.name)},
                    {Q("namespace"), desk.ref.space}, {Q("connection"), o.connection}};
    QJsonArray warnings;
    if (const auto owner = cluster::gitOpsOwner(workload.object))
        warnings.append(owner->text());
    o.details = {{Q("warnings"), warnings}, {Q("cluster"), desk.api->access().context}, {Q("namespace"), desk.ref.space}};
    return o;
}

void warn(Operation &operation, const QString &text) {
    QJsonArray all = operation.details.value(Q("warnings")).toArray();
    all.append(text);
    operation.details.insert(Q("warnings"), all);
}

using Api = std::shared_ptr<const cluster::KubeApi>;

Result<QJsonObject> readState(const Api &api, const cluster::KubeRef &ref) {
    PH_ASSIGN(const Workload now, cluster::readWorkload(*api, ref));
    return stateOf(now);
}

/// Makes the template what it was, if it is still what the operation made of it.
Result<void> putTemplateBack(const WorkloadDesk &desk, const QJsonObject &before, const QString &after) {
    PH_ASSIGN(const QJsonObject now, desk.api->read(desk.ref));
    if (cluster::templateDigest(templateOf(now)) == cluster::templateDigest(templateOf(before)))
        return {};
    if (cluster::templateDigest(templateOf(now)) != after)
        return Error{ErrorKind::Conflict, QStringLiteral("The pod template of %1 was changed again meanwhile.").arg(desk.ref.text()), {}, QStringLiteral("Nothing was sent. Look at its history: pilot rollouts history."), {}};
    QJsonArray ops{QJsonObject{{Q("op"), Q("replace")}, {Q("path"), Q("/spec/template")}, {Q("value"), templateOf(before)}}};
    cluster::addAnnotation(ops, now, cluster::ChangeNote::key(), before.value(Q("metadata")).toObject().value(Q("annotations")).toObject().value(cluster::ChangeNote::key()).toString());
    PH_TRY(cluster::patchAsPlanned(*desk.api, desk.ref, now, ops, Relies::Template, false));
    return {};
}

/// What a change of the template is called, and what it says of itself.
struct Wording {
    QString summary, effect, what; ///< what: for the note of the revision
};

/// An operation that changes the template: dry run now, note with the digest of what comes of it.
Result<Operation> templateOperation(const WorkloadDesk &desk, const Workload &workload, QJsonArray ops, const Wording &words) {
    PH_ASSIGN(const QJsonObject would, cluster::patchAsPlanned(*desk.api, desk.ref, workload.object, ops, Relies::Template, true));
    Operation o = begun(desk, workload, words.summary, "template");
    const QString before = cluster::templateDigest(workload.podTemplate()), after = cluster::templateDigest(templateOf(would));
    const cluster::TemplateDiff diff = cluster::templateDiff(workload.podTemplate(), templateOf(would));
    const cluster::ChangeNote note{o.id, desk.actor.name, desk.actor.program, words.what, {}, 0, desk.clock->nowUtc(), after};
    cluster::addAnnotation(ops, workload.object, cluster::ChangeNote::key(), note.text());
    o.undoRecord.insert(Q("from"), before);
    o.undoRecord.insert(Q("to"), after);
    o.details.insert(Q("diff"), diff.toJson());
    if (specOf(workload.object).value(Q("paused")).toBool())
        warn(o, QStringLiteral("It is paused: nothing rolls before it is resumed."));
    const auto *current = workload.current();
    Step step;
    step.call = {QStringLiteral("PATCH"), o.object, words.effect, current ? QStringLiteral("the template of revision %1 again").arg(current->revision) : QStringLiteral("the template as it is now again"),
                 curl(desk, cluster::objectPath(desk.ref), "application/json-patch+json", cluster::boundTo(ops, workload.object))};
    const auto send = [api = desk.api, ref = desk.ref, planned = workload.object, ops](bool dryRun) -> Result<void> {
        PH_TRY(cluster::patchAsPlanned(*api, ref, planned, ops, Relies::Template, dryRun));
        return {};
    };
    step.guard = [send] { return send(true); };
    step.execute = [send] { return send(false); };
    step.readBack = [api = desk.api, ref = desk.ref, after]() -> Result<QJsonObject> {
        PH_ASSIGN(const QJsonObject state, readState(api, ref));
        if (state.value(Q("template")).toString() != after)
            return Error{ErrorKind::Conflict, QStringLiteral("The pod template of %1 is another one now.").arg(ref.text()), {}, QStringLiteral("Somebody changed it right afterwards, or an admission webhook did: pilot rollouts history."), {}};
        return state;
    };
    step.undo = [desk, planned = workload.object, after] { return putTemplateBack(desk, planned, after); };
    o.steps.push_back(std::move(step));
    return o;
}

/// An operation that sets one field, with no new revision.
Operation fieldOperation(const WorkloadDesk &desk, const Workload &workload, const QString &summary, const char *way, const QString &effect, const QString &undo, const QString &command,
                         std::function<Result<void>(bool dryRun)> send, std::function<Result<void>()> back, std::function<bool(const QJsonObject &)> seen) {
    Operation o = begun(desk, workload, summary, way);
    Step step;
    step.call = {QStringLiteral("PATCH"), o.object, effect, undo, command};
    step.guard = [send] { return send(true); };
    step.execute = [send] { return send(false); };
    step.readBack = [api = desk.api, ref = desk.ref, seen]() -> Result<QJsonObject> {
        PH_ASSIGN(const QJsonObject state, readState(api, ref));
        if (!seen(state))
            return Error{ErrorKind::Conflict, QStringLiteral("%1 is not as it was set.").arg(ref.text()), {}, QStringLiteral("Somebody changed it right afterwards."), {}};
        return state;
    };
    step.undo = std::move(back);
    o.steps.push_back(std::move(step));
    return o;
}

Result<void> setReplicas(const WorkloadDesk &desk, const QJsonObject &planned, qint64 replicas, bool dryRun) {
    for (int attempt = 1;; ++attempt) {
        PH_ASSIGN(const QJsonObject now, desk.api->read(desk.ref));
        PH_TRY(cluster::asPlanned(desk.ref, planned, now, Relies::Replicas));
        const QJsonObject body{{Q("metadata"), QJsonObject{{Q("resourceVersion"), cluster::metadataText(now, "resourceVersion")}}}, {Q("spec"), QJsonObject{{Q("replicas"), replicas}}}};
        const auto sent = desk.api->patch(cluster::objectPath(desk.ref, QStringLiteral("scale")), cluster::PatchKind::Merge, body, dryRun);
        if (sent)
            return {};
        if (sent.error().kind != ErrorKind::Conflict || attempt == 20)
            return sent.error();
    }
}

/// Puts replicas or pause back, reading anew what it relies on.
Result<void> setReplicasBack(const WorkloadDesk &desk, qint64 from, qint64 to) {
    PH_ASSIGN(const QJsonObject now, desk.api->read(desk.ref));
    const qint64 is = specOf(now).value(Q("replicas")).toInteger();
    if (is == to)
        return {};
    if (is != from)
        return Error{ErrorKind::Conflict, QStringLiteral("%1 has %2 replicas now, not %3.").arg(desk.ref.text()).arg(is).arg(from), {}, QStringLiteral("Nothing was sent."), {}};
    return setReplicas(desk, now, to, false);
}
Result<void> setPausedBack(const WorkloadDesk &desk, bool paused) {
    PH_ASSIGN(const QJsonObject now, desk.api->read(desk.ref));
    if (specOf(now).value(Q("paused")).toBool() == paused)
        return {};
    PH_ASSIGN(const QJsonArray ops, cluster::pausePatch(now, paused));
    PH_TRY(cluster::patchAsPlanned(*desk.api, desk.ref, now, ops, Relies::Template, false));
    return {};
}

QString place(const WorkloadDesk &desk) { return desk.ref.text(); }

QString shortImage(const QString &image) { return image.section(QLatin1Char('/'), -1); }

} // namespace

Result<Operation> setImageOperation(const WorkloadDesk &desk, const QString &wanted, const QString &image) {
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    PH_ASSIGN(const QString container, cluster::containerFor(w.object, wanted, image));
    PH_ASSIGN(const QJsonArray ops, cluster::imagePatch(w.object, container, image));
    const QString old = cluster::containerNamed(w.podTemplate(), container).value(Q("image")).toString();
    const auto digest = desk.digest ? desk.digest(image) : Result<QString>(QString());
    const QString shown = digest && !digest->isEmpty() ? QStringLiteral(" (%1)").arg(*digest) : QString();
    const QString change = QStringLiteral("image of %1: %2 → %3").arg(container, shortImage(old), shortImage(image));
    PH_ASSIGN(Operation o, templateOperation(desk, w, ops, {QStringLiteral("Set the image of %1 to %2").arg(place(desk), image), change + shown, change}));
    o.kind = QStringLiteral("workload-image");
    if (!shown.isEmpty())
        o.details.insert(Q("digest"), *digest);
    if (!digest)
        warn(o, QStringLiteral("The image could not be looked up: %1").arg(digest.error().text()));
    return o;
}

Result<Operation> undoOperation(const WorkloadDesk &desk, qint64 to) {
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    PH_ASSIGN(const cluster::UndoTarget target, cluster::undoTarget(w.object, w.history, to));
    if (target.same)
        return refused(QStringLiteral("skipped rollback (current template already matches revision %1)").arg(to), {}, QStringLiteral("There is nothing to undo."));
    const auto *current = w.current();
    const QString what = QStringLiteral("undo to revision %1").arg(target.revision.revision);
    const QString images = target.revision.images.isEmpty() ? QString() : QStringLiteral(", image %1").arg(shortImage(target.revision.images.first()));
    const QString effect = QStringLiteral("%1the template of revision %2%3, as a new revision").arg(current ? QStringLiteral("revision %1 → ").arg(current->revision) : QString()).arg(target.revision.revision).arg(images);
    PH_ASSIGN(Operation o, templateOperation(desk, w, cluster::undoPatch(w.object, target.revision), {QStringLiteral("Undo %1 to revision %2").arg(place(desk)).arg(target.revision.revision), effect, what}));
    o.kind = QStringLiteral("workload-undo");
    o.details.insert(Q("to"), target.revision.revision);
    return o;
}

Result<Operation> restartOperation(const WorkloadDesk &desk) {
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    PH_ASSIGN(const QJsonArray ops, cluster::restartPatch(w.object, desk.clock->nowUtc()));
    PH_ASSIGN(Operation o, templateOperation(desk, w, ops, {QStringLiteral("Restart %1").arg(place(desk)), QStringLiteral("its pods are made anew, by its strategy"), QStringLiteral("restart")}));
    o.kind = QStringLiteral("workload-restart");
    return o;
}

Result<Operation> environmentOperation(const WorkloadDesk &desk, const QString &wanted, const Settings &variables) {
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    PH_ASSIGN(const QString container, cluster::containerFor(w.object, wanted));
    PH_ASSIGN(const QJsonArray ops, cluster::environmentPatch(w.object, container, variables));
    QStringList parts;
    for (auto it = variables.begin(); it != variables.end(); ++it)
        parts << (it.value() ? QStringLiteral("%1=%2").arg(it.key(), shownSetting(it.key(), *it.value())) : QStringLiteral("%1 taken away").arg(it.key()));
    const QString change = QStringLiteral("variables of %1: %2").arg(container, parts.join(QStringLiteral(", ")));
    PH_ASSIGN(Operation o, templateOperation(desk, w, ops, {QStringLiteral("Set variables of %1").arg(place(desk)), change, change}));
    o.kind = QStringLiteral("workload-env");
    return o;
}

Result<Operation> resourcesOperation(const WorkloadDesk &desk, const QString &wanted, const Settings &requests, const Settings &limits) {
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    PH_ASSIGN(const QString container, cluster::containerFor(w.object, wanted));
    PH_ASSIGN(const QJsonArray ops, cluster::resourcesPatch(w.object, container, requests, limits));
    const QJsonObject old = cluster::containerNamed(w.podTemplate(), container).value(Q("resources")).toObject();
    QStringList parts;
    const auto tell = [&](const char *what, const Settings &settings) {
        for (auto it = settings.begin(); it != settings.end(); ++it) {
            const QString was = old.value(Q(what)).toObject().value(it.key()).toString();
            parts << QStringLiteral("%1.%2: %3 → %4").arg(Q(what), it.key(), was.isEmpty() ? QStringLiteral("none") : was, it.value().value_or(QStringLiteral("none")));
        }
    };
    tell("requests", requests);
    tell("limits", limits);
    const QString change = QStringLiteral("resources of %1: %2").arg(container, parts.join(QStringLiteral(", ")));
    PH_ASSIGN(Operation o, templateOperation(desk, w, ops, {QStringLiteral("Set requests and limits of %1").arg(place(desk)), change, change}));
    o.kind = QStringLiteral("workload-resources");
    return o;
}

Result<Operation> pauseOperation(const WorkloadDesk &desk, bool paused) {
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    PH_ASSIGN(const QJsonArray ops, cluster::pausePatch(w.object, paused));
    const auto send = [api = desk.api, ref = desk.ref, planned = w.object, ops](bool dryRun) -> Result<void> {
        PH_TRY(cluster::patchAsPlanned(*api, ref, planned, ops, Relies::Template, dryRun));
        return {};
    };
    PH_TRY(send(true));
    Operation o = fieldOperation(desk, w, (paused ? QStringLiteral("Pause %1") : QStringLiteral("Resume %1")).arg(place(desk)), "paused",
                                 paused ? QStringLiteral("changes of its template wait until it is resumed") : QStringLiteral("what was changed meanwhile rolls now"), paused ? QStringLiteral("resumed") : QStringLiteral("paused again"),
                                 curl(desk, cluster::objectPath(desk.ref), "application/json-patch+json", cluster::boundTo(ops, w.object)), send, [desk, paused] { return setPausedBack(desk, !paused); },
                                 [paused](const QJsonObject &state) { return state.value(Q("paused")).toBool() == paused; });
    o.undoRecord.insert(Q("to"), paused);
    if (paused)
        o.kind = QStringLiteral("workload-pause");
    else
        o.kind = QStringLiteral("workload-resume");
    return o;
}

Result<Operation> scaleOperation(const WorkloadDesk &desk, qint64 replicas) {
    if (desk.ref.kind == cluster::kinds::DaemonSet)
        return invalid(QStringLiteral("A DaemonSet has one pod a node: it cannot be scaled."), {}, QStringLiteral("Its node selector says on which nodes."));
    if (replicas < 0)
        return invalid(QStringLiteral("%1 replicas are not possible.").arg(replicas));
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    const qint64 now = specOf(w.object).value(Q("replicas")).toInteger(1);
    if (now == replicas)
        return refused(QStringLiteral("%1 has %2 replicas already.").arg(place(desk)).arg(now));
    const auto send = [desk, planned = w.object, replicas](bool dryRun) { return setReplicas(desk, planned, replicas, dryRun); };
    PH_TRY(send(true));
    const QJsonObject body{{Q("metadata"), QJsonObject{{Q("resourceVersion"), cluster::metadataText(w.object, "resourceVersion")}}}, {Q("spec"), QJsonObject{{Q("replicas"), replicas}}}};
    Operation o = fieldOperation(desk, w, QStringLiteral("Scale %1 to %2").arg(place(desk)).arg(replicas), "replicas", QStringLiteral("replicas: %1 → %2").arg(now).arg(replicas), QStringLiteral("back to %1").arg(now),
                                 curl(desk, cluster::objectPath(desk.ref, QStringLiteral("scale")), "application/merge-patch+json", body), send,
                                 [desk, now, replicas] { return setReplicasBack(desk, replicas, now); }, [replicas](const QJsonObject &state) { return state.value(Q("replicas")).toInteger() == replicas; });
    o.kind = QStringLiteral("workload-scale");
    o.undoRecord.insert(Q("from"), now);
    o.undoRecord.insert(Q("to"), replicas);
    const auto autoscaler = cluster::readAutoscaler(*desk.api, desk.ref);
    if (!autoscaler)
        warn(o, QStringLiteral("Whether an autoscaler changes it again could not be looked up: %1").arg(autoscaler.error().text()));
    else if (*autoscaler)
        warn(o, (*autoscaler)->text());
    return o;
}

bool isWorkloadOperation(const operations::RecordedOperation &recorded) { return recorded.undoRecord.value(Q("kind")).toString() == Q("workload"); }

Result<cluster::KubeRef> workloadOf(const operations::RecordedOperation &recorded) {
    return cluster::parseKubeRef(recorded.undoRecord.value(Q("target")).toString(), recorded.undoRecord.value(Q("namespace")).toString());
}

namespace {

Result<Operation> reverseTemplate(const WorkloadDesk &desk, const operations::RecordedOperation &recorded) {
    const QString from = recorded.undoRecord.value(Q("from")).toString(), to = recorded.undoRecord.value(Q("to")).toString();
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    if (cluster::templateDigest(w.podTemplate()) != to)
        return Error{ErrorKind::Conflict, QStringLiteral("The pod template of %1 is not the one that operation %2 made.").arg(place(desk), recorded.id), {},
                     QStringLiteral("Nothing was sent. Choose a revision: pilot rollouts history, then pilot rollouts undo --to N."), {}};
    const auto kept = std::find_if(w.history.begin(), w.history.end(), [&](const cluster::WorkloadRevision &r) { return r.digest == from; });
    if (kept == w.history.end())
        return refused(QStringLiteral("The cluster does not keep the revision any more that %1 had before operation %2.").arg(place(desk), recorded.id), {},
                       QStringLiteral("It keeps as many as revisionHistoryLimit says, and none of a template that never ran: pilot rollouts history."));
    const QString what = QStringLiteral("undo of %1: the template of revision %2").arg(recorded.id).arg(kept->revision);
    PH_ASSIGN(Operation o, templateOperation(desk, w, cluster::undoPatch(w.object, *kept), {QStringLiteral("Undo “%1”").arg(recorded.summary), QStringLiteral("the template of revision %1, as a new revision").arg(kept->revision), what}));
    o.kind = QStringLiteral("workload-undo");
    return o;
}

} // namespace

Result<Operation> reverseWorkloadOperation(const WorkloadDesk &desk, const operations::RecordedOperation &recorded) {
    if (recorded.phase != Q("done") && recorded.phase != Q("failed"))
        return refused(QStringLiteral("Operation %1 is %2: there is nothing to undo.").arg(recorded.id, recorded.phase));
    const QString way = recorded.undoRecord.value(Q("way")).toString();
    const auto reversed = [&]() -> Result<Operation> {
        if (way == Q("template"))
            return reverseTemplate(desk, recorded);
        if (way == Q("paused"))
            return pauseOperation(desk, !recorded.undoRecord.value(Q("to")).toBool());
        PH_ASSIGN(const QJsonObject now, desk.api->read(desk.ref));
        const qint64 is = specOf(now).value(Q("replicas")).toInteger(), to = recorded.undoRecord.value(Q("to")).toInteger();
        if (is != to)
            return Error{ErrorKind::Conflict, QStringLiteral("%1 has %2 replicas now, not %3 as operation %4 left it.").arg(place(desk)).arg(is).arg(to).arg(recorded.id), {}, QStringLiteral("Nothing was sent. Scale it by hand."), {}};
        return scaleOperation(desk, recorded.undoRecord.value(Q("from")).toInteger());
    };
    PH_ASSIGN(Operation o, reversed());
    o.details.insert(Q("undoes"), recorded.id);
    return o;
}

} // namespace pilothouse::rollouts
