// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/tokens.h"

#include <array>

namespace pilothouse::ui {
namespace {

constexpr std::array allNames = {
    TokenName{"bg0", &Tokens::bg0},
    TokenName{"bg1", &Tokens::bg1},
    TokenName{"bg2", &Tokens::bg2},
    TokenName{"bg3", &Tokens::bg3},
    TokenName{"inp", &Tokens::inp},
    TokenName{"nav", &Tokens::nav},
    TokenName{"btn", &Tokens::btn},
    TokenName{"btnH", &Tokens::btnH},
    TokenName{"line", &Tokens::line},
    TokenName{"line2", &Tokens::line2},
    TokenName{"line3", &Tokens::line3},
    TokenName{"t1", &Tokens::t1},
    TokenName{"t2", &Tokens::t2},
    TokenName{"t3", &Tokens::t3},
    TokenName{"acc", &Tokens::acc},
    TokenName{"accT", &Tokens::accT},
    TokenName{"accOn", &Tokens::accOn},
    TokenName{"sel", &Tokens::sel},
    TokenName{"ok", &Tokens::ok},
    TokenName{"okT", &Tokens::okT},
    TokenName{"warn", &Tokens::warn},
    TokenName{"warnT", &Tokens::warnT},
    TokenName{"bad", &Tokens::bad},
    TokenName{"badT", &Tokens::badT},
    TokenName{"pau", &Tokens::pau},
    TokenName{"pauT", &Tokens::pauT},
    TokenName{"run", &Tokens::run},
    TokenName{"runT", &Tokens::runT},
    TokenName{"unk", &Tokens::unk},
    TokenName{"unkT", &Tokens::unkT},
    TokenName{"grid", &Tokens::grid},
    TokenName{"s1", &Tokens::s1},
    TokenName{"s2", &Tokens::s2},
    TokenName{"s3", &Tokens::s3},
    TokenName{"s4", &Tokens::s4},
    TokenName{"s5", &Tokens::s5},
    TokenName{"s6", &Tokens::s6},
    TokenName{"s7", &Tokens::s7},
    TokenName{"s8", &Tokens::s8},
};

Tokens darkTokens() {
    Tokens t;
    t.bg0 = QColor(0x0C, 0x11, 0x15);
    t.bg1 = QColor(0x12, 0x19, 0x1F);
    t.bg2 = QColor(0x18, 0x21, 0x29);
    t.bg3 = QColor(0x21, 0x2C, 0x35);
    t.inp = QColor(0x0C, 0x11, 0x15);
    t.nav = QColor(0x21, 0x2C, 0x35);
    t.btn = QColor(0x20, 0x2B, 0x34);
    t.btnH = QColor(0x2A, 0x37, 0x41);
    t.line = QColor(0x25, 0x31, 0x3A);
    t.line2 = QColor(0x3A, 0x49, 0x54);
    t.line3 = QColor(0x64, 0x76, 0x83);
    t.t1 = QColor(0xE8, 0xEE, 0xF2);
    t.t2 = QColor(0xAB, 0xB8, 0xC2);
    t.t3 = QColor(0x8D, 0x9A, 0xA6);
    t.acc = QColor(0x56, 0xB4, 0xE9);
    t.accT = QColor(0x10, 0x24, 0x2F);
    t.accOn = QColor(0x06, 0x15, 0x1E);
    t.sel = QColor(0x17, 0x30, 0x3F);
    t.ok = QColor(0x4E, 0xDA, 0xA5);
    t.okT = QColor(0x12, 0x29, 0x1F);
    t.warn = QColor(0xDD, 0xA2, 0x2D);
    t.warnT = QColor(0x2C, 0x24, 0x12);
    t.bad = QColor(0xFE, 0x68, 0x64);
    t.badT = QColor(0x33, 0x1C, 0x19);
    t.pau = QColor(0xDC, 0xBC, 0xFB);
    t.pauT = QColor(0x2B, 0x24, 0x38);
    t.run = QColor(0x42, 0x99, 0xF3);
    t.runT = QColor(0x14, 0x26, 0x3A);
    t.unk = QColor(0x89, 0x98, 0xA1);
    t.unkT = QColor(0x1E, 0x27, 0x2E);
    t.grid = QColor(0x20, 0x2B, 0x33);
    t.s1 = QColor(0xE8, 0xEE, 0xF2);
    t.s2 = QColor(0x56, 0xB4, 0xE9);
    t.s3 = QColor(0xE6, 0x9F, 0x00);
    t.s4 = QColor(0xD2, 0x83, 0xAF);
    t.s5 = QColor(0x4E, 0xDA, 0xA5);
    t.s6 = QColor(0x9A, 0x70, 0xFF);
    t.s7 = QColor(0xF5, 0xE2, 0x7A);
    t.s8 = QColor(0xC2, 0x50, 0x2E);
    return t;
}

Tokens lightTokens() {
    Tokens t;
    t.bg0 = QColor(0xEC, 0xEF, 0xF2);
    t.bg1 = QColor(0xFF, 0xFF, 0xFF);
    t.bg2 = QColor(0xF5, 0xF7, 0xF9);
    t.bg3 = QColor(0xE7, 0xEC, 0xF0);
    t.inp = QColor(0xFF, 0xFF, 0xFF);
    t.nav = QColor(0xFF, 0xFF, 0xFF);
    t.btn = QColor(0xFF, 0xFF, 0xFF);
    t.btnH = QColor(0xF0, 0xF3, 0xF5);
    t.line = QColor(0xDA, 0xE1, 0xE6);
    t.line2 = QColor(0xB4, 0xC0, 0xC9);
    t.line3 = QColor(0x7E, 0x8C, 0x98);
    t.t1 = QColor(0x0F, 0x18, 0x1F);
    t.t2 = QColor(0x3D, 0x4B, 0x57);
    t.t3 = QColor(0x58, 0x66, 0x73);
    t.acc = QColor(0x0A, 0x6A, 0xA8);
    t.accT = QColor(0xE3, 0xF1, 0xFA);
    t.accOn = QColor(0xFF, 0xFF, 0xFF);
    t.sel = QColor(0xDC, 0xEE, 0xF9);
    t.ok = QColor(0x00, 0x57, 0x3E);
    t.okT = QColor(0xE0, 0xF3, 0xEC);
    t.warn = QColor(0x95, 0x5B, 0x00);
    t.warnT = QColor(0xFB, 0xF0, 0xD6);
    t.bad = QColor(0x84, 0x1E, 0x0E);
    t.badT = QColor(0xFC, 0xE7, 0xE3);
    t.pau = QColor(0x7E, 0x0F, 0x76);
    t.pauT = QColor(0xF8, 0xE8, 0xF6);
    t.run = QColor(0x04, 0x6C, 0xB6);
    t.runT = QColor(0xE3, 0xEE, 0xFB);
    t.unk = QColor(0x5E, 0x69, 0x75);
    t.unkT = QColor(0xE9, 0xED, 0xF0);
    t.grid = QColor(0xE8, 0xED, 0xF0);
    t.s1 = QColor(0x0F, 0x18, 0x1F);
    t.s2 = QColor(0x0A, 0x6A, 0xA8);
    t.s3 = QColor(0x8C, 0x52, 0x00);
    t.s4 = QColor(0xA3, 0x47, 0x7F);
    t.s5 = QColor(0x00, 0x57, 0x3E);
    t.s6 = QColor(0x8C, 0x1A, 0xFF);
    t.s7 = QColor(0xAA, 0x8C, 0x62);
    t.s8 = QColor(0x00, 0x1C, 0xA6);
    return t;
}

} // namespace

std::span<const TokenName> tokenNames() { return allNames; }

const Tokens &tokensOf(bool dark) {
    static const Tokens darkOnes = darkTokens(), lightOnes = lightTokens();
    return dark ? darkOnes : lightOnes;
}

} // namespace pilothouse::ui
