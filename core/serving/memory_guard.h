// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace pilothouse::serving {

/// Refused, with the figures, if the package's files would not fit into memoryRoom() twice: read, and made into a model.
Result<void> roomToLoad(const QString &folder, const QString &version);

} // namespace pilothouse::serving
