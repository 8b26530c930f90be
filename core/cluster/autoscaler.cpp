// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/autoscaler.h"

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

} // namespace

std::optional<Autoscaler> autoscalerOf(const KubeRef &workload, const std::vector<QJsonObject> &autoscalers) {
    for (const QJsonObject &object : autoscalers) {
        const QJsonObject spec = object.value(Q("spec")).toObject(), target = spec.value(Q("scaleTargetRef")).toObject();
        if (target.value(Q("kind")).toString() == workload.kind.kind && target.value(Q("name")).toString() == workload.name)
            return Autoscaler{metadataText(object, "name"), spec.value(Q("minReplicas")).toInteger(1), spec.value(Q("maxReplicas")).toInteger()};
    }
    return std::nullopt;
}

QString Autoscaler::text() const {
    return QStringLiteral("HorizontalPodAutoscaler %1 (%2 to %3) sets the number of replicas: it will change this again. Change its limits instead.").arg(name).arg(minimum).arg(maximum);
}

Result<std::optional<Autoscaler>> readAutoscaler(const KubeApi &api, const KubeRef &workload, std::stop_token token) {
    PH_ASSIGN(const auto all, api.list(kinds::HorizontalPodAutoscaler, workload.space, {}, token));
    return autoscalerOf(workload, all);
}

} // namespace pilothouse::cluster
