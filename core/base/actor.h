// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse {

/// The OS user of this process (real user id, from the user database; the number if it has no name).
/// Core calls take the actor as a value, so a test can act two people; programs always pass this one.
QString currentActor();

/// Who runs this: "pilot", "pilothouse", "pilot serve" …; set once in main, stands in the journal beside the actor.
void setProgramName(const QString &name);
QString programName();

} // namespace pilothouse
