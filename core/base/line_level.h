// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace pilothouse {

enum class LineLevel : quint8 { None, Warn, Bad };

/// By the usual words, in any case and whole: "error", "fatal", "traceback", "critical", "exception", "failed" are bad, "warn" and "warning" warn. A count of
/// none is not bad ("failed=0", "errors: 0", "0 failed", "no error"): Ansible's and pytest's last lines would be. Text without escapes. Pure.
LineLevel lineLevel(QByteArrayView line);

/// Where the next word begins that makes a line bad (`warnings`: or warns), from `at` on; −1: none. For texts of many lines.
qsizetype nextLevelWord(QByteArrayView text, qsizetype at, bool warnings, LineLevel *level = nullptr);

} // namespace pilothouse
