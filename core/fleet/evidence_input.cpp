// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/evidence_input.h"

#include "core/fleet/endpoint.h"
#include "core/serving/endpoint_scorer.h"

namespace pilothouse::fleet {

Result<promotion::EvidenceInput> evidenceInput(const Services &services, const ModelPlace &place, int version, const QString &alias, std::stop_token stop) {
    PH_ASSIGN(promotion::EvidenceInput in, services.promotions->evidenceInput(place.key, version, alias, stop));
    if (!place.declared || alias != place.champion)
        return in;
    const auto endpoint = endpointOf(services, place.declared->name);
    if (!endpoint) // it serves nowhere: the sheet says what cannot be compared
        return in;
    in.championEndpoint = endpoint->url;
    in.askChampion = [client = endpoint->client, url = endpoint->url, stop](const artifact::Signature &signature) -> Result<artifact::ScorerPtr> { return serving::endpointScorer(client, signature, url, stop); };
    return in;
}

} // namespace pilothouse::fleet
