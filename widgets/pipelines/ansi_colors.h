// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/ansi_text.h"
#include "widgets/base/tokens.h"

namespace pilothouse::ui {

/// How a log's colours are painted: the sixteen named ones in the theme's inks, the others as they are, moved towards black or white until they can be read.
struct AnsiPaint {
    QColor ink, ground; ///< ground invalid: none
};
AnsiPaint ansiPaint(const pipelines::AnsiStyle &style, const Tokens &tokens);
/// Of two opaque colours (WCAG 2.2): 1 … 21.
double contrast(const QColor &a, const QColor &b);
inline constexpr double readableContrast = 4.5;

} // namespace pilothouse::ui
