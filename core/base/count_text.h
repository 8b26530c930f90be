// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse {

/// "1 row", "0 rows", "7 rows".
/// @param noun  in the singular, with a regular plural
inline QString countText(std::size_t count, const QString &noun) { return count == 1 ? QStringLiteral("1 ") + noun : QStringLiteral("%1 %2s").arg(count).arg(noun); }
inline QString rowsText(std::size_t count) { return countText(count, QStringLiteral("row")); }

} // namespace pilothouse
