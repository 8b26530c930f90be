// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse::pipelines {

/// One vocabulary for all systems (DESIGN_SYSTEM §4). A word the mapping does not know is Unknown, never Passed. Warned: passed with warnings (Jenkins UNSTABLE).
enum class State { Waiting, Running, Passed, Failed, Paused, Skipped, Cancelled, Unknown, Warned };
QString stateName(State state); ///< "waiting" …
State stateFromName(const QString &name);
bool hasEnded(State state);   ///< passed, warned, failed, skipped, cancelled
bool hasPassed(State state);  ///< passed, warned

} // namespace pilothouse::pipelines
