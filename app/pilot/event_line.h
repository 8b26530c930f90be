// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/events.h"

namespace pilothouse {

/// An event of a training as a line of its stage's log; empty: not worth one. Of the progress each tenth is: `lastTenth` is the one that was told, -1 at first.
QString eventLine(const Event &event, int &lastTenth);

} // namespace pilothouse
