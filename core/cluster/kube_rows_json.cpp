// SPDX-License-Identifier: GPL-3.0-or-later
// Rows as --json shows them: documented names, nothing that is not set.
#include "core/cluster/kube_rows.h"

#include <QDateTime>
#include <QJsonArray>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

void put(QJsonObject &to, const char *key, const QString &text) {
    if (!text.isEmpty())
        to.insert(Q(key), text);
}
void put(QJsonObject &to, const char *key, const QStringList &texts) {
    if (!texts.isEmpty())
        to.insert(Q(key), QJsonArray::fromStringList(texts));
}
void putTime(QJsonObject &to, const char *key, qint64 seconds) {
    if (seconds)
        to.insert(Q(key), QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(Qt::ISODate));
}
void putIf(QJsonObject &to, const char *key, qint64 number, qint64 unset) {
    if (number != unset)
        to.insert(Q(key), number);
}
void put(QJsonObject &to, const char *key, const Labels &labels) {
    QJsonObject object;
    for (auto it = labels.begin(); it != labels.end(); ++it)
        object.insert(it.key(), it.value());
    if (!object.isEmpty())
        to.insert(Q(key), object);
}

void putResources(QJsonObject &to, const ResourceFigures &r) {
    putIf(to, "cpuRequestMilli", r.cpuRequest, -1);
    putIf(to, "cpuLimitMilli", r.cpuLimit, -1);
    putIf(to, "memoryRequestBytes", r.memoryRequest, -1);
    putIf(to, "memoryLimitBytes", r.memoryLimit, -1);
}

QJsonObject json(const ContainerRow &c) {
    static const char *const states[] = {"", "waiting", "running", "terminated"};
    QJsonObject o{{Q("name"), c.name}, {Q("image"), c.image}, {Q("ready"), c.ready}, {Q("restarts"), c.restarts}};
    put(o, "imageId", c.imageId);
    if (c.init)
        o.insert(Q("init"), true);
    if (c.sidecar)
        o.insert(Q("sidecar"), true);
    put(o, "state", QString(Q(states[int(c.state)])));
    put(o, "reason", c.reason);
    put(o, "message", c.message);
    if (c.state == ContainerRow::State::Terminated)
        o.insert(Q("exitCode"), c.exitCode);
    if (c.hasLast) {
        QJsonObject last{{Q("exitCode"), c.lastExitCode}};
        put(last, "reason", c.lastReason);
        put(last, "message", c.lastMessage);
        putTime(last, "finished", c.lastFinished);
        o.insert(Q("last"), last);
    }
    putResources(o, c.resources);
    return o;
}

void add(QJsonObject &o, const std::monostate &) { Q_UNUSED(o) }

void add(QJsonObject &o, const PodRow &p) {
    put(o, "phase", p.phase);
    put(o, "status", p.status);
    o.insert(Q("readyContainers"), p.ready);
    o.insert(Q("containers"), p.total);
    o.insert(Q("ready"), p.isReady);
    o.insert(Q("restarts"), p.restarts);
    putTime(o, "lastRestart", p.lastRestart);
    putTime(o, "started", p.started);
    put(o, "node", p.node);
    put(o, "ip", p.ip);
    put(o, "qosClass", p.qosClass);
    put(o, "statusReason", p.statusReason);
    put(o, "statusMessage", p.statusMessage);
    put(o, "scheduledReason", p.scheduledReason);
    put(o, "scheduledMessage", p.scheduledMessage);
    put(o, "claims", p.claims);
    putResources(o, p.resources);
    QJsonArray all;
    for (const ContainerRow &c : p.containers)
        all.append(json(c));
    o.insert(Q("all"), all);
}

void add(QJsonObject &o, const WorkloadRow &w) {
    for (const auto &[key, number] : {std::pair("desired", w.desired), std::pair("current", w.current), std::pair("updated", w.updated), std::pair("ready", w.ready), std::pair("available", w.available), std::pair("unavailable", w.unavailable)})
        o.insert(Q(key), number);
    putIf(o, "generation", w.generation, 0);
    putIf(o, "observedGeneration", w.observed, 0);
    o.insert(Q("paused"), w.paused);
    putIf(o, "revision", w.revision, 0);
    put(o, "images", w.images);
    put(o, "strategy", w.strategy);
    put(o, "maxSurge", w.maxSurge);
    put(o, "maxUnavailable", w.maxUnavailable);
    put(o, "selector", w.selector);
    put(o, "reason", w.reason);
    put(o, "message", w.message);
    put(o, "phase", w.phase);
    putIf(o, "step", w.step, -1);
    putIf(o, "steps", w.steps, 0);
    put(o, "changeCause", w.changeCause);
}

void add(QJsonObject &o, const HpaRow &h) {
    put(o, "target", h.targetKind + QLatin1Char('/') + h.targetName);
    for (const auto &[key, number] : {std::pair("minimum", h.minimum), std::pair("maximum", h.maximum), std::pair("current", h.current), std::pair("desired", h.desired)})
        o.insert(Q(key), number);
    put(o, "metrics", h.metrics);
    put(o, "reason", h.reason);
    put(o, "message", h.message);
    put(o, "limited", h.limitedMessage);
}

void add(QJsonObject &o, const ClaimRow &c) {
    put(o, "phase", c.phase);
    put(o, "volume", c.volume);
    put(o, "requested", c.requested);
    put(o, "capacity", c.capacity);
    put(o, "storageClass", c.storageClass);
    put(o, "accessModes", c.accessModes);
}

void add(QJsonObject &o, const JobRow &j) {
    putIf(o, "completions", j.completions, -1);
    for (const auto &[key, number] : {std::pair("parallelism", j.parallelism), std::pair("active", j.active), std::pair("succeeded", j.succeeded), std::pair("failed", j.failed)})
        o.insert(Q(key), number);
    put(o, "state", j.state);
    put(o, "reason", j.reason);
    put(o, "message", j.message);
    putTime(o, "started", j.started);
    putTime(o, "finished", j.finished);
    put(o, "images", j.images);
}

void add(QJsonObject &o, const CronJobRow &c) {
    put(o, "schedule", c.schedule);
    put(o, "timeZone", c.timeZone);
    o.insert(Q("suspended"), c.suspended);
    o.insert(Q("active"), c.active);
    putTime(o, "lastSchedule", c.lastSchedule);
    putTime(o, "lastSuccess", c.lastSuccess);
}

void add(QJsonObject &o, const EventRow &e) {
    put(o, "type", e.type);
    put(o, "reason", e.reason);
    put(o, "message", e.message);
    put(o, "object", e.involvedKind.toLower() + QLatin1Char('/') + e.involvedName);
    put(o, "objectUid", e.involvedUid);
    o.insert(Q("count"), e.count);
    putTime(o, "first", e.first);
    putTime(o, "last", e.last);
    put(o, "source", e.source);
}

void add(QJsonObject &o, const ServiceRow &s) {
    put(o, "type", s.type);
    put(o, "clusterIp", s.clusterIp);
    put(o, "external", s.external);
    put(o, "ports", s.ports);
    put(o, "selector", s.selector);
}

void add(QJsonObject &o, const IngressRow &i) {
    put(o, "class", i.className);
    put(o, "hosts", i.hosts);
    put(o, "addresses", i.addresses);
    put(o, "backends", i.backends);
    o.insert(Q("tls"), i.tls);
}

void add(QJsonObject &o, const NodeRow &n) {
    o.insert(Q("ready"), n.ready);
    o.insert(Q("unschedulable"), n.unschedulable);
    put(o, "reason", n.reason);
    put(o, "message", n.message);
    put(o, "pressures", n.pressures);
    put(o, "roles", n.roles);
    put(o, "taints", n.taints);
    put(o, "version", n.version);
    put(o, "address", n.address);
    o.insert(Q("cpuAllocatableMilli"), n.cpuAllocatable);
    o.insert(Q("memoryAllocatableBytes"), n.memoryAllocatable);
    o.insert(Q("podsAllocatable"), n.podsAllocatable);
}

void add(QJsonObject &o, const InferenceRow &i) {
    o.insert(Q("ready"), i.ready);
    put(o, "reason", i.reason);
    put(o, "message", i.message);
    put(o, "url", i.url);
    put(o, "readyRevision", i.readyRevision);
    put(o, "previousRevision", i.previousRevision);
    putIf(o, "latestPercent", i.latestPercent, -1);
    putIf(o, "previousPercent", i.previousPercent, -1);
    put(o, "modelState", i.modelState);
    put(o, "failure", i.failure);
}

void add(QJsonObject &o, const AnalysisRow &a) {
    put(o, "phase", a.phase);
    put(o, "message", a.message);
    putTime(o, "started", a.started);
    QJsonArray metrics;
    for (const AnalysisRow::Metric &m : a.metrics)
        metrics.append(QJsonObject{{Q("name"), m.name}, {Q("phase"), m.phase}, {Q("value"), m.value}, {Q("successful"), m.successful}, {Q("failed"), m.failed}, {Q("inconclusive"), m.inconclusive}, {Q("errors"), m.errors}});
    o.insert(Q("metrics"), metrics);
}

} // namespace

QJsonObject toJson(const KubeRow &row) {
    QJsonObject o{{Q("name"), row.name}};
    put(o, "namespace", row.space);
    put(o, "uid", row.uid);
    put(o, "resourceVersion", QString::fromUtf8(row.version));
    putTime(o, "created", row.created);
    putTime(o, "deleted", row.deleted);
    if (!row.owner.name.isEmpty())
        o.insert(Q("owner"), QJsonObject{{Q("kind"), row.owner.kind}, {Q("name"), row.owner.name}, {Q("uid"), row.owner.uid}});
    put(o, "labels", row.labels);
    std::visit([&o](const auto &detail) { add(o, detail); }, row.detail);
    return o;
}

} // namespace pilothouse::cluster
