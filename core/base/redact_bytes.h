// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace pilothouse {

/// Bytes of a foreign log with every value that hideInTexts() was told replaced by "•••". What redact() guesses by its form is left: a log of 100 MB is not
/// worth that, and whoever wrote it masks its own. `open`: so many bytes at the end may be the begin of a value that goes on in the next piece. Any thread.
QByteArray hideKnown(QByteArray bytes, qsizetype *open = nullptr);

} // namespace pilothouse
