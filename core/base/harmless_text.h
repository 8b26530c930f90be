// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse {

/// What a file or a program that is not trusted said, for a terminal: the characters that could steer it (all control characters but line
/// ends and tabs) are U+FFFD, and no blanks stand around it.
QString harmlessText(QString text);

/// The same with the blanks around it.
QString harmlessLines(QString text);

} // namespace pilothouse
