// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/drift_days.h"

namespace pilothouse::ui {

/// "input,day,rows,psi": a line for each input and day; a day of too few rows has no value.
QByteArray daysCsv(const fleet::DriftDays &days);

} // namespace pilothouse::ui
