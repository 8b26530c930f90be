// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/min_max_index.h"

#include <QDateTime>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <span>
#include <vector>

namespace pilothouse::ui {

/// Pure geometry of charts: values → ticks and points. Tested without a window.

/// 3 to 5 round values inside [low, high]; empty if the range is.
std::vector<double> roundTicks(double low, double high, int wanted = 4);
/// Round times inside the range (seconds since 1970) of the local zone or of UTC, with the format that suits their distance.
struct TimeTick {
    double seconds;
    QString text;
};
std::vector<TimeTick> timeTicks(double from, double to, int wanted = 6, bool utc = false);
/// Decimals that show ticks of this distance apart.
int tickDecimals(const std::vector<double> &ticks);

struct PlotScale {
    QRectF area;
    double x0 = 0, x1 = 1, y0 = 0, y1 = 1;
    double toX(double value) const { return x1 > x0 ? area.left() + area.width() * (value - x0) / (x1 - x0) : area.center().x(); }
    double toY(double value) const { return y1 > y0 ? area.bottom() - area.height() * (value - y0) / (y1 - y0) : area.center().y(); }
    double fromX(double pixel) const { return area.width() > 0 ? x0 + (x1 - x0) * (pixel - area.left()) / area.width() : x0; }
};

/// Several points for each pixel column: then only what is seen of each is drawn.
bool isDense(std::span<const QPointF> points, const PlotScale &scale);
/// Pieces of a line between gaps (NaN), in pixels. With more points than columns, each pixel column keeps its first, least,
/// greatest and last value in the order in which they came, so every column's minimum and maximum are exact.
/// @param index  of these points: columns without a gap are then not looked through; nullptr: they are
std::vector<std::vector<QPointF>> linePieces(std::span<const QPointF> points, const PlotScale &scale, const MinMaxIndex *index = nullptr);
/// Index of the point nearest in x; −1 if there is none. Points are sorted by x.
int nearestPoint(std::span<const QPointF> points, double x);

} // namespace pilothouse::ui
