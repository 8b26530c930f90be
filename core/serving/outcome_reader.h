// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"
#include "core/serving/accuracy_series.h"
#include "core/serving/revision.h"

namespace pilothouse::serving {

/// Every row that the log's endpoint answered from `fromMs` on and before `toMs`, with the label that came for it. A forecast counts by its first step.
/// @param target  of a forecast of several, the one that is asked about; else empty: labels of revisions of another target do not count
Result<Outcomes> readOutcomes(Database &database, const QString &target, qint64 fromMs, qint64 toMs);

/// A version beginning to serve here.
struct DeployMarker {
    qint64 timeMs = 0;
    int revision = 0, version = 0;
    QString outcome; ///< stable | canary | superseded | aborted | undone | variant, as it is now
};
/// Of the log's endpoint, oldest first.
Result<std::vector<DeployMarker>> deployMarkers(Database &database);

} // namespace pilothouse::serving
