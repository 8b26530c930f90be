// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/pod_selector.h"

#include <QJsonArray>

namespace pilothouse::cluster {

using Q = QLatin1String;

QString selectorText(const QJsonObject &selector) {
    const bool plain = !selector.contains(Q("matchLabels")) && !selector.contains(Q("matchExpressions"));
    const QJsonObject labels = plain ? selector : selector.value(Q("matchLabels")).toObject();
    QStringList parts;
    for (auto it = labels.begin(); it != labels.end(); ++it)
        parts << it.key() + QLatin1Char('=') + it.value().toString();
    for (const QJsonValue &value : selector.value(Q("matchExpressions")).toArray()) {
        const QJsonObject e = value.toObject();
        const QString key = e.value(Q("key")).toString(), what = e.value(Q("operator")).toString();
        QStringList values;
        for (const QJsonValue &v : e.value(Q("values")).toArray())
            values << v.toString();
        if (what == Q("In"))
            parts << QStringLiteral("%1 in (%2)").arg(key, values.join(QLatin1Char(',')));
        else if (what == Q("NotIn"))
            parts << QStringLiteral("%1 notin (%2)").arg(key, values.join(QLatin1Char(',')));
        else if (what == Q("Exists"))
            parts << key;
        else if (what == Q("DoesNotExist"))
            parts << QLatin1Char('!') + key;
    }
    return parts.join(QLatin1Char(','));
}

Result<PodSelector> PodSelector::of(const KubeApi &api, const KubeRef &what, std::stop_token token) {
    PodSelector out;
    out.m_space = what.space;
    PH_ASSIGN(out.m_object, api.read(what, token));
    if (what.kind.plural == Q("pods")) {
        out.m_pod = what.name;
        return out;
    }
    if (what.kind.group == Q("serving.kserve.io")) {
        out.m_labels = QStringLiteral("serving.kserve.io/inferenceservice=") + what.name;
        return out;
    }
    QJsonObject spec = out.m_object.value(Q("spec")).toObject();
    if (!spec.contains(Q("selector")) && spec.value(Q("workloadRef")).isObject()) { // an Argo Rollout that borrows the template of a Deployment
        const QJsonObject ref = spec.value(Q("workloadRef")).toObject();
        PH_ASSIGN(const KubeKind kind, kindNamed(ref.value(Q("kind")).toString().toLower()));
        PH_ASSIGN(const QJsonObject workload, api.read({kind, what.space, ref.value(Q("name")).toString()}, token));
        spec = workload.value(Q("spec")).toObject();
    }
    out.m_labels = selectorText(spec.value(Q("selector")).toObject());
    if (out.m_labels.isEmpty())
        return refused(QStringLiteral("%1 selects no pods.").arg(what.text()), {}, what.kind.plural == Q("cronjobs") ? QStringLiteral("Name one of its jobs: job/NAME.") : QStringLiteral("Name a workload (deployment/NAME), a service or a pod."));
    return out;
}

Result<std::vector<QJsonObject>> PodSelector::pods(const KubeApi &api, std::stop_token token, QString *resourceVersion) const {
    if (!m_pod.isEmpty()) {
        auto pod = api.read({kinds::Pod, m_space, m_pod}, token);
        if (!pod && pod.error().kind == ErrorKind::NotFound)
            return std::vector<QJsonObject>();
        if (!pod)
            return pod.error();
        return std::vector<QJsonObject>{*std::move(pod)};
    }
    return api.list(kinds::Pod, m_space, m_labels, token, resourceVersion);
}

bool podIsReady(const QJsonObject &pod) {
    if (!metadataText(pod, "deletionTimestamp").isEmpty())
        return false;
    for (const QJsonValue &value : pod.value(Q("status")).toObject().value(Q("conditions")).toArray())
        if (value.toObject().value(Q("type")) == Q("Ready"))
            return value.toObject().value(Q("status")) == Q("True");
    return false;
}

QString defaultContainer(const QJsonObject &pod) {
    const QString named = annotation(pod, QStringLiteral("kubectl.kubernetes.io/default-container"));
    return named.isEmpty() ? pod.value(Q("spec")).toObject().value(Q("containers")).toArray().first().toObject().value(Q("name")).toString() : named;
}

} // namespace pilothouse::cluster
