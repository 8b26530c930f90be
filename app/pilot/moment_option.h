// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QTimeZone>

#include <string>

namespace pilothouse {

/// An option's time as milliseconds since 1970: a date is its midnight in the zone, a time is UTC where it names no offset; `absent` where it was not given. Invalid, with the
/// option's name: anything else.
Result<qint64> momentOf(const std::string &text, const char *option, const QTimeZone &zone, qint64 absent);

} // namespace pilothouse
