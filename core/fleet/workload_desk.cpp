// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/workload_desk.h"

namespace pilothouse::fleet {

namespace {

Result<rollouts::WorkloadDesk> desk(const Services &services, const QString &connection) {
    rollouts::WorkloadDesk out;
    PH_ASSIGN(out.api, services.clusters->of(connection));
    out.actor = services.operations->actor();
    out.clock = services.clock;
    return out;
}

} // namespace

Result<rollouts::WorkloadDesk> workloadDesk(const Services &services, const QString &connection, const QString &target, const QString &space) {
    PH_ASSIGN(auto out, desk(services, connection));
    PH_ASSIGN(out.ref, cluster::parseKubeRef(target, space.isEmpty() ? out.api->space() : space));
    PH_ASSIGN(const cluster::KubeKind revisions, cluster::revisionKind(out.ref.kind));
    return out;
}

Result<rollouts::WorkloadDesk> workloadDesk(const Services &services, const operations::RecordedOperation &recorded) {
    PH_ASSIGN(auto out, desk(services, recorded.connection));
    PH_ASSIGN(out.ref, rollouts::workloadOf(recorded));
    return out;
}

} // namespace pilothouse::fleet
