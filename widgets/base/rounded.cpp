// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/rounded.h"

#include <QCache>
#include <QPainter>

namespace pilothouse::ui {

namespace {

struct CornersKey {
    QRgb fill, line;
    int radius;
    double ratio;
    bool operator==(const CornersKey &) const = default;
};
size_t qHash(const CornersKey &key, size_t seed = 0) { return qHashMulti(seed, key.fill, key.line, key.radius, key.ratio); }

/// The smallest such box: its four corners around a cross of one pixel.
QPixmap cornersOf(const QColor &fill, const QColor &line, int radius, double ratio) {
    const int side = 2 * (radius + 1) + 1;
    static QCache<CornersKey, QPixmap> cache(200); // GUI thread
    const CornersKey key{fill.rgba(), line.rgba(), radius, ratio};
    if (const QPixmap *known = cache.object(key))
        return *known;
    QPixmap corners(QSize(side, side) * ratio);
    corners.setDevicePixelRatio(ratio);
    corners.fill(Qt::transparent);
    QPainter painter(&corners);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(line, 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(0.5, 0.5, side - 1, side - 1), radius, radius);
    painter.end();
    cache.insert(key, new QPixmap(corners));
    return corners;
}

} // namespace

void paintRounded(QPainter &painter, const QRect &rect, const QColor &fill, const QColor &line, int radius) {
    const double ratio = painter.device()->devicePixelRatioF();
    const int part = radius + 1;
    const bool whole = ratio == int(ratio); // else a corner would not begin on a pixel
    if (!whole || rect.width() < 2 * part || rect.height() < 2 * part) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(line, 1));
        painter.setBrush(fill);
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
        return;
    }
    const int left = rect.left(), top = rect.top(), right = left + rect.width(), bottom = top + rect.height();
    painter.fillRect(QRect(left + part, top + 1, rect.width() - 2 * part, rect.height() - 2), fill);
    for (const int x : {left + 1, right - part})
        painter.fillRect(QRect(x, top + part, part - 1, rect.height() - 2 * part), fill);
    for (const int y : {top, bottom - 1})
        painter.fillRect(QRect(left + part, y, rect.width() - 2 * part, 1), line);
    for (const int x : {left, right - 1})
        painter.fillRect(QRect(x, top + part, 1, rect.height() - 2 * part), line);
    const QPixmap corners = cornersOf(fill, line, radius, ratio);
    for (const bool low : {false, true})
        for (const bool far : {false, true}) {
            const QRect to(far ? right - part : left, low ? bottom - part : top, part, part);
            const QRectF from((far ? part + 1 : 0) * ratio, (low ? part + 1 : 0) * ratio, part * ratio, part * ratio);
            painter.drawPixmap(QRectF(to), corners, from);
        }
}

} // namespace pilothouse::ui
