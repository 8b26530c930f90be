// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <QPointF>
#include <QSize>

#include <span>
#include <vector>

namespace pilothouse::ui {

/// What a line with many points for each pixel is on the screen: for every pixel column the stretch that it runs through. Pure.
struct ColumnSpans {
    int first = 0;                    ///< the first column
    std::vector<float> top, bottom;   ///< pixels, top ≤ bottom
};
/// Of one piece of linePieces(), in pixels; columns outside [0, width) are left out. Between two points the line counts in each column that it crosses.
ColumnSpans columnSpans(std::span<const QPointF> piece, int width);

struct StrokeLook {
    QColor ink;
    double width = 1.5;   ///< of the line, pixels
    int dash = 0;         ///< pixels on, and as many faint, so that no extreme is lost in a gap; 0: whole
    QColor shade = {};    ///< of the area to `zero`; invalid: none
    double zero = 0;      ///< pixels from above
};
/// Paints the spans into a picture (ARGB32 premultiplied): one stroke a column, smooth at its ends. A polyline of QPainter costs fifty times that where a line is all noise.
void paintStrokes(QImage &image, const ColumnSpans &spans, const StrokeLook &look);

} // namespace pilothouse::ui
