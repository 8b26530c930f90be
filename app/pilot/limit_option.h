// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>

namespace pilothouse {

/// "90s", "30m", "2h" as seconds; 0 for nothing. Invalid, with the option's name: anything else.
Result<double> limitSeconds(const std::string &text, const char *option);

} // namespace pilothouse
