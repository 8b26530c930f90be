// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/rollout_status.h"

#include <QJsonArray>

#include <optional>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

qint64 number(const QJsonObject &object, const char *key) { return object.value(Q(key)).toInteger(); }
std::optional<qint64> pointed(const QJsonObject &object, const char *key) {
    const QJsonValue value = object.value(Q(key));
    return value.isDouble() ? std::optional(value.toInteger()) : std::nullopt;
}

RolloutVerdict waits(const QString &text) { return {text, false, false}; }
RolloutVerdict ends(const QString &text) { return {text, true, false}; }
RolloutVerdict fails(const QString &text) { return {text, false, true}; }

/// The parts of an object that the verdicts are about.
struct Parts {
    explicit Parts(const QJsonObject &object)
        : metadata(object.value(Q("metadata")).toObject()), spec(object.value(Q("spec")).toObject()), status(object.value(Q("status")).toObject()), name(metadata.value(Q("name")).toString()),
          replicas(pointed(spec, "replicas")), strategy(spec.value(Q("updateStrategy")).toObject()) {}
    bool observed() const { return number(metadata, "generation") <= number(status, "observedGeneration"); }
    QJsonObject metadata, spec, status;
    QString name;
    std::optional<qint64> replicas;
    QJsonObject strategy; ///< not of a Deployment
};

/// Go's strconv.ParseInt(text, 10, 64) of the revision annotation; an object without one has revision 0.
RolloutVerdict otherRevision(const Parts &p, qint64 wanted) {
    const QJsonValue noted = p.metadata.value(Q("annotations")).toObject().value(Q("deployment.kubernetes.io/revision"));
    bool ok = true;
    const qint64 running = noted.isString() ? noted.toString().toLongLong(&ok) : 0;
    if (!ok)
        return fails(QStringLiteral("cannot get the revision of deployment \"%1\": strconv.ParseInt: parsing \"%2\": invalid syntax").arg(p.name, noted.toString()));
    return wanted == running ? RolloutVerdict{} : fails(QStringLiteral("desired revision (%1) is different from the running revision (%2)").arg(wanted).arg(running));
}

QString progressingReason(const QJsonObject &status) {
    for (const QJsonValue &value : status.value(Q("conditions")).toArray()) {
        const QJsonObject condition = value.toObject();
        if (condition.value(Q("type")).toString() == Q("Progressing"))
            return condition.value(Q("reason")).toString();
    }
    return {};
}

RolloutVerdict ofDeployment(const Parts &p, qint64 revision) {
    if (revision > 0)
        if (const RolloutVerdict other = otherRevision(p, revision); other.failed)
            return other;
    if (!p.observed())
        return waits(QStringLiteral("Waiting for deployment spec update to be observed..."));
    if (progressingReason(p.status) == Q("ProgressDeadlineExceeded"))
        return fails(QStringLiteral("deployment \"%1\" exceeded its progress deadline").arg(p.name));
    const qint64 all = number(p.status, "replicas"), updated = number(p.status, "updatedReplicas"), available = number(p.status, "availableReplicas");
    if (p.replicas && updated < *p.replicas)
        return waits(QStringLiteral("Waiting for deployment \"%1\" rollout to finish: %2 out of %3 new replicas have been updated...").arg(p.name).arg(updated).arg(*p.replicas));
    if (all > updated)
        return waits(QStringLiteral("Waiting for deployment \"%1\" rollout to finish: %2 old replicas are pending termination...").arg(p.name).arg(all - updated));
    if (available < updated)
        return waits(QStringLiteral("Waiting for deployment \"%1\" rollout to finish: %2 of %3 updated replicas are available...").arg(p.name).arg(available).arg(updated));
    return ends(QStringLiteral("deployment \"%1\" successfully rolled out").arg(p.name));
}

bool rolls(const Parts &p) { return p.strategy.value(Q("type")).toString() == Q("RollingUpdate"); }
RolloutVerdict hasNoStatus() { return fails(QStringLiteral("rollout status is only available for RollingUpdate strategy type")); }

RolloutVerdict ofDaemonSet(const Parts &p) {
    if (!rolls(p))
        return hasNoStatus();
    if (!p.observed())
        return waits(QStringLiteral("Waiting for daemon set spec update to be observed..."));
    const qint64 wanted = number(p.status, "desiredNumberScheduled"), updated = number(p.status, "updatedNumberScheduled"), available = number(p.status, "numberAvailable");
    if (updated < wanted)
        return waits(QStringLiteral("Waiting for daemon set \"%1\" rollout to finish: %2 out of %3 new pods have been updated...").arg(p.name).arg(updated).arg(wanted));
    if (available < wanted)
        return waits(QStringLiteral("Waiting for daemon set \"%1\" rollout to finish: %2 of %3 updated pods are available...").arg(p.name).arg(available).arg(wanted));
    return ends(QStringLiteral("daemon set \"%1\" successfully rolled out").arg(p.name));
}

RolloutVerdict ofStatefulSet(const Parts &p) {
    if (!rolls(p))
        return hasNoStatus();
    if (number(p.status, "observedGeneration") == 0 || !p.observed())
        return waits(QStringLiteral("Waiting for statefulset spec update to be observed..."));
    const qint64 ready = number(p.status, "readyReplicas"), updated = number(p.status, "updatedReplicas");
    if (p.replicas && ready < *p.replicas)
        return waits(QStringLiteral("Waiting for %1 pods to be ready...").arg(*p.replicas - ready));
    if (const QJsonValue rolling = p.strategy.value(Q("rollingUpdate")); rolling.isObject()) {
        const auto partition = pointed(rolling.toObject(), "partition");
        if (p.replicas && partition && updated < *p.replicas - *partition)
            return waits(QStringLiteral("Waiting for partitioned roll out to finish: %1 out of %2 new pods have been updated...").arg(updated).arg(*p.replicas - *partition));
        return ends(QStringLiteral("partitioned roll out complete: %1 new pods have been updated...").arg(updated));
    }
    const QString wanted = p.status.value(Q("updateRevision")).toString(), current = p.status.value(Q("currentRevision")).toString();
    if (wanted != current)
        return waits(QStringLiteral("waiting for statefulset rolling update to complete %1 pods at revision %2...").arg(updated).arg(wanted));
    return ends(QStringLiteral("statefulset rolling update complete %1 pods at revision %2...").arg(number(p.status, "currentReplicas")).arg(current));
}

} // namespace

RolloutVerdict rolloutVerdict(const QJsonObject &object, qint64 revision) {
    const Parts parts(object);
    const QString kind = object.value(Q("kind")).toString();
    if (kind == Q("Deployment"))
        return ofDeployment(parts, revision);
    if (kind == Q("DaemonSet"))
        return ofDaemonSet(parts);
    if (kind == Q("StatefulSet"))
        return ofStatefulSet(parts);
    return fails(QStringLiteral("no status viewer has been implemented for %1").arg(kind));
}

} // namespace pilothouse::cluster
