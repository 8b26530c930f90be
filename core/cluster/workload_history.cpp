// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/workload_history.h"

#include "core/cluster/pod_template.h"
#include "core/cluster/workload_cause.h"

#include <QJsonArray>

#include <algorithm>
#include <optional>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

QJsonObject metadata(const QJsonObject &object) { return object.value(Q("metadata")).toObject(); }
QJsonObject spec(const QJsonObject &object) { return object.value(Q("spec")).toObject(); }
QString kindOf(const QJsonObject &object) { return object.value(Q("kind")).toString(); }

/// metadata.annotations["deployment.kubernetes.io/revision"] of a ReplicaSet (0 without one, none if it is no number), `revision` of a ControllerRevision.
std::optional<qint64> numberOf(const QJsonObject &object, bool replicaSet) {
    if (!replicaSet)
        return object.value(Q("revision")).toInteger();
    const QJsonValue noted = metadata(object).value(Q("annotations")).toObject().value(Q("deployment.kubernetes.io/revision"));
    bool ok = true;
    const qint64 number = noted.isString() ? noted.toString().toLongLong(&ok) : 0;
    return ok ? std::optional(number) : std::nullopt;
}

QDateTime createdAt(const QJsonObject &object) { return QDateTime::fromString(metadata(object).value(Q("creationTimestamp")).toString(), Qt::ISODate).toUTC(); }

WorkloadRevision revisionOf(const QJsonObject &object, qint64 number, bool replicaSet) {
    WorkloadRevision out;
    out.revision = number;
    out.object = metadata(object).value(Q("name")).toString();
    out.uid = metadata(object).value(Q("uid")).toString();
    out.annotations = metadata(object).value(Q("annotations")).toObject();
    out.podTemplate = replicaSet ? spec(object).value(Q("template")).toObject() : spec(object.value(Q("data")).toObject()).value(Q("template")).toObject();
    for (const QJsonValue &container : spec(out.podTemplate).value(Q("containers")).toArray())
        out.images << container.toObject().value(Q("image")).toString();
    out.digest = templateDigest(out.podTemplate);
    if (replicaSet) {
        const QJsonObject status = object.value(Q("status")).toObject();
        out.replicas = status.value(Q("replicas")).toInteger();
        out.ready = status.value(Q("readyReplicas")).toInteger();
        out.available = status.value(Q("availableReplicas")).toInteger();
    }
    out.commit = commitOf(out.podTemplate, out.annotations, metadata(object).value(Q("labels")).toObject());
    return out;
}

/// kubectl's order: the oldest first; of several with the workload's template the oldest is the new one, and it comes last.
std::vector<QJsonObject> inOrder(const QJsonObject &workload, const std::vector<QJsonObject> &objects, QString &current) {
    std::vector<QJsonObject> owned;
    std::copy_if(objects.begin(), objects.end(), std::back_inserter(owned), [&](const QJsonObject &o) { return controlledBy(o, workload); });
    std::sort(owned.begin(), owned.end(), [](const QJsonObject &a, const QJsonObject &b) {
        const QDateTime x = createdAt(a), y = createdAt(b);
        return x == y ? metadata(a).value(Q("name")).toString() < metadata(b).value(Q("name")).toString() : x < y;
    });
    const bool replicaSets = kindOf(workload) == Q("Deployment");
    const QString digest = templateDigest(spec(workload).value(Q("template")).toObject());
    const auto runs = std::find_if(owned.begin(), owned.end(), [&](const QJsonObject &o) { return revisionOf(o, 0, replicaSets).digest == digest; });
    if (runs != owned.end()) {
        current = metadata(*runs).value(Q("uid")).toString();
        std::rotate(runs, runs + 1, owned.end());
    }
    return owned;
}

Error notThere(qint64 revision) {
    return notFound(QStringLiteral("unable to find specified revision %1 in history").arg(revision), {}, QStringLiteral("`pilot rollouts history` lists those that are kept (revisionHistoryLimit)."));
}

} // namespace

bool controlledBy(const QJsonObject &object, const QJsonObject &owner) {
    const QString uid = metadata(owner).value(Q("uid")).toString();
    for (const QJsonValue &value : metadata(object).value(Q("ownerReferences")).toArray())
        if (value.toObject().value(Q("controller")).toBool())
            return !uid.isEmpty() && value.toObject().value(Q("uid")).toString() == uid;
    return false;
}

Result<KubeKind> revisionKind(const KubeKind &workload) {
    if (workload == kinds::Deployment)
        return kinds::ReplicaSet;
    if (workload == kinds::StatefulSet || workload == kinds::DaemonSet)
        return kinds::ControllerRevision;
    return invalid(QStringLiteral("A %1 keeps no revisions.").arg(workload.kind), {}, QStringLiteral("Deployments, StatefulSets and DaemonSets do."));
}

std::vector<WorkloadRevision> workloadHistory(const QJsonObject &workload, const std::vector<QJsonObject> &objects) {
    const bool replicaSets = kindOf(workload) == Q("Deployment");
    QString current;
    std::vector<WorkloadRevision> out;
    std::vector<std::pair<QString, QDateTime>> created;
    for (const QJsonObject &object : inOrder(workload, objects, current))
        if (const auto number = numberOf(object, replicaSets)) {
            out.push_back(revisionOf(object, *number, replicaSets));
            WorkloadRevision &mine = out.back();
            mine.current = mine.uid == current;
            created.emplace_back(mine.uid, createdAt(object));
            if (mine.current) // the controller copies annotations to the revision a moment later, and to a ControllerRevision only once
                if (const QJsonObject own = metadata(workload).value(Q("annotations")).toObject(); own.contains(QStringLiteral("pilothouse.change")))
                    mine.annotations.insert(QStringLiteral("pilothouse.change"), own.value(QStringLiteral("pilothouse.change")));
        }
    std::stable_sort(out.begin(), out.end(), [](const WorkloadRevision &a, const WorkloadRevision &b) { return a.revision > b.revision; });
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto at = std::find_if(created.begin(), created.end(), [&](const auto &c) { return c.first == out[i].uid; });
        tellCause(out[i], i + 1 < out.size() ? &out[i + 1] : nullptr, workload, at->second);
    }
    return out;
}

Result<UndoTarget> undoTarget(const QJsonObject &workload, const std::vector<WorkloadRevision> &history, qint64 to, bool evenPaused) {
    const bool deployment = kindOf(workload) == Q("Deployment");
    if (to < 0)
        return notThere(to);
    std::optional<WorkloadRevision> found;
    if (to == 0 && history.size() > 1)
        found = history.at(1);
    else if (const auto it = std::find_if(history.begin(), history.end(), [&](const WorkloadRevision &r) { return to > 0 && r.revision == to; }); it != history.end())
        found = *it;
    if (!found && to > 0)
        return notThere(to);
    if (!found)
        return notFound(deployment ? QStringLiteral("no rollout history found for deployment \"%1\"").arg(metadata(workload).value(Q("name")).toString()) : QStringLiteral("no last revision to roll back to"), {},
                        QStringLiteral("There is only what runs now."));
    if (!evenPaused && spec(workload).value(Q("paused")).toBool())
        return refused(QStringLiteral("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"), {}, QStringLiteral("`pilot rollouts resume` does that here."));
    UndoTarget out{*found, false};
    out.same = sameTemplate(found->podTemplate, spec(workload).value(Q("template")).toObject());
    return out;
}

} // namespace pilothouse::cluster
