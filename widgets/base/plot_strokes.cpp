// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/plot_strokes.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {
namespace {

constexpr float faint = 0.22f; ///< of a broken line's gaps
constexpr float far = 1e6f;

struct Ink {
    quint32 a, r, g, b; ///< premultiplied, 0 … 255
    explicit Ink(const QColor &color) {
        const QRgb rgb = qPremultiply(color.rgba());
        a = qAlpha(rgb), r = qRed(rgb), g = qGreen(rgb), b = qBlue(rgb);
    }
};

void over(quint32 &pixel, const Ink &ink, quint32 share) { // share: 0 … 256 of the ink
    const quint32 alpha = ink.a * share >> 8, rest = 255 - alpha;
    const auto mix = [&](quint32 above, quint32 below) { return std::min(255u, (above * share >> 8) + (below * rest + 127) / 255); };
    pixel = mix(ink.a, pixel >> 24) << 24 | mix(ink.r, (pixel >> 16) & 255) << 16 | mix(ink.g, (pixel >> 8) & 255) << 8 | mix(ink.b, pixel & 255);
}

} // namespace

ColumnSpans columnSpans(std::span<const QPointF> piece, int width) {
    ColumnSpans spans;
    if (piece.empty() || width <= 0)
        return spans;
    const int begin = std::clamp(int(std::floor(piece.front().x())), 0, width), end = std::clamp(int(std::floor(piece.back().x())) + 1, 0, width);
    if (end <= begin)
        return spans;
    spans.first = begin;
    spans.top.assign(std::size_t(end - begin), far);
    spans.bottom.assign(std::size_t(end - begin), -far);
    const auto reach = [&](int column, double y) {
        if (column < begin || column >= end)
            return;
        float &top = spans.top[std::size_t(column - begin)], &bottom = spans.bottom[std::size_t(column - begin)];
        const float at = std::clamp(float(y), -far, far);
        top = std::min(top, at);
        bottom = std::max(bottom, at);
    };
    reach(int(std::floor(piece.front().x())), piece.front().y());
    for (std::size_t i = 1; i < piece.size(); ++i) {
        const QPointF &p = piece[i - 1], &q = piece[i];
        const int from = int(std::floor(p.x())), to = int(std::floor(q.x()));
        for (int column = std::max(from, begin - 1); column < std::min(to, end); ++column) { // the edge belongs to both neighbours
            const double y = p.y() + (q.y() - p.y()) * (column + 1 - p.x()) / (q.x() - p.x());
            reach(column, y);
            reach(column + 1, y);
        }
        reach(to, q.y());
    }
    return spans;
}

void paintStrokes(QImage &image, const ColumnSpans &spans, const StrokeLook &look) {
    const Ink ink(look.ink), shade(look.shade);
    const float half = float(look.width) / 2;
    const int height = image.height();
    auto *bits = reinterpret_cast<quint32 *>(image.bits());
    const auto stride = std::size_t(image.bytesPerLine() / 4);
    const auto stroke = [&](std::size_t column, float top, float bottom, const Ink &with, float strength) {
        top = std::max(0.f, top);
        bottom = std::min(float(height), bottom);
        if (!(bottom > top))
            return;
        const int first = int(top), last = std::min(height - 1, int(bottom));
        const bool solid = with.a == 255 && strength >= 1;
        const quint32 whole = 0xff000000u | with.r << 16 | with.g << 8 | with.b;
        quint32 *pixel = bits + std::size_t(first) * stride + column;
        for (int y = first; y <= last; ++y, pixel += stride)
            if (solid && y > first && y < last)
                *pixel = whole;
            else
                over(*pixel, with, quint32(256 * strength * (std::min(float(y + 1), bottom) - std::max(float(y), top)) + 0.5f));
    };
    for (std::size_t i = 0; i < spans.top.size(); ++i) {
        const std::size_t column = std::size_t(spans.first) + i;
        if (spans.top[i] > spans.bottom[i] || column >= std::size_t(image.width()))
            continue;
        if (look.shade.isValid())
            stroke(column, std::min(spans.top[i], float(look.zero)), std::max(spans.bottom[i], float(look.zero)), shade, 1);
        const bool on = look.dash <= 0 || (column / std::size_t(look.dash)) % 2 == 0;
        stroke(column, spans.top[i] - half, spans.bottom[i] + half, ink, on ? 1 : faint);
    }
}

} // namespace pilothouse::ui
