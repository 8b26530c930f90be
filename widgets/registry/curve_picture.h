// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/run_curves.h"
#include "widgets/base/plot_scale.h"
#include "widgets/registry/run_looks.h"

#include <QFont>
#include <QImage>
#include <QString>

#include <memory>
#include <stop_token>
#include <vector>

class QPainter;

namespace pilothouse::ui {

/// The curves of one picture: what is drawn, where, and how. Values only; any thread.
struct CurveJob {
    struct Style {
        QRgb ink = 0;
        int dash = 0;
        float strength = 1; ///< opacity: what is not chosen is faint
        bool hidden = false;
    };
    std::shared_ptr<const std::vector<registry::CurveLine>> lines;
    std::vector<Style> styles; ///< one a line; the last is drawn on top
    double x0 = 0, x1 = 1, y0 = 0, y1 = 1; ///< y of a logarithmic axis: log10
    bool logY = false;
    QSize size;         ///< device pixels
    double ratio = 1;   ///< device pixels of a logical one
    double width = 1.5; ///< of a line, logical pixels
};

/// Draws every line by the exact span of each pixel column (registry::columnSpans), smoothed at its ends: many points cost no more than few to
/// draw, and no extreme is lost. In the gaps of a broken line it is faint. A null image if it was stopped. Uses all cores.
QImage paintCurves(const CurveJob &job, std::stop_token stop = {});

/// What stands around the curves, as values: drawn alike on the screen, in a picture and in an SVG file.
struct CurveFrame {
    PlotScale scale;
    bool logY = false, time = false;
    QString yName, xName;
    double width = 0, em = 1; ///< logical pixels; em: the user's scale
    QColor grid, axis, text;
    QFont font;
};
/// The ticks of the y axis: value on the scale, text.
std::vector<std::pair<double, QString>> yTicks(const CurveFrame &frame);
/// The same laid out: lines and texts. Made in the GUI thread (it measures texts), drawn anywhere.
struct FrameDrawing {
    struct Text {
        QRectF box;
        Qt::Alignment alignment;
        QString text;
    };
    std::vector<QLineF> grid;
    QLineF axis;
    std::vector<Text> texts;
};
FrameDrawing layOut(const CurveFrame &frame);
void paintFrame(QPainter &painter, const CurveFrame &frame, const FrameDrawing &drawing); ///< GUI thread

/// The curves as an SVG file of that size: polylines of each column's first, least, greatest and last point. Any thread.
QByteArray curvesSvg(const CurveJob &job, const CurveFrame &frame, const FrameDrawing &drawing, const QSize &size, const QColor &ground, const QString &title);

} // namespace pilothouse::ui
