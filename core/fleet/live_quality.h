// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"
#include "core/serving/log_reader.h"

namespace pilothouse::fleet {

/// The metrics that the workspace watches with their limits and units, in its order; no values yet.
std::vector<Quality> watchedQualities(const workspace::Model &model);

/// Quality from the labels that came to the model's endpoint, and drift of what it was asked against the champion's training
/// profile; both from the endpoint's own prediction log. Of several watches the first that is over its limit, else the first. Leaves the row as it is where there is no log yet.
void addLiveQuality(const Services &services, const workspace::Model &model, ModelRow &row);

/// What the model's endpoint was asked and answered lately, from the same log; empty where there is none yet. Blocking.
Result<serving::Traffic> trafficOf(const Services &services, const workspace::Model &model);

/// The newest rows that it was asked, from the same log. NotFound: it was not asked yet, or not by this machine. Blocking.
Result<serving::LoggedRows> loggedRows(const Services &services, const workspace::Model &model, std::size_t rows);
/// true: there is such a log.
bool hasLog(const Services &services, const workspace::Model &model);

} // namespace pilothouse::fleet
