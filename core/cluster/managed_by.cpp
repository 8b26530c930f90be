// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/managed_by.h"

#include "core/cluster/kube_object.h"

#include <QJsonArray>
#include <QStringList>

namespace pilothouse::cluster {

namespace {

using Tool = Manager::Tool;

/// Names under which the tools write (managedFields[].manager).
std::optional<Manager> byFields(const QJsonObject &object) {
    const struct {
        const char *manager;
        Tool tool;
    } known[] = {{"argocd-controller", Tool::ArgoCd}, {"argocd-application-controller", Tool::ArgoCd}, {"kustomize-controller", Tool::Flux}, {"helm-controller", Tool::Flux},
                 {"configsync", Tool::ConfigSync},    {"helm", Tool::Helm}};
    const QJsonArray fields = object.value(QLatin1String("metadata")).toObject().value(QLatin1String("managedFields")).toArray();
    for (const auto &entry : known)
        for (const QJsonValue &field : fields)
            if (field.toObject().value(QLatin1String("manager")).toString() == QLatin1String(entry.manager) && field.toObject().value(QLatin1String("subresource")).toString().isEmpty())
                return Manager{entry.tool, {}, {}, entry.tool != Tool::Helm, QStringLiteral("field manager ") + QLatin1String(entry.manager)};
    return std::nullopt;
}

} // namespace

QString Manager::toolName() const {
    switch (tool) {
    case Tool::ArgoCd:
        return QStringLiteral("Argo CD");
    case Tool::Flux:
        return QStringLiteral("Flux");
    case Tool::Helm:
        return QStringLiteral("Helm");
    case Tool::ConfigSync:
        return QStringLiteral("Config Sync");
    }
    return {};
}

QString Manager::sentence() const {
    const char *const noun = tool == Tool::ArgoCd ? "application" : tool == Tool::Helm ? "release" : "configuration";
    const QString what = name.isEmpty() ? QString() : QStringLiteral(" as the %1 %2%3 says").arg(QLatin1String(noun), name, space.isEmpty() ? QString() : QStringLiteral(" in ") + space);
    return reverts ? QStringLiteral("%1 keeps this object%2: a change here is put back. Change it in Git.").arg(toolName(), what)
                   : QStringLiteral("%1 keeps this object%2: its next upgrade puts a change here back. Change the chart's values too.").arg(toolName(), what);
}

std::optional<Manager> managedBy(const QJsonObject &object) {
    const auto labelled = [&](const char *key) { return label(object, QString::fromLatin1(key)); };
    const auto annotated = [&](const char *key) { return annotation(object, QString::fromLatin1(key)); };
    if (const QString id = annotated("argocd.argoproj.io/tracking-id"); !id.isEmpty()) // APP:GROUP/KIND:NAMESPACE/NAME
        return Manager{Tool::ArgoCd, id.section(QLatin1Char(':'), 0, 0), {}, true, QStringLiteral("annotation argocd.argoproj.io/tracking-id")};
    if (const QString app = labelled("argocd.argoproj.io/instance"); !app.isEmpty())
        return Manager{Tool::ArgoCd, app, {}, true, QStringLiteral("label argocd.argoproj.io/instance")};
    for (const char *part : {"kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io"}) {
        const QString prefix = QString::fromLatin1(part), name = label(object, prefix + QStringLiteral("/name"));
        if (!name.isEmpty() && annotation(object, prefix + QStringLiteral("/reconcile")) != QLatin1String("disabled"))
            return Manager{Tool::Flux, name, label(object, prefix + QStringLiteral("/namespace")), true, QStringLiteral("label %1/name").arg(prefix)};
    }
    if (annotated("configmanagement.gke.io/managed") == QLatin1String("enabled"))
        return Manager{Tool::ConfigSync, {}, {}, true, QStringLiteral("annotation configmanagement.gke.io/managed")};
    auto fields = byFields(object);
    if (fields && fields->reverts) { // Argo CD's own default label says the application, and everybody else's says anything
        if (fields->tool == Tool::ArgoCd)
            fields->name = labelled("app.kubernetes.io/instance");
        return fields;
    }
    if (const QString release = annotated("meta.helm.sh/release-name"); !release.isEmpty())
        return Manager{Tool::Helm, release, annotated("meta.helm.sh/release-namespace"), false, QStringLiteral("annotation meta.helm.sh/release-name")};
    if (labelled("app.kubernetes.io/managed-by") == QLatin1String("Helm"))
        return Manager{Tool::Helm, labelled("app.kubernetes.io/instance"), {}, false, QStringLiteral("label app.kubernetes.io/managed-by")};
    return fields;
}

} // namespace pilothouse::cluster
