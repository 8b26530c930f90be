// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/workload_operations_internal.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/redact.h"
#include "core/cluster/change_note.h"
#include "core/cluster/pod_template.h"
#include "core/cluster/workload_notes.h"

namespace pilothouse::rollouts::detail {

namespace {

using Q = QLatin1String;
using cluster::Relies;
using cluster::Workload;
using operations::Operation;
using operations::Step;

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

} // namespace

QString curl(const WorkloadDesk &desk, const QString &path, const char *type, const QJsonValue &body) {
    return desk.api->curlLine("PATCH", path, QUrlQuery{{QStringLiteral("fieldManager"), QStringLiteral("pilothouse")}}, type, compactJson(masked(body)));
}

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

Result<QJsonObject> readState(const std::shared_ptr<const cluster::KubeApi> &api, const cluster::KubeRef &ref) {
    PH_ASSIGN(const Workload now, cluster::readWorkload(*api, ref));
    return stateOf(now);
}

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

} // namespace pilothouse::rollouts::detail
