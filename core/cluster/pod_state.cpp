// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/pod_state.h"

#include <QJsonArray>
#include <QStringList>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

QString text(const QJsonObject &object, const char *key) { return object.value(Q(key)).toString(); }
QJsonObject part(const QJsonObject &object, const char *key) { return object.value(Q(key)).toObject(); }

QJsonObject condition(const QJsonObject &status, const char *type) {
    for (const QJsonValue &value : status.value(Q("conditions")).toArray())
        if (text(value.toObject(), "type") == Q(type))
            return value.toObject();
    return {};
}

/// "OOMKilled", else "Signal:9", else "ExitCode:1".
QString endOf(const QJsonObject &terminated) {
    if (const QString reason = text(terminated, "reason"); !reason.isEmpty())
        return reason;
    const qint64 signal = terminated.value(Q("signal")).toInteger();
    return signal ? QStringLiteral("Signal:%1").arg(signal) : QStringLiteral("ExitCode:%1").arg(terminated.value(Q("exitCode")).toInteger());
}

/// Of an init container that holds the pod up; empty where it has passed.
QString initStatus(const QJsonObject &container, int index, qsizetype all) {
    const QJsonObject state = part(container, "state"), terminated = part(state, "terminated"), waiting = part(state, "waiting");
    if (!terminated.isEmpty() && terminated.value(Q("exitCode")).toInteger() == 0)
        return {};
    if (container.value(Q("started")).toBool()) // a sidecar that goes on beside the others
        return {};
    if (!terminated.isEmpty())
        return QStringLiteral("Init:") + endOf(terminated);
    if (const QString reason = text(waiting, "reason"); !reason.isEmpty() && reason != Q("PodInitializing"))
        return QStringLiteral("Init:") + reason;
    return QStringLiteral("Init:%1/%2").arg(index).arg(all);
}

QString statusOf(const QJsonObject &pod) {
    const QJsonObject status = part(pod, "status");
    const QString own = text(status, "reason");
    QString reason = own.isEmpty() ? text(status, "phase") : own;
    if (text(condition(status, "PodScheduled"), "reason") == Q("SchedulingGated"))
        reason = QStringLiteral("SchedulingGated");
    const QJsonArray init = status.value(Q("initContainerStatuses")).toArray(), containers = status.value(Q("containerStatuses")).toArray();
    bool initializing = false;
    for (qsizetype i = 0; i < init.size() && !initializing; ++i)
        if (const QString held = initStatus(init.at(i).toObject(), int(i), init.size()); !held.isEmpty()) {
            reason = held;
            initializing = true;
        }
    if (!initializing || text(condition(status, "Initialized"), "status") == Q("True")) {
        bool running = false;
        for (qsizetype i = containers.size() - 1; i >= 0; --i) {
            const QJsonObject container = containers.at(i).toObject(), state = part(container, "state");
            if (const QString waits = text(part(state, "waiting"), "reason"); !waits.isEmpty())
                reason = waits;
            else if (state.contains(Q("terminated")))
                reason = endOf(part(state, "terminated"));
            else if (container.value(Q("ready")).toBool() && state.contains(Q("running")))
                running = true;
        }
        if (reason == Q("Completed") && running)
            reason = text(condition(status, "Ready"), "status") == Q("True") ? QStringLiteral("Running") : QStringLiteral("NotReady");
    }
    const QString phase = text(status, "phase");
    if (part(pod, "metadata").contains(Q("deletionTimestamp")))
        return own == Q("NodeLost") ? QStringLiteral("Unknown") : phase == Q("Succeeded") || phase == Q("Failed") ? reason : QStringLiteral("Terminating");
    return reason;
}

/// Why a container does not run; empty: it does, or is being made.
QString troubleOf(const QJsonObject &container) {
    const QJsonObject waiting = part(part(container, "state"), "waiting"), ended = part(part(container, "state"), "terminated"), before = part(part(container, "lastState"), "terminated");
    const QString reason = text(waiting, "reason"), name = text(container, "name");
    const auto exit = [](const QJsonObject &t) {
        const QString word = text(t, "reason");
        return QStringLiteral("%1exit code %2").arg(word.isEmpty() || word == Q("Error") ? QString() : word + QStringLiteral(", ")).arg(t.value(Q("exitCode")).toInteger());
    };
    if (!reason.isEmpty() && reason != Q("ContainerCreating") && reason != Q("PodInitializing")) {
        const QString message = text(waiting, "message");
        return QStringLiteral("container %1: %2%3%4").arg(name, reason, message.isEmpty() ? QString() : QStringLiteral(": ") + message, before.isEmpty() ? QString() : QStringLiteral(" (it ended with %1)").arg(exit(before)));
    }
    if (!ended.isEmpty() && ended.value(Q("exitCode")).toInteger() != 0)
        return QStringLiteral("container %1 ended: %2").arg(name, exit(ended));
    return {};
}

QString troubleOfPod(const QJsonObject &status) {
    if (const QJsonObject scheduled = condition(status, "PodScheduled"); text(scheduled, "status") == Q("False"))
        return QStringLiteral("not scheduled: %1").arg(text(scheduled, "message").isEmpty() ? text(scheduled, "reason") : text(scheduled, "message"));
    if (text(status, "phase") == Q("Failed"))
        return QStringLiteral("failed: %1").arg(QStringList{text(status, "reason"), text(status, "message")}.join(QLatin1Char(' ')).trimmed());
    for (const char *list : {"initContainerStatuses", "containerStatuses"})
        for (const QJsonValue &value : status.value(Q(list)).toArray())
            if (const QString trouble = troubleOf(value.toObject()); !trouble.isEmpty())
                return trouble;
    return {};
}

} // namespace

QString PodState::text() const {
    return QStringLiteral("%1  %2/%3  %4%5").arg(name).arg(ready).arg(containers).arg(status, node.isEmpty() ? QString() : QStringLiteral("  ") + node) + (restarts > 0 ? QStringLiteral("  %1 restarts").arg(restarts) : QString());
}

PodState podState(const QJsonObject &pod) {
    const QJsonObject metadata = part(pod, "metadata"), spec = part(pod, "spec"), status = part(pod, "status"), labels = part(metadata, "labels");
    PodState out;
    out.name = text(metadata, "name");
    out.node = text(spec, "nodeName");
    out.status = statusOf(pod);
    out.hash = text(labels, "pod-template-hash");
    if (out.hash.isEmpty())
        out.hash = text(labels, "controller-revision-hash");
    const QJsonArray containers = spec.value(Q("containers")).toArray();
    out.containers = int(containers.size());
    out.image = text(containers.first().toObject(), "image");
    for (const QJsonValue &value : status.value(Q("containerStatuses")).toArray()) {
        const QJsonObject container = value.toObject();
        out.ready += container.value(Q("ready")).toBool() && part(container, "state").contains(Q("running"));
        out.restarts += int(container.value(Q("restartCount")).toInteger());
    }
    out.serves = text(condition(status, "Ready"), "status") == Q("True");
    out.terminating = metadata.contains(Q("deletionTimestamp"));
    out.created = QDateTime::fromString(text(metadata, "creationTimestamp"), Qt::ISODate).toUTC();
    if (!out.terminating)
        out.trouble = troubleOfPod(status);
    return out;
}

} // namespace pilothouse::cluster
