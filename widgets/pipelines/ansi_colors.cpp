// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/ansi_colors.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pilothouse::ui {

namespace {

using pipelines::AnsiColor;

double luminance(const QColor &color) {
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

QColor mixed(const QColor &a, const QColor &b, double share) {
    return QColor::fromRgbF(float(a.redF() + (b.redF() - a.redF()) * share), float(a.greenF() + (b.greenF() - a.greenF()) * share), float(a.blueF() + (b.blueF() - a.blueF()) * share));
}

/// Towards the end of the greys that the ground is farther from, as little as it needs.
QColor readable(const QColor &ink, const QColor &ground) {
    if (contrast(ink, ground) >= readableContrast)
        return ink;
    const QColor end = contrast(Qt::white, ground) >= contrast(Qt::black, ground) ? QColor(Qt::white) : QColor(Qt::black);
    for (int step = 1; step < 20; ++step)
        if (const QColor moved = mixed(ink, end, step / 20.0); contrast(moved, ground) >= readableContrast)
            return moved;
    return end;
}

QColor colorOf(const AnsiColor &color, const Tokens &t, const QColor &otherwise) {
    if (color.kind == AnsiColor::Kind::Default)
        return otherwise;
    if (color.kind == AnsiColor::Kind::Rgb)
        return QColor::fromRgb(QRgb(color.value));
    if (color.value >= 16)
        return QColor::fromRgb(QRgb(pipelines::ansiCubeColor(int(color.value))));
    // black, red, green, yellow, blue, magenta, cyan, white: black and white are what is weak and what is strong on either ground
    const std::array inks{&Tokens::t3, &Tokens::bad, &Tokens::ok, &Tokens::warn, &Tokens::run, &Tokens::pau, &Tokens::acc, &Tokens::t1};
    const QColor named = t.*inks[color.value % 8];
    return color.value < 8 ? named : mixed(named, t.t1, 0.2);
}

} // namespace

double contrast(const QColor &a, const QColor &b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

AnsiPaint ansiPaint(const pipelines::AnsiStyle &style, const Tokens &t) {
    AnsiPaint out;
    QColor ink = colorOf(style.ink, t, t.t2), ground = colorOf(style.ground, t, t.bg1);
    bool own = style.ground.kind != AnsiColor::Kind::Default;
    if (style.inverse) {
        std::swap(ink, ground);
        own = true;
    }
    if (style.hidden) // told to be unseen; it stays copied and found
        ink = own ? ground : t.bg1;
    else
        ink = readable(style.dim ? mixed(ink, ground, 0.3) : ink, ground);
    out.ink = ink;
    if (own)
        out.ground = ground;
    return out;
}

} // namespace pilothouse::ui
