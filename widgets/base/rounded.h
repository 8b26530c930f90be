// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QRect>

class QPainter;

namespace pilothouse::ui {

/// A filled box with round corners and a line of one pixel inside its edge, as QPainter::drawRoundedRect draws it with antialiasing.
/// Only the corners are: for a box as large as a card the rest of the path costs a hundred times what it shows. `radius` in pixels of
/// the widget.
void paintRounded(QPainter &painter, const QRect &rect, const QColor &fill, const QColor &line, int radius);

} // namespace pilothouse::ui
