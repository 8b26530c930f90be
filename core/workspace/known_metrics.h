// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace pilothouse::workspace {

/// Of a metric defined in core/metrics/definitions: is a larger value better? None for a name that is not there.
std::optional<bool> knownDirection(const QString &metric);

} // namespace pilothouse::workspace
