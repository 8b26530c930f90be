// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/telemetry/slo_reading.h"

#include <QString>

namespace pilothouse::ui {

/// "Promise kept", "Promise broken"; empty: nothing is promised, or nothing was asked.
QString sloVerdict(const telemetry::SloReading &reading);
/// Whole sentences for a tooltip: what is promised, what was seen, how much of the failures that it allows are used.
QString sloSentences(const telemetry::SloReading &reading);

} // namespace pilothouse::ui
