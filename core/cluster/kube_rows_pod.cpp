// SPDX-License-Identifier: GPL-3.0-or-later
// Pods. The columns are those of kubectl: printPod() of kubernetes' pkg/printers/internalversion/printers.go, 1.36.
#include "core/cluster/kube_reader_internal.h"

#include "core/cluster/quantity.h"

#include <algorithm>

namespace pilothouse::cluster {

namespace {

qint64 amount(const Fields &resources, const char *kind, const char *name, bool milli) {
    const std::string text = resources.object(kind).anyText(name);
    if (text.empty())
        return -1;
    const auto quantity = parseQuantity(QString::fromStdString(text));
    return !quantity ? -1 : milli ? quantity->milliValue() : quantity->value();
}

ResourceFigures figuresOf(const Fields &container) {
    const Fields resources = container.object("resources");
    return {amount(resources, "requests", "cpu", true), amount(resources, "limits", "cpu", true), amount(resources, "requests", "memory", false), amount(resources, "limits", "memory", false)};
}

/// What the scheduler counts: all main containers and sidecars together, or the dearest init container beside the sidecars that run by then.
qint64 summed(const std::vector<ContainerRow> &containers, qint64 ResourceFigures::*figure) {
    qint64 together = 0, sidecars = 0, starting = 0;
    bool any = false;
    for (const ContainerRow &c : containers) {
        const qint64 value = c.resources.*figure;
        if (value < 0)
            continue;
        any = true;
        if (!c.init || c.sidecar)
            together += value;
        if (c.sidecar)
            sidecars += value;
        if (c.init)
            starting = std::max(starting, c.sidecar ? sidecars : sidecars + value);
    }
    return any ? std::max(together, starting) : -1;
}

/// No limit if one of the containers that stay has none.
qint64 summedLimit(const std::vector<ContainerRow> &containers, qint64 ResourceFigures::*figure) {
    for (const ContainerRow &c : containers)
        if ((!c.init || c.sidecar) && c.resources.*figure < 0)
            return -1;
    return summed(containers, figure);
}

void readEnd(const Fields &terminated, TextPool &pool, QString &reason, QString &message, int &exitCode, int &signal) {
    reason = pool.text(terminated.text("reason"));
    message = pool.text(terminated.text("message"));
    exitCode = int(terminated.integer("exitCode"));
    signal = int(terminated.integer("signal"));
}

void readStatus(ContainerRow &row, const Fields &status, TextPool &pool) {
    row.imageId = pool.text(status.text("imageID"));
    row.ready = status.boolean("ready");
    row.started = status.boolean("started");
    row.restarts = int(status.integer("restartCount"));
    const Fields state = status.object("state");
    if (const Fields waiting = state.object("waiting")) {
        row.state = ContainerRow::State::Waiting;
        row.reason = pool.text(waiting.text("reason"));
        row.message = pool.text(waiting.text("message"));
    } else if (const Fields terminated = state.object("terminated")) {
        row.state = ContainerRow::State::Terminated;
        readEnd(terminated, pool, row.reason, row.message, row.exitCode, row.signal);
    } else if (state.object("running")) {
        row.state = ContainerRow::State::Running;
    }
    if (const Fields last = status.object("lastState").object("terminated")) {
        row.hasLast = true;
        readEnd(last, pool, row.lastReason, row.lastMessage, row.lastExitCode, row.lastSignal);
        row.lastFinished = secondsOf(last.text("finishedAt"));
    }
}

void readContainers(PodRow &pod, const Fields &spec, const Fields &status, TextPool &pool, bool init) {
    const std::size_t first = pod.containers.size();
    spec.each(init ? "initContainers" : "containers", [&](const Fields &container) {
        ContainerRow row;
        row.name = pool.text(container.text("name"));
        row.image = pool.text(container.text("image"));
        row.init = init;
        row.sidecar = init && container.text("restartPolicy") == "Always";
        row.readinessProbe = container.has("readinessProbe");
        row.livenessProbe = container.has("livenessProbe");
        row.startupProbe = container.has("startupProbe");
        row.resources = figuresOf(container);
        pod.containers.push_back(std::move(row));
    });
    status.each(init ? "initContainerStatuses" : "containerStatuses", [&](const Fields &one) {
        const QString name = pool.text(one.text("name"));
        for (std::size_t i = first; i < pod.containers.size(); ++i)
            if (pod.containers[i].name == name)
                readStatus(pod.containers[i], one, pool);
    });
}

QString endText(const ContainerRow &c) {
    return !c.reason.isEmpty() ? c.reason : c.signal != 0 ? QStringLiteral("Signal:%1").arg(c.signal) : QStringLiteral("ExitCode:%1").arg(c.exitCode);
}

/// Of the init containers: true while they are at work. `sidecarRestarts` and their time are what stays counted afterwards.
bool initialising(PodRow &pod, int statuses, int &sidecarRestarts, qint64 &sidecarLast, TextPool &pool) {
    int index = -1;
    const auto count = std::count_if(pod.containers.begin(), pod.containers.end(), [](const ContainerRow &c) { return c.init; });
    for (const ContainerRow &c : pod.containers) {
        if (!c.init)
            continue;
        if (++index >= statuses)
            break;
        pod.restarts += c.restarts;
        pod.lastRestart = std::max(pod.lastRestart, c.lastFinished);
        if (c.sidecar) {
            sidecarRestarts += c.restarts;
            sidecarLast = std::max(sidecarLast, c.lastFinished);
        }
        if (c.state == ContainerRow::State::Terminated && c.exitCode == 0)
            continue;
        if (c.sidecar && c.started) {
            pod.ready += c.ready ? 1 : 0;
            continue;
        }
        const QString init = QStringLiteral("Init:");
        if (c.state == ContainerRow::State::Terminated)
            pod.status = pool.text((init + endText(c)).toStdString());
        else if (c.state == ContainerRow::State::Waiting && !c.reason.isEmpty() && c.reason != QLatin1String("PodInitializing"))
            pod.status = pool.text((init + c.reason).toStdString());
        else
            pod.status = pool.text(QStringLiteral("Init:%1/%2").arg(index).arg(count).toStdString());
        return true;
    }
    return false;
}

void readMainStatus(PodRow &pod, bool readyCondition) {
    bool running = false;
    QString failed;
    for (auto c = pod.containers.rbegin(); c != pod.containers.rend(); ++c) {
        if (c->init)
            continue;
        pod.restarts += c->restarts;
        pod.lastRestart = std::max(pod.lastRestart, c->lastFinished);
        if (c->state == ContainerRow::State::Waiting && !c->reason.isEmpty()) {
            pod.status = c->reason;
        } else if (c->state == ContainerRow::State::Terminated) {
            pod.status = endText(*c);
            if (c->exitCode != 0)
                failed = pod.status;
        } else if (c->ready && c->state == ContainerRow::State::Running) {
            running = true;
            ++pod.ready;
        }
    }
    if (pod.status == QLatin1String("Completed")) {
        if (running && readyCondition)
            pod.status = QStringLiteral("Running");
        else if (!failed.isEmpty())
            pod.status = failed;
        else if (running)
            pod.status = QStringLiteral("NotReady");
    }
}

void readColumns(PodRow &pod, const Fields &status, int initStatuses, bool deleted, TextPool &pool) {
    pod.status = pod.statusReason.isEmpty() ? pod.phase : pod.statusReason;
    if (conditionOf(status, "PodScheduled").reason == "SchedulingGated")
        pod.status = QStringLiteral("SchedulingGated");
    for (const ContainerRow &c : pod.containers)
        pod.total += !c.init || c.sidecar ? 1 : 0;
    int sidecarRestarts = 0;
    qint64 sidecarLast = 0;
    const bool atWork = initialising(pod, initStatuses, sidecarRestarts, sidecarLast, pool);
    if (!atWork || conditionOf(status, "Initialized").status == "True") {
        pod.restarts = sidecarRestarts;
        pod.lastRestart = sidecarLast;
        readMainStatus(pod, pod.isReady);
    }
    const bool over = pod.phase == QLatin1String("Succeeded") || pod.phase == QLatin1String("Failed");
    if (deleted && pod.statusReason == QLatin1String("NodeLost"))
        pod.status = QStringLiteral("Unknown");
    else if (deleted && !over)
        pod.status = QStringLiteral("Terminating");
}

} // namespace

PodRow readPod(const Fields &object, TextPool &pool) {
    PodRow pod;
    const Fields spec = object.object("spec"), status = object.object("status");
    pod.phase = pool.text(status.text("phase"));
    pod.statusReason = pool.text(status.text("reason"));
    pod.statusMessage = pool.text(status.text("message"));
    pod.node = pool.text(spec.text("nodeName"));
    pod.ip = plain(status.text("podIP"));
    pod.qosClass = pool.text(status.text("qosClass"));
    pod.started = secondsOf(status.text("startTime"));
    int initStatuses = 0;
    status.each("initContainerStatuses", [&](const Fields &) { ++initStatuses; });
    pod.containers.reserve(1);
    readContainers(pod, spec, status, pool, true);
    readContainers(pod, spec, status, pool, false);
    spec.each("volumes", [&](const Fields &volume) {
        if (const Fields claim = volume.object("persistentVolumeClaim"))
            pod.claims.append(pool.text(claim.text("claimName")));
    });
    const Condition ready = conditionOf(status, "Ready"), scheduled = conditionOf(status, "PodScheduled");
    pod.isReady = ready.status == "True";
    if (ready.there && !pod.isReady) {
        const Condition containers = conditionOf(status, "ContainersReady");
        pod.readyMessage = pool.text(!ready.message.empty() ? ready.message : containers.message);
    }
    if (scheduled.there && scheduled.status != "True") {
        pod.scheduledReason = pool.text(scheduled.reason);
        pod.scheduledMessage = pool.text(scheduled.message);
    }
    pod.resources = {summed(pod.containers, &ResourceFigures::cpuRequest), summedLimit(pod.containers, &ResourceFigures::cpuLimit), summed(pod.containers, &ResourceFigures::memoryRequest),
                     summedLimit(pod.containers, &ResourceFigures::memoryLimit)};
    readColumns(pod, status, initStatuses, !object.object("metadata").text("deletionTimestamp").empty(), pool);
    return pod;
}

} // namespace pilothouse::cluster
