// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pilothouse::ui {

/// Property (true) of what is built before it has a window. Polished by itself it looks like a window to Theme, but gets no style sheet
/// of its own: that would stay as it was when the theme changes.
inline constexpr const char *partProperty = "pilothousePart";

} // namespace pilothouse::ui
