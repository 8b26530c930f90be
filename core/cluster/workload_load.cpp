// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/workload_load.h"

#include "core/cluster/kube_api.h"

#include <QHash>
#include <QJsonArray>

#include <cmath>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

QString anyText(const QJsonValue &value) { return value.isDouble() ? QString::number(value.toDouble(), 'g', 17) : value.toString(); }

std::optional<double> numberOf(const QString &text) {
    const auto quantity = parseQuantity(text);
    return quantity ? std::optional(quantity->number()) : std::nullopt;
}

QString selectorText(const QJsonObject &metric) {
    QStringList parts;
    const QJsonObject labels = metric[Q("selector")][Q("matchLabels")].toObject();
    for (auto it = labels.begin(); it != labels.end(); ++it)
        parts.append(it.key() + QLatin1Char('=') + it.value().toString());
    return parts.join(QLatin1Char(','));
}

HpaMetric readMetric(const QJsonObject &spec, const QJsonObject &status) {
    HpaMetric metric;
    metric.type = spec[Q("type")].toString();
    QString key = metric.type;
    if (!key.isEmpty())
        key[0] = key[0].toLower();
    const QJsonObject wanted = spec[key].toObject(), target = wanted[Q("target")].toObject(), measured = status[key].toObject(), current = measured[Q("current")].toObject();
    metric.name = wanted.contains(Q("metric")) ? wanted[Q("metric")][Q("name")].toString() : wanted[Q("name")].toString();
    if (metric.type == Q("ContainerResource"))
        metric.about = wanted[Q("container")].toString();
    else if (metric.type == Q("Object"))
        metric.about = wanted[Q("describedObject")][Q("kind")].toString().toLower() + QLatin1Char('/') + wanted[Q("describedObject")][Q("name")].toString();
    else if (metric.type == Q("External") || metric.type == Q("Pods"))
        metric.about = selectorText(wanted[Q("metric")].toObject());
    if (target.contains(Q("averageUtilization"))) {
        const int aim = target[Q("averageUtilization")].toInt();
        metric.form = QStringLiteral("Utilization");
        metric.target = QStringLiteral("%1%").arg(aim);
        if (current.contains(Q("averageUtilization"))) {
            metric.current = QStringLiteral("%1%").arg(current[Q("averageUtilization")].toInt());
            if (aim > 0)
                metric.ratio = double(current[Q("averageUtilization")].toInt()) / aim;
        }
        return metric;
    }
    const char *field = target.contains(Q("averageValue")) ? "averageValue" : "value";
    metric.form = target.contains(Q("averageValue")) ? QStringLiteral("AverageValue") : QStringLiteral("Value");
    metric.target = anyText(target[Q(field)]);
    metric.current = anyText(current[Q(field)]);
    const auto now = numberOf(metric.current), aim = numberOf(metric.target);
    if (now && aim && *aim > 0)
        metric.ratio = *now / *aim;
    return metric;
}

QJsonObject condition(const QJsonObject &status, const char *type) {
    for (const QJsonValue &one : status[Q("conditions")].toArray())
        if (one[Q("type")].toString() == Q(type))
            return one.toObject();
    return {};
}

QString hpaSentence(const HpaLoad &load, const QJsonObject &status, bool &trouble) {
    for (const char *type : {"AbleToScale", "ScalingActive"})
        if (const QJsonObject c = condition(status, type); c[Q("status")].toString() == Q("False")) {
            if (c[Q("reason")].toString() == Q("ScalingDisabled"))
                return QStringLiteral("Autoscaling is off: %1 is scaled to 0.").arg(load.targetName);
            trouble = true;
            return QStringLiteral("It does not scale: %1").arg(c[Q("message")].toString());
        }
    QString text = QStringLiteral("%1 of %2 to %3 pods").arg(load.current).arg(load.minimum).arg(load.maximum);
    const HpaMetric *most = nullptr;
    for (const HpaMetric &metric : load.metrics)
        if (metric.ratio && (!most || *metric.ratio > *most->ratio))
            most = &metric;
    if (most)
        text += QStringLiteral("; %1 is %2 of %3").arg(most->name, most->current, most->target);
    else if (!load.metrics.empty())
        text += QStringLiteral("; nothing is measured yet");
    if (load.desired != load.current)
        text += QStringLiteral("; on its way to %1").arg(load.desired);
    if (const QJsonObject limited = condition(status, "ScalingLimited"); limited[Q("status")].toString() == Q("True"))
        text += limited[Q("reason")].toString() == Q("TooManyReplicas") ? QStringLiteral("; it would want more than its maximum") : limited[Q("reason")].toString() == Q("TooFewReplicas") ? QStringLiteral("; it would want fewer than its minimum") : QStringLiteral("; limited: ") + limited[Q("message")].toString();
    return text + QLatin1Char('.');
}

std::optional<double> share(qint64 used, qint64 of) { return used >= 0 && of > 0 ? std::optional(double(used) / double(of)) : std::nullopt; }

Result<std::vector<UsageFigures>> readUsage(const KubeApi &api, const KubeKind &kind, const QString &space, std::stop_token token) {
    const auto objects = api.list(kind, space, {}, token);
    if (!objects) {
        Error error = objects.error();
        if (error.kind == ErrorKind::NotFound)
            return notFound(QStringLiteral("This cluster measures no CPU and memory: it has no metrics server (metrics.k8s.io)."), error.where, QStringLiteral("Install metrics-server, or look at Prometheus."));
        if (error.kind == ErrorKind::Unreachable && error.raw.contains(Q("503")))
            error.hint = QStringLiteral("The metrics server is installed and does not answer: look at its pods in kube-system.");
        return error;
    }
    std::vector<UsageFigures> all;
    for (const QJsonObject &object : *objects) {
        PH_ASSIGN(UsageFigures usage, usageOf(object));
        all.push_back(std::move(usage));
    }
    return all;
}

QString probeAction(const QJsonObject &probe) {
    const auto port = [](const QJsonValue &value) { return value.isDouble() ? QString::number(value.toInt()) : value.toString(); };
    if (const QJsonObject http = probe[Q("httpGet")].toObject(); !http.isEmpty())
        return QStringLiteral("http-get %1://%2:%3%4").arg(http[Q("scheme")].toString(QStringLiteral("HTTP")).toLower(), http[Q("host")].toString(), port(http[Q("port")]), http[Q("path")].toString());
    if (const QJsonObject tcp = probe[Q("tcpSocket")].toObject(); !tcp.isEmpty())
        return QStringLiteral("tcp-socket %1:%2").arg(tcp[Q("host")].toString(), port(tcp[Q("port")]));
    if (const QJsonObject grpc = probe[Q("grpc")].toObject(); !grpc.isEmpty())
        return QStringLiteral("grpc <pod>:%1 %2").arg(grpc[Q("port")].toInt()).arg(grpc[Q("service")].toString());
    QStringList words;
    for (const QJsonValue &word : probe[Q("exec")][Q("command")].toArray())
        words.append(word.toString());
    return words.isEmpty() ? QStringLiteral("unknown") : QStringLiteral("exec [%1]").arg(words.join(QLatin1Char(' ')));
}

/// intstr.GetScaledValueFromIntOrPercent.
Result<int> scaled(const QString &text, int of, bool up) {
    bool ok = false;
    if (text.endsWith(QLatin1Char('%'))) {
        const int percent = text.chopped(1).toInt(&ok);
        if (ok)
            return int(up ? std::ceil(double(percent) * of / 100) : std::floor(double(percent) * of / 100));
    } else if (const int number = text.toInt(&ok); ok) {
        return number;
    }
    return invalid(QStringLiteral("“%1” is neither a number nor a percentage.").arg(text), {}, QStringLiteral("Write it like 1 or 25%."));
}

} // namespace

Result<HpaLoad> hpaLoad(const QJsonObject &object) {
    const QJsonObject spec = object[Q("spec")].toObject(), status = object[Q("status")].toObject();
    if (!spec.contains(Q("maxReplicas")))
        return invalid(QStringLiteral("This is not an autoscaler."));
    HpaLoad load;
    load.targetKind = spec[Q("scaleTargetRef")][Q("kind")].toString();
    load.targetName = spec[Q("scaleTargetRef")][Q("name")].toString();
    load.minimum = spec[Q("minReplicas")].toInt(1);
    load.maximum = spec[Q("maxReplicas")].toInt();
    load.current = status[Q("currentReplicas")].toInt();
    load.desired = status[Q("desiredReplicas")].toInt();
    const QJsonArray wanted = spec[Q("metrics")].toArray(), measured = status[Q("currentMetrics")].toArray();
    for (int i = 0; i < wanted.size(); ++i)
        load.metrics.push_back(readMetric(wanted[i].toObject(), measured[i].toObject()));
    load.sentence = hpaSentence(load, status, load.trouble);
    return load;
}

Result<UsageFigures> usageOf(const QJsonObject &object) {
    UsageFigures usage;
    usage.space = metadataText(object, "namespace");
    usage.name = metadataText(object, "name");
    usage.when = QDateTime::fromString(object[Q("timestamp")].toString(), Qt::ISODateWithMs).toUTC();
    Quantity cpu, memory{0, QuantityForm::BinarySI};
    const auto add = [&](const QJsonObject &figures, const QString &container) -> Result<void> {
        PH_ASSIGN(const Quantity c, parseQuantity(anyText(figures[Q("cpu")])));
        PH_ASSIGN(const Quantity m, parseQuantity(anyText(figures[Q("memory")])));
        cpu = cpu + c;
        memory = memory + m;
        if (!container.isEmpty()) {
            usage.containerCpu.emplace_back(container, c);
            usage.containerMemory.emplace_back(container, m);
        }
        return {};
    };
    if (object.contains(Q("usage")))
        PH_TRY(add(object[Q("usage")].toObject(), {}));
    for (const QJsonValue &container : object[Q("containers")].toArray())
        PH_TRY(add(container[Q("usage")].toObject(), container[Q("name")].toString()));
    usage.cpu = cpu.milliValue();
    usage.memory = memory.value();
    return usage;
}

Result<std::vector<UsageFigures>> readPodUsage(const KubeApi &api, const QString &space, std::stop_token token) { return readUsage(api, kinds::PodMetrics, space, token); }
Result<std::vector<UsageFigures>> readNodeUsage(const KubeApi &api, std::stop_token token) { return readUsage(api, kinds::NodeMetrics, {}, token); }

std::vector<PodLoad> podLoads(const std::vector<KubeRowPtr> &pods, const std::vector<UsageFigures> &usage) {
    QHash<QString, const UsageFigures *> measured;
    for (const UsageFigures &one : usage)
        measured.insert(one.space + QLatin1Char('/') + one.name, &one);
    std::vector<PodLoad> loads;
    for (const KubeRowPtr &row : pods) {
        const auto *pod = row->as<PodRow>();
        if (!pod)
            continue;
        PodLoad load;
        load.space = row->space;
        load.name = row->name;
        load.node = pod->node;
        load.asked = pod->resources;
        if (const UsageFigures *one = measured.value(row->id)) {
            load.cpu = one->cpu;
            load.memory = one->memory;
        }
        load.cpuOfRequest = share(load.cpu, load.asked.cpuRequest);
        load.cpuOfLimit = share(load.cpu, load.asked.cpuLimit);
        load.memoryOfRequest = share(load.memory, load.asked.memoryRequest);
        load.memoryOfLimit = share(load.memory, load.asked.memoryLimit);
        for (const ContainerRow &c : pod->containers)
            if (c.lastReason == Q("OOMKilled") || c.reason == Q("OOMKilled"))
                load.oomContainers << c.name;
        load.oomKilled = !load.oomContainers.isEmpty();
        loads.push_back(std::move(load));
    }
    return loads;
}

std::vector<NodeLoad> nodeLoads(const std::vector<KubeRowPtr> &nodes, const std::vector<KubeRowPtr> &pods, const std::vector<UsageFigures> &usage) {
    std::vector<NodeLoad> loads;
    QHash<QString, std::size_t> places;
    for (const KubeRowPtr &row : nodes) {
        const auto *node = row->as<NodeRow>();
        if (!node)
            continue;
        NodeLoad load;
        load.name = row->name;
        load.cpuAllocatable = node->cpuAllocatable;
        load.memoryAllocatable = node->memoryAllocatable;
        load.podsAllocatable = node->podsAllocatable;
        places.insert(row->name, loads.size());
        loads.push_back(std::move(load));
    }
    for (const UsageFigures &one : usage)
        if (const auto place = places.constFind(one.name); place != places.constEnd()) {
            loads[*place].cpu = one.cpu;
            loads[*place].memory = one.memory;
        }
    for (const KubeRowPtr &row : pods) {
        const auto *pod = row->as<PodRow>();
        const auto place = pod ? places.constFind(pod->node) : places.constEnd();
        if (place == places.constEnd() || pod->phase == Q("Succeeded") || pod->phase == Q("Failed"))
            continue;
        NodeLoad &load = loads[*place];
        ++load.pods;
        load.cpuRequested += std::max<qint64>(0, pod->resources.cpuRequest);
        load.memoryRequested += std::max<qint64>(0, pod->resources.memoryRequest);
    }
    return loads;
}

std::vector<ProbeLine> probesOf(const QJsonObject &podSpec) {
    std::vector<ProbeLine> lines;
    for (const char *list : {"initContainers", "containers"})
        for (const QJsonValue &container : podSpec[Q(list)].toArray())
            for (const auto &[key, kind] : {std::pair("startupProbe", "startup"), std::pair("readinessProbe", "readiness"), std::pair("livenessProbe", "liveness")}) {
                const QJsonObject probe = container[Q(key)].toObject();
                if (probe.isEmpty())
                    continue;
                lines.push_back({container[Q("name")].toString(), Q(kind),
                                 QStringLiteral("%1 delay=%2s timeout=%3s period=%4s #success=%5 #failure=%6").arg(probeAction(probe)).arg(probe[Q("initialDelaySeconds")].toInt()).arg(probe[Q("timeoutSeconds")].toInt(1))
                                     .arg(probe[Q("periodSeconds")].toInt(10)).arg(probe[Q("successThreshold")].toInt(1)).arg(probe[Q("failureThreshold")].toInt(3))});
            }
    return lines;
}

Result<Surge> resolvedSurge(const QString &maxSurge, const QString &maxUnavailable, int desired) {
    const QString quarter = QStringLiteral("25%");
    Surge surge;
    PH_ASSIGN(surge.more, scaled(maxSurge.isEmpty() ? quarter : maxSurge, desired, true));
    PH_ASSIGN(surge.missing, scaled(maxUnavailable.isEmpty() ? quarter : maxUnavailable, desired, false));
    if (surge.more == 0 && surge.missing == 0)
        surge.missing = 1;
    return surge;
}

} // namespace pilothouse::cluster
