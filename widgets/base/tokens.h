// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

#include <span>

namespace pilothouse::ui {

/// The colours of the design system (DESIGN_SYSTEM §2), one value for dark and one for light. Panels name a token and
/// never a colour.
struct Tokens {
    QColor bg0, bg1, bg2, bg3, inp, nav, btn, btnH, line, line2, line3, t1, t2, t3, acc, accT, accOn, sel;
    QColor ok, okT, warn, warnT, bad, badT, pau, pauT, run, runT, unk, unkT, grid;
    QColor s1, s2, s3, s4, s5; ///< series: champion, candidate, effect size, extra, extra
    QColor s6, s7, s8; ///< more series, where runs are compared: as far from the others as colour-blind eyes allow
};
using Ink = QColor Tokens::*;

struct TokenName {
    const char *name;
    Ink ink;
};
std::span<const TokenName> tokenNames(); ///< every token, for the style sheet and for the test that walks the table
const Tokens &tokensOf(bool dark);

} // namespace pilothouse::ui
