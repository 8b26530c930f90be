// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/workload_desk.h"

#include "core/fleet/clusters.h"
#include "core/fleet/image_registries.h"

namespace pilothouse::fleet {

namespace {

Result<rollouts::WorkloadDesk> desk(const Services &services, const QString &connection) {
    rollouts::WorkloadDesk out;
    PH_ASSIGN(out.api, services.clusters->of(connection));
    out.actor = services.operations->actor();
    out.clock = services.clock;
    // Registries that a connection names: others may be out of reach from here, and a plan would wait for each.
    out.digest = [images = services.images](const QString &image, std::stop_token token) -> Result<QString> {
        PH_ASSIGN(const cluster::ImageReference reference, cluster::parseImage(image));
        return images->hosts().values().contains(reference.host) ? images->digest(image, token) : Result<QString>(QString());
    };
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
