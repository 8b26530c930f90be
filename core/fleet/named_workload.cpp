// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/named_workload.h"

#include "core/fleet/clusters.h"

namespace pilothouse::fleet {

Result<NamedWorkload> namedWorkload(const Services &services, const QString &target, const QString &connection, const QString &space, const QString &elsewhere) {
    QString name = target, within = space;
    NamedWorkload out;
    out.connection = connection;
    if (!target.contains(QLatin1Char('/'))) {
        const workspace::Model *model = services.workspace.model(target);
        if (!model)
            return notFound(QStringLiteral("The workspace has no model “%1”.").arg(target), services.workspace.file, QStringLiteral("Name a workload: deployment/NAME."));
        if (services.workspace.connections.value(model->deployment.connection).kind != QLatin1String("kubernetes"))
            return refused(QStringLiteral("%1 is not served by a cluster.").arg(target), {}, elsewhere);
        name = model->deployment.target;
        out.connection = model->deployment.connection;
        if (within.isEmpty())
            within = model->deployment.space;
    }
    PH_ASSIGN(const auto api, services.clusters->of(out.connection));
    PH_ASSIGN(out.ref, cluster::parseKubeRef(name, within.isEmpty() ? api->space() : within));
    return out;
}

} // namespace pilothouse::fleet
