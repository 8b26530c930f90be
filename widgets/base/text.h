// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QRectF>
#include <QString>

class QPainter;

namespace pilothouse::ui {

/// Width of `text` on one line; remembered, where QFontMetrics shapes the text at each question. With a painter: in its font and device.
double widthOf(const QFont &font, const QString &text);
double widthOf(const QPainter &painter, const QString &text);
/// Width of `text` with every digit on the widest digit's advance.
double tabularWidth(const QFont &font, const QString &text);
/// Draws one line with tabular digits (Inter's differ in width, and Qt 6.4 has no font-feature call), in the painter's font
/// and pen. Text that does not fit is elided at its end.
void drawTabular(QPainter &painter, const QRectF &rect, Qt::Alignment alignment, const QString &text);
/// One line, elided to the rectangle.
void drawLine(QPainter &painter, const QRectF &rect, Qt::Alignment alignment, const QString &text, Qt::TextElideMode mode = Qt::ElideRight);

} // namespace pilothouse::ui
