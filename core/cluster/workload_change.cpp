// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/workload_change.h"

#include <QRegularExpression>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

QJsonObject specOf(const QJsonObject &object) { return object.value(Q("spec")).toObject(); }
QJsonObject templateOf(const QJsonObject &workload) { return specOf(workload).value(Q("template")).toObject(); }
QJsonObject annotationsOf(const QJsonObject &object) { return object.value(Q("metadata")).toObject().value(Q("annotations")).toObject(); }

QJsonObject op(const char *name, const QString &path, const QJsonValue &value = QJsonValue::Undefined) {
    QJsonObject out{{Q("op"), Q(name)}, {Q("path"), path}};
    if (!value.isUndefined())
        out.insert(Q("value"), value);
    return out;
}

/// A key as a part of a JSON pointer.
QString pointer(QString key) { return key.replace(QLatin1Char('~'), Q("~0")).replace(QLatin1Char('/'), Q("~1")); }

struct Place {
    QString path; ///< "/spec/template/spec/containers/0"
    QJsonObject container;
};

std::optional<Place> placeOf(const QJsonObject &workload, const QString &name) {
    const QJsonObject spec = specOf(templateOf(workload));
    for (const char *list : {"containers", "initContainers"}) {
        const QJsonArray containers = spec.value(Q(list)).toArray();
        for (qsizetype i = 0; i < containers.size(); ++i)
            if (containers.at(i).toObject().value(Q("name")).toString() == name)
                return Place{QStringLiteral("/spec/template/spec/%1/%2").arg(Q(list)).arg(i), containers.at(i).toObject()};
    }
    return std::nullopt;
}

QStringList containerNames(const QJsonObject &workload) {
    QStringList out;
    for (const char *list : {"containers", "initContainers"})
        for (const QJsonValue &container : specOf(templateOf(workload)).value(Q(list)).toArray())
            out << container.toObject().value(Q("name")).toString();
    return out;
}

Error noContainer(const QJsonObject &workload, const QString &name) {
    return notFound(name.isEmpty() ? QStringLiteral("It has several containers: say which one.") : QStringLiteral("It has no container “%1”.").arg(name),
                    workload.value(Q("metadata")).toObject().value(Q("name")).toString(), QStringLiteral("It has: %1.").arg(containerNames(workload).join(QStringLiteral(", "))));
}

Result<Place> place(const QJsonObject &workload, const QString &container) {
    PH_ASSIGN(const QString name, containerFor(workload, container));
    return *placeOf(workload, name); // containerFor() gives only such as are there
}

/// Sets and removes keys of an object at a path, making the object where it is missing.
void settingOps(QJsonArray &ops, const QString &path, const QJsonValue &there, const Settings &settings) {
    const QJsonObject old = there.toObject();
    bool made = there.isObject();
    for (auto it = settings.begin(); it != settings.end(); ++it) {
        const QString at = path + QLatin1Char('/') + pointer(it.key());
        if (it.value() && !made) {
            ops.append(op("add", path, QJsonObject()));
            made = true;
        }
        if (it.value() && old.value(it.key()).toString() != *it.value())
            ops.append(op("add", at, *it.value()));
        else if (!it.value() && old.contains(it.key()))
            ops.append(op("remove", at));
    }
}

Result<void> checkQuantities(const Settings &settings, const QString &where) {
    static const QRegularExpression quantity(QStringLiteral("^[0-9]*\\.?[0-9]+([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$"));
    for (auto it = settings.begin(); it != settings.end(); ++it)
        if (it.value() && !quantity.match(*it.value()).hasMatch())
            return invalid(QStringLiteral("“%1” is no quantity.").arg(*it.value()), QStringLiteral("%1.%2").arg(where, it.key()), QStringLiteral("For example cpu=500m, memory=1Gi."));
    return {};
}

} // namespace

QString imageRepository(const QString &image) {
    const QString named = image.section(QLatin1Char('@'), 0, 0);
    const qsizetype colon = named.indexOf(QLatin1Char(':'), named.lastIndexOf(QLatin1Char('/')) + 1); // a colon before the last slash is a port
    return colon < 0 ? named : named.left(colon);
}

QJsonObject containerNamed(const QJsonObject &podTemplate, const QString &name) {
    for (const char *list : {"containers", "initContainers"})
        for (const QJsonValue &container : specOf(podTemplate).value(Q(list)).toArray())
            if (container.toObject().value(Q("name")).toString() == name)
                return container.toObject();
    return {};
}

Result<QString> containerFor(const QJsonObject &workload, const QString &name, const QString &image) {
    if (!name.isEmpty())
        return placeOf(workload, name) ? Result<QString>(name) : Result<QString>(noContainer(workload, name));
    const QJsonArray containers = specOf(templateOf(workload)).value(Q("containers")).toArray();
    if (containers.size() == 1)
        return containers.first().toObject().value(Q("name")).toString();
    QStringList fitting;
    for (const QJsonValue &container : containers)
        if (!image.isEmpty() && imageRepository(container.toObject().value(Q("image")).toString()) == imageRepository(image))
            fitting << container.toObject().value(Q("name")).toString();
    return fitting.size() == 1 ? Result<QString>(fitting.first()) : Result<QString>(noContainer(workload, {}));
}

Result<QJsonArray> imagePatch(const QJsonObject &workload, const QString &container, const QString &image) {
    PH_ASSIGN(const Place at, place(workload, container));
    if (image.isEmpty() || image.contains(QLatin1Char(' ')))
        return invalid(QStringLiteral("“%1” is no image.").arg(image), {}, QStringLiteral("For example registry.example/team/api:420."));
    if (at.container.value(Q("image")).toString() == image)
        return refused(QStringLiteral("The container %1 has the image %2 already.").arg(at.container.value(Q("name")).toString(), image), {}, QStringLiteral("To have its pods made anew: pilot rollouts restart."));
    return QJsonArray{op("replace", at.path + QStringLiteral("/image"), image)};
}

Result<QJsonArray> environmentPatch(const QJsonObject &workload, const QString &container, const Settings &variables) {
    PH_ASSIGN(const Place at, place(workload, container));
    static const QRegularExpression name(QStringLiteral("^[-._a-zA-Z][-._a-zA-Z0-9]*$"));
    const QJsonValue there = at.container.value(Q("env"));
    QJsonArray env = there.toArray();
    for (auto it = variables.begin(); it != variables.end(); ++it) {
        if (!name.match(it.key()).hasMatch())
            return invalid(QStringLiteral("“%1” is no name of an environment variable.").arg(it.key()), {}, QStringLiteral("Write NAME=VALUE, or NAME- to take it away."));
        qsizetype found = 0;
        while (found < env.size() && env.at(found).toObject().value(Q("name")).toString() != it.key())
            ++found;
        if (found < env.size() && !it.value())
            env.removeAt(found);
        else if (found == env.size() && !it.value())
            return notFound(QStringLiteral("The container %1 sets no variable %2.").arg(at.container.value(Q("name")).toString(), it.key()), {}, QStringLiteral("One from envFrom is taken away at its ConfigMap or Secret."));
        else if (found < env.size())
            env.replace(found, QJsonObject{{Q("name"), it.key()}, {Q("value"), *it.value()}});
        else
            env.append(QJsonObject{{Q("name"), it.key()}, {Q("value"), *it.value()}});
    }
    if (env == there.toArray())
        return refused(QStringLiteral("The container %1 has these variables so already.").arg(at.container.value(Q("name")).toString()));
    return QJsonArray{env.isEmpty() ? op("remove", at.path + QStringLiteral("/env")) : op("add", at.path + QStringLiteral("/env"), env)};
}

Result<QJsonArray> resourcesPatch(const QJsonObject &workload, const QString &container, const Settings &requests, const Settings &limits) {
    PH_ASSIGN(const Place at, place(workload, container));
    PH_TRY(checkQuantities(requests, QStringLiteral("requests")));
    PH_TRY(checkQuantities(limits, QStringLiteral("limits")));
    const QJsonValue there = at.container.value(Q("resources"));
    const QJsonObject old = there.toObject();
    QJsonArray ops, inner;
    const QString path = at.path + QStringLiteral("/resources");
    settingOps(inner, path + QStringLiteral("/requests"), old.value(Q("requests")), requests);
    settingOps(inner, path + QStringLiteral("/limits"), old.value(Q("limits")), limits);
    if (inner.isEmpty())
        return refused(QStringLiteral("The container %1 has these requests and limits already.").arg(at.container.value(Q("name")).toString()));
    if (!there.isObject())
        ops.append(op("add", path, QJsonObject()));
    for (const QJsonValue &value : std::as_const(inner))
        ops.append(value);
    return ops;
}

Result<QJsonArray> restartPatch(const QJsonObject &workload, const QDateTime &now) {
    if (specOf(workload).value(Q("paused")).toBool())
        return refused(QStringLiteral("can't restart paused deployment (run rollout resume first)"), {}, QStringLiteral("`pilot rollouts resume` does that here."));
    const QJsonObject metadata = templateOf(workload).value(Q("metadata")).toObject();
    QJsonArray ops;
    if (!templateOf(workload).value(Q("metadata")).isObject())
        ops.append(op("add", QStringLiteral("/spec/template/metadata"), QJsonObject()));
    if (!metadata.value(Q("annotations")).isObject())
        ops.append(op("add", QStringLiteral("/spec/template/metadata/annotations"), QJsonObject()));
    ops.append(op("add", QStringLiteral("/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt"), now.toUTC().toString(Qt::ISODate)));
    return ops;
}

Result<QJsonArray> pausePatch(const QJsonObject &workload, bool paused) {
    if (const QString kind = workload.value(Q("kind")).toString(); kind != Q("Deployment"))
        return invalid(QStringLiteral("A %1 cannot be paused.").arg(kind), {}, QStringLiteral("Only Deployments can; a StatefulSet can hold back pods by its partition."));
    if (specOf(workload).value(Q("paused")).toBool() == paused)
        return refused(paused ? QStringLiteral("It is paused already.") : QStringLiteral("It is not paused."));
    return QJsonArray{paused ? op("add", QStringLiteral("/spec/paused"), true) : op("remove", QStringLiteral("/spec/paused"))};
}

QJsonArray undoPatch(const QJsonObject &workload, const WorkloadRevision &to) {
    QJsonObject podTemplate = to.podTemplate;
    podTemplate.remove(QStringLiteral("$patch"));
    if (workload.value(Q("kind")).toString() != Q("Deployment"))
        return {op("replace", QStringLiteral("/spec/template"), podTemplate)};
    QJsonObject metadata = podTemplate.value(Q("metadata")).toObject(), labels = metadata.value(Q("labels")).toObject();
    labels.remove(QStringLiteral("pod-template-hash"));
    metadata.insert(Q("labels"), labels);
    podTemplate.insert(Q("metadata"), metadata);
    static const QStringList kept{QStringLiteral("kubectl.kubernetes.io/last-applied-configuration"), QStringLiteral("deployment.kubernetes.io/revision"),
                                  QStringLiteral("deployment.kubernetes.io/revision-history"), QStringLiteral("deployment.kubernetes.io/desired-replicas"),
                                  QStringLiteral("deployment.kubernetes.io/max-replicas"), QStringLiteral("deprecated.deployment.rollback.to")};
    QJsonObject annotations = to.annotations;
    const QJsonObject own = annotationsOf(workload);
    for (const QString &key : kept) {
        annotations.remove(key);
        if (own.contains(key))
            annotations.insert(key, own.value(key));
    }
    return {op("replace", QStringLiteral("/spec/template"), podTemplate), op(own.isEmpty() ? "add" : "replace", QStringLiteral("/metadata/annotations"), annotations)};
}

QJsonObject templateAnnotation(const QString &key, const QString &value) { return op("add", QStringLiteral("/spec/template/metadata/annotations/") + pointer(key), value); }

void addAnnotation(QJsonArray &ops, const QJsonObject &workload, const QString &key, const QString &value) {
    const bool replaced = std::any_of(ops.begin(), ops.end(), [](const QJsonValue &o) { return o.toObject().value(Q("path")).toString() == Q("/metadata/annotations"); });
    if (!replaced && annotationsOf(workload).isEmpty())
        ops.append(op("add", QStringLiteral("/metadata/annotations"), QJsonObject()));
    ops.append(op("add", QStringLiteral("/metadata/annotations/") + pointer(key), value));
}

QJsonArray boundTo(QJsonArray ops, const QJsonObject &workload) {
    // As a value and not as a test: the server answers 409 then, and 422 to a test that fails as to any wrong patch.
    ops.prepend(op("replace", QStringLiteral("/metadata/resourceVersion"), workload.value(Q("metadata")).toObject().value(Q("resourceVersion"))));
    return ops;
}

} // namespace pilothouse::cluster
