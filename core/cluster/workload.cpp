// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/workload.h"

#include "core/cluster/pod_selector.h"
#include "core/cluster/pod_template.h"
#include "core/cluster/workload_cause.h"
#include "core/cluster/workload_change.h"

#include <algorithm>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

QJsonObject specOf(const QJsonObject &object) { return object.value(Q("spec")).toObject(); }

/// Annotations without those that its controller writes.
QJsonObject writtenAnnotations(const QJsonObject &object) {
    QJsonObject out = object.value(Q("metadata")).toObject().value(Q("annotations")).toObject();
    out.remove(QStringLiteral("deployment.kubernetes.io/revision"));
    out.remove(QStringLiteral("deprecated.daemonset.template.generation"));
    return out;
}

/// "add" of an empty map that is there by now would empty it: its controller writes the first annotation a moment after it was made.
QJsonArray keeping(const QJsonArray &ops, const QJsonObject &now) {
    const bool has = now.value(Q("metadata")).toObject().value(Q("annotations")).isObject();
    QJsonArray out;
    for (const QJsonValue &value : ops) {
        const QJsonObject op = value.toObject();
        if (!has || op.value(Q("op")).toString() != Q("add") || op.value(Q("path")).toString() != Q("/metadata/annotations") || !op.value(Q("value")).toObject().isEmpty())
            out.append(value);
    }
    return out;
}

Error changed(const KubeRef &ref, const QString &what, const QString &raw = {}) {
    return {ErrorKind::Conflict, QStringLiteral("%1 changed since it was read: %2.").arg(ref.text(), what), {}, QStringLiteral("Nothing was sent. Look at the new state and decide anew."), raw};
}

} // namespace

QJsonObject Workload::podTemplate() const { return specOf(object).value(Q("template")).toObject(); }

const WorkloadRevision *Workload::current() const {
    const auto it = std::find_if(history.begin(), history.end(), [](const WorkloadRevision &r) { return r.current; });
    return it == history.end() ? nullptr : &*it;
}

Result<Workload> readWorkload(const KubeApi &api, const KubeRef &ref, std::stop_token token) {
    PH_ASSIGN(const KubeKind kind, revisionKind(ref.kind));
    Workload out;
    out.ref = ref;
    PH_ASSIGN(out.object, api.read(ref, token));
    out.object.insert(Q("kind"), ref.kind.kind); // items of a list have none
    PH_ASSIGN(const auto revisions, api.list(kind, ref.space, selectorText(out.object.value(QLatin1String("spec")).toObject().value(QLatin1String("selector")).toObject()), token));
    out.history = workloadHistory(out.object, revisions);
    return out;
}

Result<std::vector<QJsonObject>> podsOf(const KubeApi &api, const Workload &workload, std::stop_token token) {
    PH_ASSIGN(auto pods, api.list(kinds::Pod, workload.ref.space, selectorText(workload.object.value(QLatin1String("spec")).toObject().value(QLatin1String("selector")).toObject()), token));
    QStringList owners{metadataText(workload.object, "uid")};
    for (const WorkloadRevision &revision : workload.history)
        owners << revision.uid;
    std::erase_if(pods, [&](const QJsonObject &pod) {
        for (const QJsonValue &owner : pod.value(Q("metadata")).toObject().value(Q("ownerReferences")).toArray())
            if (owner.toObject().value(Q("controller")).toBool())
                return !owners.contains(owner.toObject().value(Q("uid")).toString());
        return true;
    });
    return pods;
}

Result<void> asPlanned(const KubeRef &ref, const QJsonObject &planned, const QJsonObject &now, Relies relies) {
    if (metadataText(planned, "uid") != metadataText(now, "uid"))
        return changed(ref, QStringLiteral("it was deleted and made anew"));
    const QJsonObject before = specOf(planned), after = specOf(now);
    if (relies == Relies::Replicas) {
        const qint64 was = before.value(Q("replicas")).toInteger(), is = after.value(Q("replicas")).toInteger();
        return was == is ? Result<void>() : changed(ref, QStringLiteral("it had %1 replicas, it has %2").arg(was).arg(is));
    }
    const QJsonObject old = before.value(Q("template")).toObject(), fresh = after.value(Q("template")).toObject();
    if (!sameTemplate(old, fresh)) {
        const TemplateDiff diff = templateDiff(old, fresh);
        const TemplateWriter writer = templateWriter(now);
        return changed(ref, QStringLiteral("its pod template is another%1").arg(writer.manager.isEmpty() ? QString() : QStringLiteral(", written by %1 at %2").arg(writer.manager, writer.when.toString(Qt::ISODate))), diff.text());
    }
    if (before.value(Q("paused")).toBool() != after.value(Q("paused")).toBool())
        return changed(ref, after.value(Q("paused")).toBool() ? QStringLiteral("it was paused") : QStringLiteral("it was resumed"));
    if (writtenAnnotations(planned) != writtenAnnotations(now))
        return changed(ref, QStringLiteral("its annotations are others"));
    return {};
}

Result<QJsonObject> patchAsPlanned(const KubeApi &api, const KubeRef &ref, const QJsonObject &planned, const QJsonArray &ops, Relies relies, bool dryRun) {
    for (int attempt = 1;; ++attempt) {
        PH_ASSIGN(const QJsonObject now, api.read(ref));
        PH_TRY(asPlanned(ref, planned, now, relies));
        auto sent = api.patch(objectPath(ref), PatchKind::Json, boundTo(keeping(ops, now), now), dryRun);
        if (sent || sent.error().kind != ErrorKind::Conflict || attempt == 20)
            return sent;
    }
}

} // namespace pilothouse::cluster
