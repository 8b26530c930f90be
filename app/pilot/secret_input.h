// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace pilothouse {

/// One line of standard input, without its line feed; on a terminal it is asked for and not shown. Errors: Invalid (nothing was given).
Result<QString> readSecret();

} // namespace pilothouse
