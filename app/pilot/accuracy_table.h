// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/serving/outcome_reader.h"

namespace pilothouse {

/// Stretches as lines for people, with the versions that began to serve in between.
QString accuracyTable(const serving::AccuracySeries &series, const std::vector<serving::DeployMarker> &deploys, const serving::AccuracyOptions &options);

/// One line a stretch: slice (empty: all rows), name, from, to, predictions, labelled, value, low, high, rolling value, low, high, incomplete, versions.
QByteArray accuracyCsv(const std::vector<std::pair<QString, const serving::AccuracySeries *>> &parts, const serving::AccuracyOptions &options);

} // namespace pilothouse
