// SPDX-License-Identifier: GPL-3.0-or-later
// Operations on a workload that make no new revision, and the way back of all.
#include "core/rollouts/workload_operations_internal.h"

#include "core/base/json.h"
#include "core/cluster/pod_template.h"
#include "core/cluster/workload_notes.h"

namespace pilothouse::rollouts {

namespace {

using Q = QLatin1String;
using namespace detail;
using cluster::Relies;
using cluster::Workload;
using operations::Operation;
using operations::Step;

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

} // namespace

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
