// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"

namespace pilothouse::testing {

/// The invented estate of the design boards, as far as the local back end can have it: nine models, six inbox items, a week of
/// events, runs, promotions, a journal. One fixed time (sampleNow), so that pictures and texts do not change from run to run.
inline QDateTime sampleNow() { return QDateTime(QDate(2026, 11, 21), QTime(14, 32, 8), Qt::UTC); }
fleet::Snapshot sampleSnapshot();
/// A workspace that was just opened: models declared, nothing trained.
fleet::Snapshot freshSnapshot();

} // namespace pilothouse::testing
