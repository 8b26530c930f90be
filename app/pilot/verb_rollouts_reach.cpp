// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts forward TARGET:PORT [--local-port N]       a port of this machine leads into the cluster until the program is stopped
//   {"url","pod","pod_port"} first; TARGET: service/NAME, deployment/NAME, pod/NAME; PORT a number or a name
// pilot rollouts reach service/NAME[:PORT] [--way auto|load-balancer|ingress|port-forward|proxy]   which way leads to a service
//   {"way","url","host","said"}
// pilot rollouts exec TARGET [--container C] [--stdin] -- COMMAND…   runs a command in a pod; its output and its exit code are the program's
//   {"operation","pod","exit_code","output","errors"} with --json. Each with --namespace N --connection C.
#include "app/pilot/rollouts_sub.h"

#include "core/cluster/pod_exec.h"
#include "core/cluster/reach.h"
#include "core/fleet/services.h"

#include <QFile>

#include <condition_variable>
#include <cstdio>
#include <mutex>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string target, space, connection, way = "auto", container;
    std::vector<std::string> command;
    int localPort = 0;
    bool input = false;
};

struct Place {
    std::shared_ptr<fleet::Services> services;
    std::shared_ptr<cluster::KubeApi> api;
    QString space;
};
Result<Place> placeOf(Context &context, const Options &o) {
    Place place;
    PH_ASSIGN(place.services, context.services());
    PH_ASSIGN(place.api, place.services->clusters->of(QString::fromStdString(o.connection)));
    place.space = o.space.empty() ? place.api->space() : QString::fromStdString(o.space);
    return place;
}

Result<void> forward(Context &context, const Options &o) {
    PH_ASSIGN(const Place place, placeOf(context, o));
    QString target = QString::fromStdString(o.target), port, space = place.space;
    PH_ASSIGN(const auto service, cluster::parseServiceAddress(target));
    if (service) {
        target = QStringLiteral("service/") + service->name;
        port = service->port;
        if (!service->space.isEmpty())
            space = service->space;
    } else {
        port = target.section(QLatin1Char(':'), 1);
        target = target.section(QLatin1Char(':'), 0, 0);
        if (port.isEmpty())
            return invalid(QStringLiteral("“%1” names no port.").arg(target), {}, QStringLiteral("Write deployment/web:8000 or pod/web-7d4:http."));
    }
    PH_ASSIGN(const cluster::KubeRef ref, cluster::parseKubeRef(target, space));
    PH_ASSIGN(const auto open, cluster::PortForward::start(place.api, ref, port, o.localPort, context.stop()));
    const auto begun = open->state();
    context.answer({{Q("url"), open->url()}, {Q("pod"), begun.pod}, {Q("pod_port"), begun.podPort}}, QStringLiteral("%1 → %2, port %3 of pod %4 (Ctrl+C ends it)").arg(open->url(), ref.text()).arg(begun.podPort).arg(begun.pod));
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    QString told, pod = begun.pod;
    const std::stop_token stop = context.stop();
    while (!stop.stop_requested()) {
        stopped.wait_for(lock, stop, std::chrono::milliseconds(500), [] { return false; });
        const auto state = open->state();
        if (state.lastError && state.lastError->text() != told)
            context.note(told = state.lastError->text());
        if (state.pod != pod)
            context.note(QStringLiteral("Now to pod %1.").arg(pod = state.pod));
    }
    return {};
}

Result<void> reach(Context &context, const Options &o) {
    PH_ASSIGN(const Place place, placeOf(context, o));
    PH_ASSIGN(auto address, cluster::parseServiceAddress(QString::fromStdString(o.target)));
    if (!address)
        return invalid(QStringLiteral("“%1” is no address of a service in a cluster.").arg(QString::fromStdString(o.target)), {}, QStringLiteral("Write service/NAME:PORT."));
    if (address->space.isEmpty())
        address->space = place.space;
    PH_ASSIGN(const cluster::ReachWay way, cluster::reachWayNamed(QString::fromStdString(o.way)));
    PH_ASSIGN(const cluster::Reached found, cluster::reachService(place.api, *address, way, context.stop()));
    // A port-forward of this program ends with it: its port would mean nothing.
    const QString url = found.way == cluster::ReachWay::PortForward ? QString() : found.url;
    context.answer({{Q("way"), cluster::reachWayName(found.way)}, {Q("url"), url}, {Q("host"), found.host}, {Q("said"), found.said}},
                   found.said + (url.isEmpty() ? QStringLiteral("\npilot rollouts forward %1 opens one.").arg(QString::fromStdString(o.target)) : QLatin1Char('\n') + url));
    return {};
}

/// A ready pod of what was named.
Result<cluster::PodCommand> commandOf(const Place &place, const Options &o, std::stop_token stop) {
    cluster::PodCommand command;
    PH_ASSIGN(const cluster::KubeRef ref, cluster::parseKubeRef(QString::fromStdString(o.target), place.space));
    PH_ASSIGN(const auto selector, cluster::PodSelector::of(*place.api, ref, stop));
    PH_ASSIGN(const auto pods, selector.pods(*place.api, stop));
    const auto ready = std::find_if(pods.begin(), pods.end(), cluster::podIsReady);
    if (ready == pods.end() && pods.empty())
        return notFound(QStringLiteral("%1 has no pods.").arg(ref.text()));
    const QJsonObject &pod = ready == pods.end() ? pods.front() : *ready;
    command.space = ref.space;
    command.pod = cluster::metadataText(pod, "name");
    command.container = o.container.empty() ? cluster::defaultContainer(pod) : QString::fromStdString(o.container);
    for (const std::string &word : o.command)
        command.command << QString::fromStdString(word);
    if (o.input) {
        QFile in;
        if (!in.open(stdin, QIODevice::ReadOnly))
            return Error{ErrorKind::Invalid, QStringLiteral("The standard input cannot be read."), {}, {}, {}};
        command.input = in.readAll();
    }
    return command;
}

Result<void> exec(Context &context, const Options &o) {
    PH_ASSIGN(const Place place, placeOf(context, o));
    PH_ASSIGN(const cluster::PodCommand command, commandOf(place, o, context.stop()));
    auto result = std::make_shared<cluster::PodCommandResult>();
    operations::Operation operation;
    operation.kind = QStringLiteral("pod-exec");
    operation.object = QStringLiteral("pod/%1 in %2").arg(command.pod, command.space);
    operation.summary = QStringLiteral("Run %1 in pod %2").arg(command.command.first(), command.pod);
    operation.connection = place.api->connection();
    operations::Step step;
    step.call = {QStringLiteral("EXEC"), operation.object, command.command.join(QLatin1Char(' ')), {}, QStringLiteral("kubectl -n %1 exec %2 -c %3 -- %4").arg(command.space, command.pod, command.container, command.command.join(QLatin1Char(' ')))};
    step.execute = [&context, api = place.api, command, result]() -> Result<void> {
        std::function<void(const QByteArray &, bool)> show;
        if (!context.json)
            show = [](const QByteArray &bytes, bool errors) {
                std::fwrite(bytes.constData(), 1, std::size_t(bytes.size()), errors ? stderr : stdout);
                std::fflush(errors ? stderr : stdout);
            };
        PH_ASSIGN(*result, cluster::runInPod(*api, command, context.stop(), show));
        return {};
    };
    step.readBack = [result]() -> Result<QJsonObject> { return QJsonObject{{Q("exit_code"), result->exitCode}}; };
    operation.steps.push_back(std::move(step));
    const auto outcome = place.services->operations->run(operation);
    if (outcome.error)
        return *outcome.error;
    if (context.json)
        context.answer({{Q("operation"), outcome.id}, {Q("pod"), command.pod}, {Q("exit_code"), result->exitCode}, {Q("output"), QString::fromUtf8(result->output)}, {Q("errors"), QString::fromUtf8(result->errors)}}, {});
    context.exitCodeWanted = result->exitCode;
    return {};
}

void addPlace(CLI::App &app, Options &o) {
    app.add_option("--namespace,-n", o.space, "Namespace");
    app.add_option("--connection", o.connection, "Connection to the cluster, if there are several");
}

const RolloutsSub forwardSub("forward", "A port of this machine that leads to a service, workload or pod, until the program is stopped", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("target", o->target, "service/NAME:PORT, deployment/NAME:PORT or pod/NAME:PORT")->required();
    app.add_option("--local-port", o->localPort, "Port of this machine (else any that is free)")->check(CLI::Range(1, 65535));
    addPlace(app, *o);
    app.callback([&body, o] { body = [o](Context &context) { return forward(context, *o); }; });
});

const RolloutsSub reachSub("reach", "Which way leads to a service that only its cluster sees", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("service", o->target, "service/NAME:PORT, or service/NAME.NAMESPACE:PORT")->required();
    app.add_option("--way", o->way, "auto, load-balancer, ingress, port-forward or proxy");
    addPlace(app, *o);
    app.callback([&body, o] { body = [o](Context &context) { return reach(context, *o); }; });
});

const RolloutsSub execSub("exec", "Run a command in a pod; its output and exit code are those of the program", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("target", o->target, "pod/NAME, or deployment/NAME: one of its ready pods")->required();
    app.add_option("command", o->command, "-- PROGRAM and its arguments; no shell between")->required();
    app.add_option("--container,-c", o->container, "Container (else the pod's default one)");
    app.add_flag("--stdin", o->input, "Hand on the standard input");
    addPlace(app, *o);
    app.callback([&body, o] { body = [o](Context &context) { return exec(context, *o); }; });
});

} // namespace
} // namespace pilothouse
