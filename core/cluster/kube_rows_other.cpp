// SPDX-License-Identifier: GPL-3.0-or-later
// Autoscalers, claims, events, services, ingresses, nodes and KServe's InferenceServices.
#include "core/cluster/kube_reader_internal.h"

#include "core/cluster/quantity.h"

namespace pilothouse::cluster {

namespace {

/// One metric of an autoscaler as kubectl writes it (formatHPAMetrics): "cpu: 40%/80%", "12/10 (avg)".
QString metricText(const Fields &spec, const Fields &status) {
    const QString unknown = QStringLiteral("<unknown>");
    const std::string_view type = spec.text("type");
    const bool resource = type == "Resource" || type == "ContainerResource";
    const char *key = type == "External" ? "external" : type == "Pods" ? "pods" : type == "Object" ? "object" : type == "Resource" ? "resource" : type == "ContainerResource" ? "containerResource" : "";
    if (!*key)
        return QStringLiteral("<unknown type>");
    const Fields wanted = spec.object(key), target = wanted.object("target"), current = status.object(key).object("current");
    const std::string average = target.anyText("averageValue");
    const auto shown = [&](const std::string &text) { return text.empty() ? unknown : QString::fromStdString(text); };
    const QString prefix = resource ? plain(wanted.text("name")) + QStringLiteral(": ") : QString();
    if (type == "Pods")
        return shown(current.anyText("averageValue")) + QLatin1Char('/') + QString::fromStdString(average);
    if (!average.empty())
        return prefix + shown(current.anyText("averageValue")) + QLatin1Char('/') + QString::fromStdString(average) + (resource ? QString() : QStringLiteral(" (avg)"));
    if (resource) {
        const QString now = current.has("averageUtilization") ? QString::number(current.integer("averageUtilization")) + QLatin1Char('%') : unknown;
        return prefix + now + QLatin1Char('/') + (target.has("averageUtilization") ? QString::number(target.integer("averageUtilization")) + QLatin1Char('%') : QStringLiteral("<auto>"));
    }
    return shown(current.anyText("value")) + QLatin1Char('/') + QString::fromStdString(target.anyText("value"));
}

qint64 amountOf(const Fields &amounts, const char *name, bool milli) {
    const auto quantity = parseQuantity(QString::fromStdString(amounts.anyText(name)));
    return !quantity ? 0 : milli ? quantity->milliValue() : quantity->value();
}

QStringList addressesOf(const Fields &status) {
    QStringList addresses;
    status.object("loadBalancer").each("ingress", [&](const Fields &one) {
        const std::string_view ip = one.text("ip");
        addresses.append(plain(ip.empty() ? one.text("hostname") : ip));
    });
    return addresses;
}

} // namespace

HpaRow readHpa(const Fields &object, TextPool &pool) {
    HpaRow row;
    const Fields spec = object.object("spec"), status = object.object("status"), target = spec.object("scaleTargetRef");
    row.targetKind = pool.text(target.text("kind"));
    row.targetName = pool.text(target.text("name"));
    row.minimum = int(spec.integer("minReplicas", 1));
    row.maximum = int(spec.integer("maxReplicas"));
    row.current = int(status.integer("currentReplicas"));
    row.desired = int(status.integer("desiredReplicas"));
    std::vector<Fields> statuses;
    status.each("currentMetrics", [&](const Fields &one) { statuses.push_back(one); });
    QStringList metrics;
    spec.each("metrics", [&](const Fields &one) { metrics.append(metricText(one, std::size_t(metrics.size()) < statuses.size() ? statuses[std::size_t(metrics.size())] : Fields())); });
    row.metrics = metrics.join(QStringLiteral(", "));
    const Condition able = conditionOf(status, "AbleToScale"), active = conditionOf(status, "ScalingActive"), limited = conditionOf(status, "ScalingLimited");
    for (const Condition *one : {&able, &active})
        if (one->status == "False" && row.reason.isEmpty()) {
            row.reason = pool.text(one->reason);
            row.message = pool.text(one->message);
        }
    row.limited = limited.status == "True";
    if (row.limited)
        row.limitedMessage = pool.text(limited.message);
    return row;
}

ClaimRow readClaim(const Fields &object, TextPool &pool) {
    ClaimRow row;
    const Fields spec = object.object("spec"), status = object.object("status");
    row.phase = pool.text(status.text("phase"));
    row.volume = plain(spec.text("volumeName"));
    row.requested = pool.text(spec.object("resources").object("requests").anyText("storage"));
    row.capacity = pool.text(status.object("capacity").anyText("storage"));
    row.storageClass = pool.text(spec.text("storageClassName"));
    const auto modes = [&](const Fields &from) {
        from.each("accessModes", [&](dom::element mode) {
            std::string_view text;
            if (mode.get(text) == simdjson::SUCCESS)
                row.accessModes.append(pool.text(text));
        });
    };
    modes(status);
    if (row.accessModes.isEmpty())
        modes(spec);
    return row;
}

EventRow readEvent(const Fields &object, TextPool &pool) {
    EventRow row;
    const bool newer = object.has("regarding"); // events.k8s.io/v1
    const Fields involved = object.object(newer ? "regarding" : "involvedObject"), series = object.object("series");
    row.type = pool.text(object.text("type"));
    row.reason = pool.text(object.text("reason"));
    row.message = pool.text(object.text(newer ? "note" : "message"));
    row.involvedKind = pool.text(involved.text("kind"));
    row.involvedSpace = pool.text(involved.text("namespace"));
    row.involvedName = pool.text(involved.text("name"));
    row.involvedUid = pool.text(involved.text("uid"));
    row.count = int(std::max<qint64>({1, object.integer(newer ? "deprecatedCount" : "count"), series.integer("count")}));
    const qint64 created = secondsOf(object.object("metadata").text("creationTimestamp")), when = secondsOf(object.text("eventTime"));
    row.first = secondsOf(object.text(newer ? "deprecatedFirstTimestamp" : "firstTimestamp"));
    if (row.first == 0)
        row.first = when != 0 ? when : created;
    row.last = std::max({secondsOf(object.text(newer ? "deprecatedLastTimestamp" : "lastTimestamp")), secondsOf(series.text("lastObservedTime")), row.first});
    const std::string_view source = object.object(newer ? "deprecatedSource" : "source").text("component"), reporter = object.text(newer ? "reportingController" : "reportingComponent");
    row.source = pool.text(source.empty() ? reporter : source);
    return row;
}

ServiceRow readService(const Fields &object, TextPool &pool) {
    ServiceRow row;
    const Fields spec = object.object("spec");
    row.type = pool.text(spec.text("type"));
    row.clusterIp = plain(spec.text("clusterIP"));
    row.external = addressesOf(object.object("status"));
    spec.each("externalIPs", [&](dom::element one) {
        std::string_view text;
        if (one.get(text) == simdjson::SUCCESS)
            row.external.append(plain(text));
    });
    if (const std::string_view name = spec.text("externalName"); !name.empty())
        row.external.append(plain(name));
    spec.each("ports", [&](const Fields &port) {
        const qint64 node = port.integer("nodePort");
        const std::string_view protocol = port.text("protocol");
        row.ports.append(QString::number(port.integer("port")) + (node ? QLatin1Char(':') + QString::number(node) : QString()) + QLatin1Char('/') + (protocol.empty() ? QStringLiteral("TCP") : plain(protocol)));
    });
    row.selector = pool.labels(spec.object("selector"));
    return row;
}

IngressRow readIngress(const Fields &object, TextPool &pool) {
    IngressRow row;
    const Fields spec = object.object("spec");
    row.className = pool.text(spec.text("ingressClassName"));
    row.addresses = addressesOf(object.object("status"));
    spec.each("tls", [&](const Fields &) { row.tls = true; });
    const auto backend = [](const QString &from, const Fields &to) {
        const Fields service = to.object("service"), port = service.object("port");
        const QString number = port.has("number") ? QString::number(port.integer("number")) : plain(port.text("name"));
        return service ? from + QStringLiteral(" → ") + plain(service.text("name")) + QLatin1Char(':') + number : from + QStringLiteral(" → ") + plain(to.object("resource").text("name"));
    };
    spec.each("rules", [&](const Fields &rule) {
        const std::string_view host = rule.text("host");
        row.hosts.append(host.empty() ? QStringLiteral("*") : plain(host));
        rule.object("http").each("paths", [&](const Fields &path) { row.backends.append(backend(row.hosts.last() + plain(path.text("path")), path.object("backend"))); });
    });
    if (const Fields otherwise = spec.object("defaultBackend"))
        row.backends.append(backend(QStringLiteral("*"), otherwise));
    return row;
}

NodeRow readNode(const Fields &object, TextPool &pool) {
    NodeRow row;
    const Fields spec = object.object("spec"), status = object.object("status"), allocatable = status.object("allocatable");
    const Condition ready = conditionOf(status, "Ready");
    row.ready = ready.status == "True";
    if (!row.ready) {
        row.reason = pool.text(ready.reason);
        row.message = pool.text(ready.message);
    }
    row.unschedulable = spec.boolean("unschedulable");
    status.each("conditions", [&](const Fields &condition) {
        if (condition.text("type") != "Ready" && condition.text("status") == "True")
            row.pressures.append(pool.text(condition.text("type")));
    });
    constexpr std::string_view role = "node-role.kubernetes.io/";
    object.object("metadata").object("labels").fields([&](std::string_view name, dom::element) {
        if (name.substr(0, role.size()) == role)
            row.roles.append(pool.text(name.substr(role.size())));
    });
    spec.each("taints", [&](const Fields &taint) {
        const std::string_view value = taint.text("value");
        row.taints.append(plain(taint.text("key")) + (value.empty() ? QString() : QLatin1Char('=') + plain(value)) + QLatin1Char(':') + plain(taint.text("effect")));
    });
    row.version = pool.text(status.object("nodeInfo").text("kubeletVersion"));
    status.each("addresses", [&](const Fields &address) {
        if (address.text("type") == "InternalIP" && row.address.isEmpty())
            row.address = plain(address.text("address"));
    });
    row.cpuAllocatable = amountOf(allocatable, "cpu", true);
    row.memoryAllocatable = amountOf(allocatable, "memory", false);
    row.podsAllocatable = amountOf(allocatable, "pods", false);
    return row;
}

InferenceRow readInference(const Fields &object, TextPool &pool) {
    InferenceRow row;
    const Fields status = object.object("status"), predictor = status.object("components").object("predictor"), model = status.object("modelStatus");
    const Condition ready = conditionOf(status, "Ready");
    row.ready = ready.status == "True";
    if (!row.ready) {
        row.reason = pool.text(ready.reason);
        row.message = pool.text(ready.message);
    }
    row.url = plain(status.text("url"));
    row.readyRevision = pool.text(predictor.text("latestReadyRevision"));
    row.previousRevision = pool.text(predictor.text("previousRolledoutRevision"));
    predictor.each("traffic", [&](const Fields &traffic) {
        int &share = traffic.boolean("latestRevision") ? row.latestPercent : row.previousPercent;
        share = std::max(0, share) + int(traffic.integer("percent"));
    });
    row.modelState = pool.text(model.text("transitionStatus"));
    row.failure = pool.text(model.object("lastFailureInfo").text("message"));
    return row;
}

} // namespace pilothouse::cluster
