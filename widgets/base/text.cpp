// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/text.h"

#include <QCache>
#include <QFontMetricsF>
#include <QPainter>
#include <QStaticText>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace pilothouse::ui {
namespace {

/// A text laid out once: shaping it again in every repaint was a fifth of what the window cost.
struct Shaped {
    QStaticText text;
    double width = 0;
};
/// The widest digit's advance, and each digit's.
struct Digits {
    double widest = 0;
    std::array<double, 10> each{};
};
struct CutKey {
    QString text;
    int width; ///< in 1/64 px
    Qt::TextElideMode mode;
    bool operator==(const CutKey &) const = default;
};
size_t qHash(const CutKey &key, size_t seed = 0) { return qHashMulti(seed, key.text, key.width, int(key.mode)); }

/// One font on one device with the texts drawn in it: what a repaint asks of it again and again is known.
struct Face {
    Face(const QFont &wanted, int wantedDpi, QPaintDevice *device) : font(wanted), dpi(wantedDpi), metrics(device ? QFontMetricsF(wanted, device) : QFontMetricsF(wanted)) {
        ascent = metrics.ascent();
        descent = metrics.descent();
        for (int digit = 0; digit < 10; ++digit)
            digits.widest = qMax(digits.widest, digits.each[std::size_t(digit)] = metrics.horizontalAdvance(QLatin1Char(char('0' + digit))));
    }
    const Shaped &shaped(const QString &text) {
        if (const Shaped *known = texts.object(text))
            return *known;
        auto *made = new Shaped{QStaticText(text), metrics.horizontalAdvance(text)};
        made->text.setTextFormat(Qt::PlainText);
        made->text.setPerformanceHint(QStaticText::AggressiveCaching);
        made->text.prepare({}, font);
        texts.insert(text, made);
        return *made;
    }
    QString cut(const QString &text, double width, Qt::TextElideMode mode) {
        const CutKey key{text, int(width * 64), mode};
        if (const QString *known = cuts.object(key))
            return *known;
        auto *made = new QString(metrics.elidedText(text, mode, width));
        const QString result = *made;
        cuts.insert(key, made);
        return result;
    }
    QFont font;
    int dpi;
    QFontMetricsF metrics;
    double ascent, descent;
    Digits digits;
    QCache<QString, Shaped> texts{2000}; // some screens of them
    QCache<CutKey, QString> cuts{500};
};

/// GUI thread only, as all painting of widgets. There are about a dozen; comparing them costs less than one hash of a QFont.
Face &faceOf(const QFont &font, QPaintDevice *device) {
    constexpr std::size_t most = 64; // roles of some schemes and scales
    static std::vector<std::unique_ptr<Face>> faces;
    const int dpi = device ? device->logicalDpiY() : 0;
    const auto known = std::find_if(faces.begin(), faces.end(), [&](const auto &face) { return face->dpi == dpi && face->font == font; });
    if (known != faces.end())
        return **known;
    if (faces.size() == most)
        faces.clear();
    return *faces.emplace_back(std::make_unique<Face>(font, dpi, device));
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

double baseLine(const Face &face, const QRectF &rect, Qt::Alignment alignment) {
    if (alignment & Qt::AlignTop)
        return rect.top() + face.ascent;
    if (alignment & Qt::AlignBottom)
        return rect.bottom() - face.descent;
    return rect.center().y() + (face.ascent - face.descent) / 2;
}

double leftEnd(const QRectF &rect, Qt::Alignment alignment, double width) {
    return alignment & Qt::AlignRight ? rect.right() - width : alignment & Qt::AlignHCenter ? rect.center().x() - width / 2 : rect.left();
}

double tabularWidth(Face &face, const QString &text) {
    return walk(face.digits, text, [](const QString &, double) {}, [&](const QString &run) { return face.shaped(run).width; });
}

} // namespace

double widthOf(const QFont &font, const QString &text) { return faceOf(font, nullptr).shaped(text).width; }

double widthOf(const QPainter &painter, const QString &text) { return faceOf(painter.font(), painter.device()).shaped(text).width; }

double tabularWidth(const QFont &font, const QString &text) { return tabularWidth(faceOf(font, nullptr), text); }

void drawTabular(QPainter &painter, const QRectF &rect, Qt::Alignment alignment, const QString &text) {
    Face &face = faceOf(painter.font(), painter.device());
    const double width = tabularWidth(face, text);
    if (width > rect.width() + 0.5)
        return drawLine(painter, rect, alignment, text);
    const double left = leftEnd(rect, alignment, width), base = baseLine(face, rect, alignment);
    walk(face.digits, text, [&](const QString &piece, double x) { drawShaped(painter, QPointF(left + x, base), face.shaped(piece), face.ascent); },
         [&](const QString &run) { return face.shaped(run).width; });
}

void drawLine(QPainter &painter, const QRectF &rect, Qt::Alignment alignment, const QString &given, Qt::TextElideMode mode) {
    QString text = given;
    if (text.contains(QLatin1Char('\n')))
        text.replace(QLatin1Char('\n'), QLatin1Char(' '));
    Face &face = faceOf(painter.font(), painter.device());
    const Shaped &whole = face.shaped(text);
    // Half a pixel of rounding must not cost a letter.
    const bool fits = whole.width <= rect.width() + 0.5;
    const Shaped &shown = fits ? whole : face.shaped(face.cut(text, rect.width(), mode));
    drawShaped(painter, QPointF(leftEnd(rect, alignment, shown.width), baseLine(face, rect, alignment)), shown, face.ascent);
}

} // namespace pilothouse::ui
