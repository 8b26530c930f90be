// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/drift/drift.h"
#include "core/fleet/services.h"

#include <QDate>

#include <vector>

namespace pilothouse::fleet {

inline constexpr std::size_t driftRowsADay = 5000; ///< newest rows of a day that are looked at

/// How far each input of what a model was asked lay from its training data, day by day.
struct DriftDays {
    int version = 0;                         ///< whose training data
    std::vector<QDate> days;                 ///< oldest first, days of the workspace's time zone
    std::vector<QString> columns;            ///< the one that lies furthest on the newest days first
    std::vector<std::vector<double>> effect; ///< [column][day]: PSI less what chance adds; NaN: not asked, or too few rows to say
    std::vector<std::size_t> rows;           ///< of each day, driftRowsADay at most
    bool empty() const { return columns.empty(); }
};

/// The last `days` days from the endpoint's own prediction log against the training profile of the version that answers. NotFound: it was
/// never asked, or its package is not here. Blocking: some tenths of a second a day with driftRowsADay rows.
Result<DriftDays> driftByDay(const Services &services, const workspace::Model &model, int version, int days, const QDateTime &now, std::stop_token stop = {});
/// The same against a profile that is at hand.
Result<DriftDays> driftByDay(const drift::Profile &trained, const Services &services, const workspace::Model &model, int version, int days, const QDateTime &now, std::stop_token stop = {});

} // namespace pilothouse::fleet
