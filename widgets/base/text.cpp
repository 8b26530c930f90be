// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/text.h"

#include <QCache>
#include <QFontMetricsF>
#include <QPainter>
#include <QStaticText>

#include <array>

namespace pilothouse::ui {
namespace {

/// A text laid out once: shaping it again in every repaint was a fifth of what the window cost.
struct Shaped {
    QStaticText text;
    double width = 0;
};
struct ShapedKey {
    QFont font;
    int dpi;
    QString text;
    bool operator==(const ShapedKey &) const = default;
};
size_t qHash(const ShapedKey &key, size_t seed = 0) { return qHashMulti(seed, key.font, key.dpi, key.text); }

/// GUI thread only, as all painting of widgets.
const Shaped &shaped(const QFont &font, const QPaintDevice *device, const QString &text) {
    constexpr int most = 4000; // some screens of them
    static QCache<ShapedKey, Shaped> cache(most);
    const ShapedKey key{font, device->logicalDpiY(), text};
    if (const Shaped *known = cache.object(key))
        return *known;
    auto *made = new Shaped{QStaticText(text), QFontMetricsF(font, device).horizontalAdvance(text)};
    made->text.setTextFormat(Qt::PlainText);
    made->text.setPerformanceHint(QStaticText::AggressiveCaching);
    made->text.prepare({}, font);
    cache.insert(key, made);
    return *made;
}

/// The widest digit's advance, and each digit's, of a font on a device.
struct Digits {
    double widest = 0;
    std::array<double, 10> each{};
};
const Digits &digitsOf(const QFont &font, const QPaintDevice *device) {
    static QCache<ShapedKey, Digits> cache(100);
    const ShapedKey key{font, device ? device->logicalDpiY() : 0, {}};
    if (const Digits *known = cache.object(key))
        return *known;
    const QFontMetricsF metrics = device ? QFontMetricsF(font, device) : QFontMetricsF(font);
    auto *made = new Digits;
    for (int digit = 0; digit < 10; ++digit)
        made->widest = qMax(made->widest, made->each[std::size_t(digit)] = metrics.horizontalAdvance(QLatin1Char(char('0' + digit))));
    cache.insert(key, made);
    return *made;
}

/// Calls `piece(text, x)` for each digit and for each run between digits; gives the whole width. @param advance  of a run
template<class Piece, class Advance>
double walk(const Digits &digits, const QString &text, Piece piece, Advance advance) {
    double x = 0;
    for (qsizetype i = 0; i < text.size();) {
        if (const int digit = text[i].unicode() < 128 ? text[i].digitValue() : -1; digit >= 0) {
            piece(text.mid(i, 1), x + (digits.widest - digits.each[std::size_t(digit)]) / 2);
            x += digits.widest;
            ++i;
            continue;
        }
        qsizetype end = i + 1;
        while (end < text.size() && !(text[end].unicode() < 128 && text[end].isDigit()))
            ++end;
        const QString run = text.mid(i, end - i);
        piece(run, x);
        x += advance(run);
        i = end;
    }
    return x;
}

/// The text with its base line's left end at the point.
void drawShaped(QPainter &painter, const QPointF &at, const Shaped &shape, double ascent) {
    painter.drawStaticText(QPointF(at.x(), at.y() - ascent), shape.text);
}

double baseLine(const QFontMetricsF &metrics, const QRectF &rect, Qt::Alignment alignment) {
    if (alignment & Qt::AlignTop)
        return rect.top() + metrics.ascent();
    if (alignment & Qt::AlignBottom)
        return rect.bottom() - metrics.descent();
    return rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
}

double leftEnd(const QRectF &rect, Qt::Alignment alignment, double width) {
    return alignment & Qt::AlignRight ? rect.right() - width : alignment & Qt::AlignHCenter ? rect.center().x() - width / 2 : rect.left();
}

} // namespace

double tabularWidth(const QFont &font, const QString &text) {
    const QFontMetricsF metrics(font);
    return walk(digitsOf(font, nullptr), text, [](const QString &, double) {}, [&](const QString &run) { return metrics.horizontalAdvance(run); });
}

void drawTabular(QPainter &painter, const QRectF &rect, Qt::Alignment alignment, const QString &text) {
    const QFont &font = painter.font();
    const QPaintDevice *device = painter.device();
    const Digits &digits = digitsOf(font, device);
    const auto advance = [&](const QString &run) { return shaped(font, device, run).width; };
    const double width = walk(digits, text, [](const QString &, double) {}, advance);
    if (width > rect.width() + 0.5)
        return drawLine(painter, rect, alignment, text);
    const QFontMetricsF metrics(font, device);
    const double left = leftEnd(rect, alignment, width), base = baseLine(metrics, rect, alignment);
    walk(digits, text, [&](const QString &piece, double x) { drawShaped(painter, QPointF(left + x, base), shaped(font, device, piece), metrics.ascent()); }, advance);
}

void drawLine(QPainter &painter, const QRectF &rect, Qt::Alignment alignment, const QString &given, Qt::TextElideMode mode) {
    const QFont &font = painter.font();
    QString text = given;
    if (text.contains(QLatin1Char('\n')))
        text.replace(QLatin1Char('\n'), QLatin1Char(' '));
    const Shaped &whole = shaped(font, painter.device(), text);
    const QFontMetricsF metrics(font, painter.device());
    // Half a pixel of rounding must not cost a letter.
    const bool fits = whole.width <= rect.width() + 0.5;
    const Shaped &shown = fits ? whole : shaped(font, painter.device(), metrics.elidedText(text, mode, rect.width()));
    drawShaped(painter, QPointF(leftEnd(rect, alignment, shown.width), baseLine(metrics, rect, alignment)), shown, metrics.ascent());
}

} // namespace pilothouse::ui
