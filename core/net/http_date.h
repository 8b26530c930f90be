// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>

namespace pilothouse::net {

/// The time of a Date or Last-Modified header (RFC 9110, 5.6.7, its preferred form), UTC; invalid: it is none.
QDateTime httpDate(const QByteArray &text);

} // namespace pilothouse::net
