// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse {

/// Whether the system's time zone database has it (Europe/Berlin, GMT), it is UTC±hh:mm, or a POSIX rule with an offset (CET-1CEST).
/// QTimeZone alone takes a word that it does not know, such as Berlin, for a POSIX rule without an offset: it would silently be UTC.
bool isTimeZone(const QString &name);

/// What to write instead of a name that is none: the zone of that place (berlin: Europe/Berlin), or what names look like.
QString timeZoneHint(const QString &name);

} // namespace pilothouse
