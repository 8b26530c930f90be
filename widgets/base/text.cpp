// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/text.h"

#include <QFontMetricsF>
#include <QPainter>

namespace pilothouse::ui {
namespace {

double digitAdvance(const QFontMetricsF &metrics) {
    double widest = 0;
    for (char digit = '0'; digit <= '9'; ++digit)
        widest = qMax(widest, metrics.horizontalAdvance(QLatin1Char(digit)));
    return widest;
}

/// Calls `piece(text, x, width)` for each digit and for each run between digits; gives the whole width.
template<class Piece>
double walk(const QFontMetricsF &metrics, const QString &text, Piece piece) {
    const double digit = digitAdvance(metrics);
    double x = 0;
    for (qsizetype i = 0; i < text.size();) {
        if (text[i].isDigit()) {
            piece(text.mid(i, 1), x + (digit - metrics.horizontalAdvance(text[i])) / 2);
            x += digit;
            ++i;
            continue;
        }
        qsizetype end = i;
        while (end < text.size() && !text[end].isDigit())
            ++end;
        const QString run = text.mid(i, end - i);
        piece(run, x);
        x += metrics.horizontalAdvance(run);
        i = end;
    }
    return x;
}

} // namespace

double tabularWidth(const QFont &font, const QString &text) {
    return walk(QFontMetricsF(font), text, [](const QString &, double) {});
}

void drawTabular(QPainter &painter, const QRectF &rect, Qt::Alignment alignment, const QString &text) {
    const QFontMetricsF metrics(painter.font(), painter.device());
    const double width = walk(metrics, text, [](const QString &, double) {});
    if (width > rect.width() + 0.5)
        return drawLine(painter, rect, alignment, text);
    double left = rect.left();
    if (alignment & Qt::AlignRight)
        left = rect.right() - width;
    else if (alignment & Qt::AlignHCenter)
        left = rect.center().x() - width / 2;
    double base = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    if (alignment & Qt::AlignTop)
        base = rect.top() + metrics.ascent();
    else if (alignment & Qt::AlignBottom)
        base = rect.bottom() - metrics.descent();
    walk(metrics, text, [&](const QString &piece, double x) { painter.drawText(QPointF(left + x, base), piece); });
}

void drawLine(QPainter &painter, const QRectF &rect, Qt::Alignment alignment, const QString &text, Qt::TextElideMode mode) {
    const QFontMetricsF metrics(painter.font(), painter.device());
    // Half a pixel of rounding must not cost a letter.
    const QString shown = metrics.horizontalAdvance(text) <= rect.width() + 0.5 ? text : metrics.elidedText(text, mode, rect.width());
    painter.drawText(rect, int(alignment) | Qt::TextSingleLine | Qt::TextDontClip, shown);
}

} // namespace pilothouse::ui
