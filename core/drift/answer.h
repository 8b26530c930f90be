// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/drift/drift.h"

namespace pilothouse::drift {

/// What a report says in all: "drift"; "no drift"; "cannot tell", where no column has rows enough for an answer; "no rows", where one side has none. Stands in JSON as "answer".
QString answerOf(const DriftReport &report);
/// The same as a short sentence: "Drift found.", "No drift found.", with the columns that have too few rows to say.
QString answerText(const DriftReport &report);

} // namespace pilothouse::drift
