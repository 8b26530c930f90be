// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/load_report.h"

#include "core/cluster/workload.h"

#include <QJsonArray>

#include <algorithm>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

QString written(const QJsonValue &value) { return value.isDouble() ? QString::number(value.toInt()) : value.toString(); }

Result<std::vector<KubeRowPtr>> rowsOf(const KubeKind &kind, const std::vector<QJsonObject> &objects) {
    std::vector<KubeRowPtr> rows;
    for (const QJsonObject &object : objects) {
        PH_ASSIGN(KubeRowPtr row, kubeRow(kind, object));
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<void> addScalers(const KubeApi &api, LoadReport &report, std::stop_token token) {
    const auto objects = api.list(kinds::HorizontalPodAutoscaler, report.space, {}, token);
    if (!objects && objects.error().kind == ErrorKind::Cancelled)
        return objects.error();
    for (const QJsonObject &object : objects.value_or({})) {
        PH_ASSIGN(HpaLoad load, hpaLoad(object));
        if (!report.workload || (load.targetKind == report.workload->kind.kind && load.targetName == report.workload->name))
            report.scalers.push_back({metadataText(object, "name"), std::move(load)});
    }
    return {};
}

/// Nodes with all that their pods ask for: of other namespaces, too, where they may be read.
Result<void> addNodes(const KubeApi &api, LoadReport &report, const std::vector<KubeRowPtr> &pods, std::stop_token token) {
    const auto nodes = api.list(kinds::Node, {}, {}, token);
    if (!nodes) {
        report.nodesMissing = nodes.error().text();
        return nodes.error().kind == ErrorKind::Cancelled ? Result<void>(nodes.error()) : Result<void>();
    }
    PH_ASSIGN(const auto nodeRows, rowsOf(kinds::Node, *nodes));
    std::vector<KubeRowPtr> all = pods;
    if (!report.space.isEmpty() || report.workload) {
        const auto others = api.list(kinds::Pod, {}, {}, token);
        report.nodesWhole = bool(others);
        if (others) {
            PH_ASSIGN(all, rowsOf(kinds::Pod, *others));
        }
    }
    const auto usage = report.usageMissing.isEmpty() ? readNodeUsage(api, token) : Result<std::vector<UsageFigures>>(std::vector<UsageFigures>());
    if (!usage)
        report.usageMissing = usage.error().text();
    report.nodes = nodeLoads(nodeRows, all, usage.value_or({}));
    if (report.workload)
        std::erase_if(report.nodes, [&](const NodeLoad &node) { return std::none_of(report.pods.begin(), report.pods.end(), [&](const PodLoad &pod) { return pod.node == node.name; }); });
    return {};
}

void put(QJsonObject &to, const char *key, qint64 value) {
    if (value >= 0)
        to.insert(Q(key), value);
}
void put(QJsonObject &to, const char *key, const std::optional<double> &value) {
    if (value)
        to.insert(Q(key), *value);
}

QJsonObject json(const LoadReport::Scaler &scaler) {
    QJsonArray metrics;
    for (const HpaMetric &m : scaler.load.metrics) {
        QJsonObject one{{Q("type"), m.type}, {Q("name"), m.name}, {Q("form"), m.form}, {Q("target"), m.target}, {Q("current"), m.current.isEmpty() ? QJsonValue() : QJsonValue(m.current)}};
        if (!m.about.isEmpty())
            one.insert(Q("about"), m.about);
        put(one, "ratio", m.ratio);
        metrics.append(one);
    }
    return {{Q("name"), scaler.name},           {Q("target"), scaler.load.targetKind.toLower() + QLatin1Char('/') + scaler.load.targetName}, {Q("minimum"), scaler.load.minimum},   {Q("maximum"), scaler.load.maximum},
            {Q("current"), scaler.load.current}, {Q("desired"), scaler.load.desired},                                                        {Q("sentence"), scaler.load.sentence}, {Q("trouble"), scaler.load.trouble},
            {Q("metrics"), metrics}};
}

QJsonObject json(const PodLoad &pod) {
    QJsonObject one{{Q("namespace"), pod.space}, {Q("name"), pod.name}, {Q("node"), pod.node}, {Q("oomKilled"), QJsonArray::fromStringList(pod.oomContainers)}};
    put(one, "cpuMilli", pod.cpu);
    put(one, "memoryBytes", pod.memory);
    put(one, "cpuRequestMilli", pod.asked.cpuRequest);
    put(one, "cpuLimitMilli", pod.asked.cpuLimit);
    put(one, "memoryRequestBytes", pod.asked.memoryRequest);
    put(one, "memoryLimitBytes", pod.asked.memoryLimit);
    put(one, "cpuOfRequest", pod.cpuOfRequest);
    put(one, "cpuOfLimit", pod.cpuOfLimit);
    put(one, "memoryOfRequest", pod.memoryOfRequest);
    put(one, "memoryOfLimit", pod.memoryOfLimit);
    return one;
}

QJsonObject json(const NodeLoad &node) {
    QJsonObject one{{Q("name"), node.name}, {Q("pods"), node.pods}, {Q("podsAllocatable"), node.podsAllocatable}, {Q("cpuRequestedMilli"), node.cpuRequested}, {Q("cpuAllocatableMilli"), node.cpuAllocatable}, {Q("memoryRequestedBytes"), node.memoryRequested}, {Q("memoryAllocatableBytes"), node.memoryAllocatable}};
    put(one, "cpuMilli", node.cpu);
    put(one, "memoryBytes", node.memory);
    return one;
}

} // namespace

Result<UpdatePace> updatePace(const QJsonObject &workload) {
    const QJsonObject spec = workload[Q("spec")].toObject();
    const bool daemon = workload[Q("kind")].toString() == kinds::DaemonSet.kind, stateful = workload[Q("kind")].toString() == kinds::StatefulSet.kind;
    const QJsonObject strategy = spec[Q(daemon || stateful ? "updateStrategy" : "strategy")].toObject();
    UpdatePace pace;
    pace.strategy = strategy[Q("type")].toString();
    pace.desired = daemon ? workload[Q("status")][Q("desiredNumberScheduled")].toInt() : spec[Q("replicas")].toInt(1);
    QJsonObject limits = strategy[Q("rollingUpdate")].toObject();
    for (const char *form : {"canary", "blueGreen"}) // Argo Rollouts
        if (strategy.contains(Q(form))) {
            pace.strategy = QStringLiteral("%1 of Argo Rollouts").arg(Q(form));
            limits = strategy[Q(form)].toObject();
        }
    const QString pods = pace.desired == 1 ? QStringLiteral("1 pod") : QStringLiteral("%1 pods").arg(pace.desired);
    if (pace.strategy == Q("Recreate")) {
        pace.missing = pace.desired;
        pace.text = QStringLiteral("%1: all end before new ones begin (Recreate)").arg(pods);
        return pace;
    }
    if (pace.strategy == Q("OnDelete")) {
        pace.text = QStringLiteral("%1: one is exchanged when somebody deletes it (OnDelete)").arg(pods);
        return pace;
    }
    // Defaults: appsv1.SetDefaults_Deployment and _DaemonSet; a StatefulSet exchanges one at a time, from the last on.
    const QString surge = limits.contains(Q("maxSurge")) ? written(limits[Q("maxSurge")]) : daemon || stateful ? QStringLiteral("0") : QStringLiteral("25%");
    const QString missing = limits.contains(Q("maxUnavailable")) ? written(limits[Q("maxUnavailable")]) : daemon || stateful ? QStringLiteral("1") : QStringLiteral("25%");
    PH_ASSIGN(const Surge resolved, resolvedSurge(surge, missing, pace.desired));
    pace.more = resolved.more;
    pace.missing = resolved.missing;
    pace.text = QStringLiteral("%1: at most %2 more and %3 missing at a time (maxSurge %4, maxUnavailable %5)").arg(pods).arg(pace.more).arg(pace.missing).arg(surge, missing);
    if (const int partition = limits[Q("partition")].toInt(); stateful && partition > 0)
        pace.text += QStringLiteral("; pods below number %1 stay as they are (partition)").arg(partition);
    return pace;
}

Result<LoadReport> readLoad(const KubeApi &api, const QString &space, const std::optional<KubeRef> &workload, std::stop_token token) {
    LoadReport report;
    report.space = space;
    report.workload = workload;
    std::vector<QJsonObject> objects;
    if (workload) {
        PH_ASSIGN(const Workload read, readWorkload(api, *workload, token));
        PH_ASSIGN(objects, podsOf(api, read, token));
        report.probes = probesOf(read.podTemplate()[Q("spec")].toObject());
        PH_ASSIGN(report.pace, updatePace(read.object));
    } else {
        PH_ASSIGN(objects, api.list(kinds::Pod, space, {}, token));
    }
    PH_ASSIGN(const auto pods, rowsOf(kinds::Pod, objects));
    const auto usage = readPodUsage(api, space, token);
    if (!usage && usage.error().kind == ErrorKind::Cancelled)
        return usage.error();
    if (!usage)
        report.usageMissing = usage.error().text();
    report.pods = podLoads(pods, usage.value_or({}));
    std::sort(report.pods.begin(), report.pods.end(), [](const PodLoad &a, const PodLoad &b) { return std::pair(a.space, a.name) < std::pair(b.space, b.name); });
    PH_TRY(addScalers(api, report, token));
    PH_TRY(addNodes(api, report, pods, token));
    return report;
}

QJsonObject LoadReport::toJson() const {
    QJsonArray scalerList, podList, nodeList, probeList;
    for (const Scaler &s : scalers)
        scalerList.append(json(s));
    for (const PodLoad &p : pods)
        podList.append(json(p));
    for (const NodeLoad &n : nodes)
        nodeList.append(json(n));
    for (const ProbeLine &p : probes)
        probeList.append(QJsonObject{{Q("container"), p.container}, {Q("kind"), p.kind}, {Q("text"), p.text}});
    QJsonObject out{{Q("namespace"), space}, {Q("workload"), workload ? QJsonValue(workload->text()) : QJsonValue()}, {Q("autoscalers"), scalerList}, {Q("pods"), podList}, {Q("nodes"), nodeList}, {Q("probes"), probeList}};
    if (pace)
        out.insert(Q("update"), QJsonObject{{Q("strategy"), pace->strategy}, {Q("desired"), pace->desired}, {Q("more"), pace->more}, {Q("missing"), pace->missing}, {Q("text"), pace->text}});
    if (!usageMissing.isEmpty())
        out.insert(Q("usage_missing"), usageMissing);
    if (!nodesMissing.isEmpty())
        out.insert(Q("nodes_missing"), nodesMissing);
    if (!nodesWhole)
        out.insert(Q("nodes_partial"), true);
    return out;
}

QString cpuText(qint64 milli) { return milli < 0 ? QStringLiteral("-") : milli % 1000 == 0 ? QString::number(milli / 1000) : QStringLiteral("%1m").arg(milli); }

QString memoryText(qint64 bytes) {
    constexpr qint64 mebi = 1 << 20, gibi = 1 << 30;
    if (bytes < 0)
        return QStringLiteral("-");
    return bytes >= 10 * gibi ? QStringLiteral("%1Gi").arg(double(bytes) / double(gibi), 0, 'f', 1) : QStringLiteral("%1Mi").arg((bytes + mebi / 2) / mebi);
}

} // namespace pilothouse::cluster
