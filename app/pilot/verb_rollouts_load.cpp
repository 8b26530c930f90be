// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts load [TARGET] [--connection C] [-n NS | -A]
//   What runs against what was asked for: autoscalers, CPU and memory of pods and nodes beside requests and limits, what was killed for its memory; of a workload also
//   its probes and how many pods are exchanged at a time. TARGET: deployment/NAME, sts/NAME, ds/NAME; else all pods of the namespace.
//   --json: core/cluster/load_report.h: {"namespace","workload"|null,"autoscalers":[{"name","target","minimum","maximum","current","desired","sentence","trouble","metrics":[…]}],
//     "pods":[{"name","node","cpuMilli"?,"memoryBytes"?,"cpuRequestMilli"?,…,"oomKilled":[container]}],"nodes":[…],"probes":[…],"update"?,"usage_missing"?,"nodes_missing"?}
#include "app/pilot/cluster_view.h"
#include "app/pilot/rollouts_sub.h"

#include "core/cluster/load_report.h"

namespace pilothouse {

namespace {

using Q = QLatin1String;
using cluster::cpuText;
using cluster::LoadReport;
using cluster::memoryText;

struct Options {
    std::string target, connection, space;
    bool all = false;
};

/// "120m (48 % of 250m, limit 500m)"
QString useText(const QString &used, const std::optional<double> &share, const QString &request, const QString &limit) {
    QString asked = request == Q("-") ? QStringLiteral("no request") : share ? QStringLiteral("%1 % of %2").arg(*share * 100, 0, 'f', 0).arg(request) : QStringLiteral("asks for %1").arg(request);
    if (limit != Q("-"))
        asked += QStringLiteral(", limit ") + limit;
    return QStringLiteral("%1 (%2)").arg(used, asked);
}

QString scalersText(const LoadReport &report) {
    QString text;
    for (const LoadReport::Scaler &scaler : report.scalers) {
        text += QStringLiteral("autoscaler %1 of %2/%3: %4\n").arg(scaler.name, scaler.load.targetKind.toLower(), scaler.load.targetName, scaler.load.sentence);
        for (const cluster::HpaMetric &m : scaler.load.metrics) {
            const QString name = m.about.isEmpty() ? m.name : QStringLiteral("%1 (%2)").arg(m.name, m.about);
            text += QStringLiteral("  %1: %2 of %3%4\n").arg(name, m.current.isEmpty() ? QStringLiteral("not measured") : m.current, m.target, m.form == Q("Utilization") ? QStringLiteral(" of the requests") : m.form == Q("AverageValue") ? QStringLiteral(" a pod") : QString());
        }
    }
    if (report.scalers.empty())
        text += report.workload ? QStringLiteral("no autoscaler: the number of pods is set by hand\n") : QString();
    return text;
}

QString podsText(const LoadReport &report, bool withSpace) {
    if (report.pods.empty())
        return QStringLiteral("There are no pods.\n");
    std::vector<QStringList> lines{{QStringLiteral("POD"), QStringLiteral("CPU"), QStringLiteral("MEMORY"), QStringLiteral("NODE"), QString()}};
    for (const cluster::PodLoad &pod : report.pods)
        lines.push_back({withSpace ? pod.space + QLatin1Char('/') + pod.name : pod.name, useText(cpuText(pod.cpu), pod.cpuOfRequest, cpuText(pod.asked.cpuRequest), cpuText(pod.asked.cpuLimit)),
                         useText(memoryText(pod.memory), pod.memoryOfRequest, memoryText(pod.asked.memoryRequest), memoryText(pod.asked.memoryLimit)), pod.node.isEmpty() ? QStringLiteral("-") : pod.node,
                         pod.oomKilled ? QStringLiteral("OOMKilled: %1 was killed for its memory: raise its limit, or find what takes it").arg(pod.oomContainers.join(QStringLiteral(", "))) : QString()});
    return columns(lines) + QLatin1Char('\n');
}

QString nodesText(const LoadReport &report) {
    if (report.nodes.empty())
        return report.nodesMissing.isEmpty() ? QString() : QStringLiteral("Nodes are not shown: %1\n").arg(report.nodesMissing);
    std::vector<QStringList> lines{{QStringLiteral("NODE"), QStringLiteral("CPU USED"), QStringLiteral("ASKED FOR"), QStringLiteral("OF"), QStringLiteral("MEMORY USED"), QStringLiteral("ASKED FOR"), QStringLiteral("OF"), QStringLiteral("PODS")}};
    for (const cluster::NodeLoad &node : report.nodes)
        lines.push_back({node.name, cpuText(node.cpu), cpuText(node.cpuRequested), cpuText(node.cpuAllocatable), memoryText(node.memory), memoryText(node.memoryRequested), memoryText(node.memoryAllocatable),
                         QStringLiteral("%1 of %2").arg(node.pods).arg(node.podsAllocatable)});
    return columns(lines) + QLatin1Char('\n') + (report.nodesWhole ? QString() : QStringLiteral("Only pods of this namespace are counted there: others may not be read.\n"));
}

Result<void> load(Context &context, const Options &o) {
    if (o.all && (!o.space.empty() || !o.target.empty()))
        return invalid(QStringLiteral("Either all namespaces, or one namespace or workload."));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto api, services->clusters->of(QString::fromStdString(o.connection)));
    const QString space = o.all ? QString() : o.space.empty() ? api->space() : QString::fromStdString(o.space);
    std::optional<cluster::KubeRef> workload;
    if (!o.target.empty()) {
        PH_ASSIGN(workload, cluster::parseKubeRef(QString::fromStdString(o.target), space));
    }
    PH_ASSIGN(const LoadReport report, cluster::readLoad(*api, space, workload, context.stop()));
    QString text;
    if (report.workload)
        text = report.workload->text() + QLatin1Char('\n');
    if (report.pace)
        text += QStringLiteral("update: %1\n").arg(report.pace->text);
    for (const cluster::ProbeLine &probe : report.probes)
        text += QStringLiteral("%1 probe of %2: %3\n").arg(probe.kind, probe.container, probe.text);
    if (report.workload && report.probes.empty())
        text += QStringLiteral("no probe: a pod counts as ready as soon as its containers run\n");
    text += scalersText(report) + QLatin1Char('\n') + podsText(report, o.all) + QLatin1Char('\n') + nodesText(report);
    if (!report.usageMissing.isEmpty())
        text += QLatin1Char('\n') + report.usageMissing;
    context.answer(report.toJson(), text.trimmed());
    return {};
}

const RolloutsSub sub("load", "CPU, memory, autoscalers: what runs against what was asked for", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("target", o->target, "deployment/NAME, sts/NAME, ds/NAME; else all pods of the namespace");
    app.add_option("--connection", o->connection, "Connection of kind kubernetes, if there are several");
    app.add_option("--namespace,-n", o->space, "Namespace (else that of the context)");
    app.add_flag("--all-namespaces,-A", o->all, "All namespaces");
    app.callback([&body, o] { body = [o](Context &context) { return load(context, *o); }; });
});

} // namespace
} // namespace pilothouse
