// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/tokens.h"

#include <QPen>
#include <QString>

#include <vector>

namespace pilothouse::ui {

/// How the n-th of several runs is drawn, everywhere: eight colours, then the same ones with another line. 56 runs have looks of their own.
struct RunLook {
    Ink ink = &Tokens::s1;
    int dash = 0; ///< 0: unbroken; 1 … dashCount − 1
    bool operator==(const RunLook &) const = default;
};
inline constexpr int dashCount = 7;
RunLook runLook(std::size_t run);
/// On and off, in pixels of the design; empty: unbroken.
const std::vector<int> &dashPattern(int dash);

/// A pen of that look; `ink` is its colour in the theme in force.
QPen runPen(const QColor &ink, int dash, double width);

/// A run as all pages of a comparison show it.
struct ShownRun {
    QString runId, name;
    RunLook look;
    bool faint = false;  ///< not among the chosen runs
    bool hidden = false;
    bool operator==(const ShownRun &) const = default;
};

} // namespace pilothouse::ui
