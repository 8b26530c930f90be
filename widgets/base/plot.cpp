// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/plot.h"

#include "widgets/base/format.h"
#include "widgets/base/plot_strokes.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QEvent>
#include <QPaintEngine>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::ui {
namespace {

constexpr double noisy = 6; ///< pixels up and down for each across, from which a line is painted as strokes
constexpr double noX = std::numeric_limits<double>::quiet_NaN();

} // namespace

PlotWidget::PlotWidget(QWidget *parent) : QWidget(parent), m_crosshair(noX) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Chart"));
    const auto afresh = [this] {
        m_ground = {};
        update();
    };
    connect(&Theme::of(this), &Theme::changed, this, afresh);
    connect(&ChartDesk::of(this), &ChartDesk::rangeChanged, this, [this, afresh] {
        if (m_data.time && zoomable())
            afresh();
    });
}

void PlotWidget::resizeEvent(QResizeEvent *) { m_ground = {}; }

void PlotWidget::changeEvent(QEvent *event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange || event->type() == QEvent::LanguageChange)
        m_ground = {};
    QWidget::changeEvent(event);
}

void PlotWidget::paintEvent(QPaintEvent *) {
    const PlotScale now = scale();
    QPainter screen(this);
    const double ratio = std::max(devicePixelRatioF(), screen.deviceTransform().m11()); // a picture that is saved is larger than the screen
    if (const QPaintEngine *engine = screen.paintEngine(); engine && (engine->type() == QPaintEngine::SVG || engine->type() == QPaintEngine::Pdf)) { // lines stay lines there
        screen.setRenderHint(QPainter::Antialiasing);
        paintAll(screen, now, false);
        return;
    }
    if (m_ground.isNull() || m_ground.devicePixelRatioF() != ratio) {
        m_ground = QPixmap(size() * ratio);
        m_ground.setDevicePixelRatio(ratio);
        m_ground.fill(Qt::transparent);
        QPainter painter(&m_ground);
        painter.setRenderHint(QPainter::Antialiasing);
        paintAll(painter, now, true);
    }
    screen.drawPixmap(0, 0, m_ground);
    if (m_brushTo)
        paintBrush(screen, now);
    else if (!std::isnan(m_crosshair))
        paintCallout(screen, now);
    if (hasFocus() && std::isnan(m_crosshair)) {
        screen.setRenderHint(QPainter::Antialiasing);
        screen.setPen(QPen(tokens(this).acc, 2));
        screen.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void PlotWidget::paintAll(QPainter &painter, const PlotScale &scale, bool pixels) const {
    paintGround(painter, scale);
    paintAxes(painter, scale);
    painter.save();
    painter.setClipRect(scale.area.adjusted(-1, -1, 1, 1));
    for (std::size_t i = 0; i < m_data.series.size(); ++i)
        if (!pixels || !paintDense(painter, scale, i))
            paintSeries(painter, scale, i);
    painter.restore();
    paintMarks(painter, scale);
    if (nothingInView()) {
        painter.setFont(Theme::of(this).font(TextRole::Second));
        painter.setPen(tokens(this).t3);
        const QString words = tr("Nothing in the time that is shown");
        QRectF ground(0, 0, widthOf(painter, words) + Theme::of(this).px(16), Theme::of(this).px(22));
        ground.moveCenter(scale.area.center());
        painter.fillRect(ground, tokens(this).bg1); // no limit runs through it
        drawLine(painter, ground, Qt::AlignCenter, words);
    }
}

/// A line that goes up and down more than across, as strokes: all noise, a million points. false: it is no such line.
bool PlotWidget::paintDense(QPainter &painter, const PlotScale &scale, std::size_t at) const {
    const PlotSeries &series = m_data.series[at];
    if (series.bars || series.dots || series.steps || double(series.points.size()) < scale.area.width() / 4)
        return false;
    const double ratio = painter.device()->devicePixelRatioF();
    const QPoint corner(int(std::floor(scale.area.left() * ratio)), int(std::floor(scale.area.top() * ratio))); // on whole pixels: the columns are those of the screen
    PlotScale pixels = scale;
    pixels.area = QRectF(scale.area.left() * ratio - corner.x(), scale.area.top() * ratio - corner.y(), scale.area.width() * ratio, scale.area.height() * ratio);
    const auto pieces = linePieces(series.points, pixels, m_index[at].empty() ? nullptr : &m_index[at]);
    if (!isDense(series.points, scale)) {
        double travel = 0;
        for (const auto &piece : pieces)
            for (std::size_t i = 1; i < piece.size(); ++i)
                travel += std::abs(piece[i].y() - piece[i - 1].y());
        if (!(travel > noisy * pixels.area.width()))
            return false;
    }
    QImage image(int(std::ceil(pixels.area.right())), int(std::ceil(pixels.area.bottom())), QImage::Format_ARGB32_Premultiplied);
    if (image.isNull())
        return true;
    image.fill(Qt::transparent);
    StrokeLook look;
    look.ink = tokens(this).*series.ink;
    if (series.quiet)
        look.ink.setAlphaF(0.35f);
    look.width = series.width * ratio;
    look.dash = series.dashed ? int(std::lround(4 * ratio)) : 0;
    if (series.filled) {
        look.shade = look.ink;
        look.shade.setAlphaF(0.16f);
        look.zero = pixels.toY(qBound(scale.y0, 0.0, scale.y1));
    }
    for (const auto &piece : pieces)
        paintStrokes(image, columnSpans(piece, image.width()), look);
    image.setDevicePixelRatio(ratio);
    painter.drawImage(QPointF(corner) / ratio, image);
    return true;
}

void PlotWidget::paintGround(QPainter &painter, const PlotScale &scale) const {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.save();
    for (const PlotSpan &span : m_data.spans) {
        const double left = std::max(scale.area.left(), scale.toX(span.from)), right = std::min(scale.area.right(), scale.toX(span.to));
        if (right <= left)
            continue;
        const QRectF area(left, scale.area.top(), right - left, scale.area.height());
        painter.setClipRect(area);
        if (span.over) {
            QColor shade = t.bad;
            shade.setAlphaF(0.13f);
            painter.fillRect(area, shade);
        } else {
            painter.setPen(QPen(t.line, 1));
            for (double x = area.left() - area.height(); x < area.right(); x += 6)
                painter.drawLine(QPointF(x, area.bottom()), QPointF(x + area.height(), area.top()));
        }
        painter.setClipping(false);
        painter.setFont(theme.font(TextRole::Caption));
        painter.setPen(span.over ? t.bad : t.t3);
        drawLine(painter, area.adjusted(2, 2, -2, 0), Qt::AlignHCenter | Qt::AlignTop, span.text);
    }
    for (const PlotBand &band : m_data.bands) {
        QColor shade = t.*band.ink;
        shade.setAlphaF(0.16f);
        painter.setPen(Qt::NoPen);
        painter.setBrush(shade);
        painter.setClipRect(scale.area);
        QPolygonF shape;
        const auto close = [&](std::size_t from, std::size_t to) {
            for (std::size_t i = to; i > from; --i)
                shape << QPointF(scale.toX(band.x[i - 1]), scale.toY(band.low[i - 1]));
            painter.drawPolygon(shape);
            shape.clear();
        };
        std::size_t start = 0;
        for (std::size_t i = 0; i < band.x.size(); ++i) {
            if (std::isnan(band.low[i]) || std::isnan(band.high[i])) {
                close(start, i);
                start = i + 1;
                continue;
            }
            shape << QPointF(scale.toX(band.x[i]), scale.toY(band.high[i]));
        }
        close(start, band.x.size());
        painter.setClipping(false);
    }
    painter.restore();
}

void PlotWidget::paintAxes(QPainter &painter, const PlotScale &scale) const {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.setFont(theme.font(TextRole::Caption));
    const auto ticks = roundTicks(scale.y0, scale.y1);
    const int decimals = tickDecimals(ticks);
    for (double tick : ticks) {
        const double y = std::round(scale.toY(tick)) + 0.5;
        painter.setPen(QPen(t.grid, 1));
        painter.drawLine(QPointF(scale.area.left(), y), QPointF(scale.area.right(), y));
        painter.setPen(t.t3);
        drawTabular(painter, QRectF(0, y - theme.px(8), scale.area.left() - theme.px(6), theme.px(16)), Qt::AlignRight | Qt::AlignVCenter, fixed(tick, decimals));
    }
    painter.setPen(t.t3);
    if (!m_data.unit.isEmpty())
        drawLine(painter, QRectF(0, 0, scale.area.right(), theme.px(16)), Qt::AlignLeft | Qt::AlignVCenter, m_data.unit);
    const QRectF below(scale.area.left(), scale.area.bottom() + theme.px(3), scale.area.width(), theme.px(16));
    const auto label = [&](double x, const QString &text) {
        const double wide = widthOf(painter, text) + 2;
        const double left = qBound(0.0, scale.toX(x) - wide / 2, width() - wide);
        drawLine(painter, QRectF(left, below.top(), wide, below.height()), Qt::AlignCenter, text);
    };
    if (!m_data.categories.empty()) {
        const double room = scale.area.width() / double(m_data.categories.size());
        const int every = std::max(1, int(std::ceil(theme.px(44) / std::max(1.0, room))));
        for (std::size_t i = 0; i < m_data.categories.size(); i += every)
            label(double(i), painter.fontMetrics().elidedText(m_data.categories[i], Qt::ElideRight, int(room * every) - 4));
    } else if (m_data.time) {
        for (const TimeTick &tick : timeTicks(scale.x0, scale.x1, std::max(2, int(scale.area.width() / theme.px(80))), timesInUtc()))
            label(tick.seconds, tick.text);
    } else {
        const auto across = roundTicks(scale.x0, scale.x1, std::max(2, int(scale.area.width() / theme.px(70))));
        for (double tick : across)
            label(tick, fixed(tick, tickDecimals(across)));
    }
    painter.setPen(QPen(t.line2, 1));
    painter.drawLine(QPointF(scale.area.left(), std::round(scale.area.bottom()) + 0.5), QPointF(scale.area.right(), std::round(scale.area.bottom()) + 0.5));
}

void PlotWidget::paintSeries(QPainter &painter, const PlotScale &scale, std::size_t at) const {
    const PlotSeries &series = m_data.series[at];
    QColor ink = tokens(this).*series.ink;
    if (series.quiet)
        ink.setAlphaF(0.35f);
    QColor shade = ink;
    shade.setAlphaF(0.16f);
    const double zero = scale.toY(qBound(scale.y0, 0.0, scale.y1));
    if (series.bars) {
        double step = series.points.size() > 1 ? std::abs(scale.toX(series.points[1].x()) - scale.toX(series.points[0].x())) : scale.area.width() / 4;
        if (!m_data.categories.empty()) // one place each, and no bar is a wall
            step = std::min<double>(std::abs(scale.toX(1) - scale.toX(0)), Theme::of(this).px(32));
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        for (const QPointF &p : series.points)
            if (!std::isnan(p.y()))
                painter.drawRect(QRectF(QPointF(scale.toX(p.x()) - step * 0.35, scale.toY(p.y())), QPointF(scale.toX(p.x()) + step * 0.35, zero)).normalized());
        return;
    }
    if (series.dots) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        for (const QPointF &p : series.points)
            if (!std::isnan(p.y()))
                painter.drawEllipse(QPointF(scale.toX(p.x()), scale.toY(p.y())), 2.6, 2.6);
        return;
    }
    std::vector<std::vector<QPointF>> pieces;
    if (series.steps) {
        pieces.emplace_back();
        for (std::size_t i = 0; i < series.points.size(); ++i) {
            const QPointF &p = series.points[i];
            if (i > 0)
                pieces.back().emplace_back(scale.toX(p.x()), pieces.back().back().y());
            pieces.back().emplace_back(scale.toX(p.x()), scale.toY(std::isnan(p.y()) ? 0 : p.y()));
        }
    } else {
        pieces = linePieces(series.points, scale, m_index[at].empty() ? nullptr : &m_index[at]);
    }
    QPen pen(ink, series.width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (series.dashed)
        pen.setDashPattern({3, 3});
    for (const auto &piece : pieces) {
        if (series.filled && piece.size() > 1) {
            QPolygonF shape(QList<QPointF>(piece.begin(), piece.end()));
            shape << QPointF(piece.back().x(), zero) << QPointF(piece.front().x(), zero);
            painter.setPen(Qt::NoPen);
            painter.setBrush(shade);
            painter.drawPolygon(shape);
        }
        painter.setBrush(Qt::NoBrush);
        painter.setPen(pen);
        if (piece.size() == 1)
            painter.drawPoint(piece.front());
        else
            painter.drawPolyline(piece.data(), int(piece.size()));
    }
}

void PlotWidget::paintMarks(QPainter &painter, const PlotScale &scale) const {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.setFont(theme.font(TextRole::Caption));
    for (const PlotRug &rug : m_data.rugs) {
        painter.setPen(QPen(t.*rug.ink, 1));
        for (const double value : rug.x)
            if (const double x = scale.toX(value); x >= scale.area.left() && x <= scale.area.right())
                painter.drawLine(QPointF(x, scale.area.bottom()), QPointF(x, scale.area.bottom() - theme.px(rug.height)));
    }
    bool leftSide = true;
    for (const PlotLimit &limit : m_data.limits) {
        const double y = scale.toY(limit.value);
        if (y < scale.area.top() - 1 || y > scale.area.bottom() + 1)
            continue;
        QPen pen(t.*limit.ink, 1.2);
        pen.setDashPattern({4, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(scale.area.left(), y), QPointF(scale.area.right(), y));
        const double end = scale.area.left() + 10 + widthOf(painter, limit.text);
        if (leftSide && y < scale.area.top() + theme.px(24)) // where a marker's name stands there is the other side
            leftSide = std::none_of(m_data.markers.begin(), m_data.markers.end(), [&](const PlotMarker &m) { return scale.toX(m.x) >= scale.area.left() - theme.px(60) && scale.toX(m.x) <= end; });
        const QRectF words(scale.area.left() + 6, y - theme.px(16), scale.area.width() - 10, theme.px(15));
        drawLine(painter, words, (leftSide ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, limit.text);
        leftSide = !leftSide; // two limits close together must not write over each other
    }
    for (const PlotMarker &marker : m_data.markers) {
        const double x = scale.toX(marker.x);
        if (x < scale.area.left() - 1 || x > scale.area.right() + 1)
            continue;
        QPen pen(t.*marker.ink, 1);
        pen.setDashPattern({1.5, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, scale.area.top()), QPointF(x, scale.area.bottom()));
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.*marker.ink);
        const double y = scale.area.top() - theme.px(4), r = 5;
        painter.drawPolygon(QPolygonF({QPointF(x, y - r), QPointF(x + r, y), QPointF(x, y + r), QPointF(x - r, y)}));
        painter.setPen(marker.ink == &Tokens::t3 ? t.t1 : t.*marker.ink);
        const double wide = widthOf(painter, marker.text) + 4;
        const bool right = x + 9 + wide <= width();
        drawLine(painter, QRectF(right ? x + 9 : x - 9 - wide, y - theme.px(8), wide, theme.px(16)), (right ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, marker.text);
    }
    for (const PlotPoint &point : m_data.points) {
        const QPointF at(scale.toX(point.x), scale.toY(point.y));
        painter.setPen(QPen(t.*point.ink, 1.5));
        painter.setBrush(t.bg1);
        painter.drawEllipse(at, 4, 4);
        const double wide = widthOf(painter, point.text) + 4;
        const bool right = at.x() + 10 + wide <= scale.area.right();
        drawLine(painter, QRectF(right ? at.x() + 10 : at.x() - 10 - wide, at.y() - theme.px(8), wide, theme.px(16)), Qt::AlignVCenter | (right ? Qt::AlignLeft : Qt::AlignRight), point.text);
    }
}

void PlotWidget::paintBrush(QPainter &painter, const PlotScale &scale) const {
    const double from = std::clamp(std::min(m_press->x(), *m_brushTo), scale.area.left(), scale.area.right()), to = std::clamp(std::max(m_press->x(), *m_brushTo), scale.area.left(), scale.area.right());
    QColor shade = tokens(this).acc;
    shade.setAlphaF(0.16f);
    painter.fillRect(QRectF(from, scale.area.top(), to - from, scale.area.height()), shade);
    painter.setPen(QPen(tokens(this).acc, 1));
    for (const double x : {from, to})
        painter.drawLine(QPointF(x, scale.area.top()), QPointF(x, scale.area.bottom()));
    const double first = scale.fromX(from), last = scale.fromX(to);
    painter.setFont(Theme::of(this).font(TextRole::Label));
    painter.setPen(tokens(this).t1);
    drawLine(painter, scale.area.adjusted(4, 4, -4, 0), Qt::AlignHCenter | Qt::AlignTop, m_data.time ? ChartDesk::Range{first, last}.text() : QStringLiteral("%1 – %2").arg(number(first), number(last)));
}

void PlotWidget::paintCallout(QPainter &painter, const PlotScale &scale) const {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.setRenderHint(QPainter::Antialiasing);
    const double x = scale.toX(m_crosshair);
    if (x < scale.area.left() - 1 || x > scale.area.right() + 1)
        return;
    painter.setPen(QPen(m_pinned ? t.acc : t.t3, 1));
    painter.drawLine(QPointF(x, scale.area.top()), QPointF(x, scale.area.bottom()));
    for (const PlotSeries &series : m_data.series) {
        const int i = nearestPoint(series.points, m_crosshair);
        if (i < 0 || series.quiet || series.steps || series.bars || std::isnan(series.points[i].y()))
            continue;
        painter.setPen(QPen(t.*series.ink, 1.5));
        painter.setBrush(t.bg1);
        painter.drawEllipse(QPointF(scale.toX(series.points[i].x()), scale.toY(series.points[i].y())), 3.5, 3.5);
    }
    const auto values = valuesAt(m_crosshair);
    const QFont &strong = theme.font(TextRole::Label), &plain = theme.font(TextRole::Second);
    double wide = widthOf(strong, xText(m_crosshair));
    for (const auto &[name, value] : values)
        wide = std::max(wide, widthOf(plain, name) + theme.px(20) + tabularWidth(strong, value));
    const double line = theme.px(17);
    QRectF box(x + theme.px(10), scale.area.top() + theme.px(4), wide + theme.px(20), line * double(values.size() + 1) + theme.px(12));
    if (box.right() > width())
        box.moveRight(x - theme.px(10));
    box.moveLeft(qBound(0.0, box.left(), std::max(0.0, width() - box.width())));
    painter.setPen(QPen(t.line2, 1));
    painter.setBrush(t.bg3);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    QRectF row(box.left() + theme.px(10), box.top() + theme.px(6), box.width() - theme.px(20), line);
    painter.setFont(strong);
    painter.setPen(t.t1);
    drawLine(painter, row, Qt::AlignVCenter | Qt::AlignLeft, xText(m_crosshair));
    for (const auto &[name, value] : values) {
        row.translate(0, line);
        painter.setFont(plain);
        painter.setPen(t.t2);
        drawLine(painter, row, Qt::AlignVCenter | Qt::AlignLeft, name);
        painter.setFont(strong);
        painter.setPen(t.t1);
        drawTabular(painter, row, Qt::AlignRight | Qt::AlignVCenter, value);
    }
}

} // namespace pilothouse::ui
