// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/cells.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

std::vector<std::vector<QPointF>> sparklinePieces(const std::vector<double> &points, const QRectF &rect, double low, double high) {
    std::vector<std::vector<QPointF>> pieces;
    const double span = high - low;
    bool open = false;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (std::isnan(points[i])) {
            open = false;
            continue;
        }
        if (!open)
            pieces.emplace_back();
        open = true;
        const double x = points.size() < 2 ? rect.right() : rect.left() + rect.width() * double(i) / double(points.size() - 1);
        const double y = span > 0 ? rect.bottom() - rect.height() * (points[i] - low) / span : rect.center().y();
        pieces.back().emplace_back(x, y);
    }
    return pieces;
}

void paintSparkline(QPainter &painter, const QRectF &rect, const MetricCell &cell, const QWidget *widget) {
    double low = INFINITY, high = -INFINITY;
    const auto reach = [&](double value) {
        if (!std::isnan(value))
            low = std::min(low, value), high = std::max(high, value);
    };
    std::for_each(cell.points.begin(), cell.points.end(), reach);
    if (low > high)
        return;
    if (cell.max)
        reach(*cell.max);
    if (cell.min)
        reach(*cell.min);
    const Tokens &t = tokens(widget);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = rect.adjusted(1, 2, -3, -2);
    const auto yOf = [&](double value) { return high > low ? area.bottom() - area.height() * (value - low) / (high - low) : area.center().y(); };
    for (const auto &limit : {cell.min, cell.max})
        if (limit) {
            painter.setPen(QPen(t.t3, 1, Qt::CustomDashLine));
            QPen pen = painter.pen();
            pen.setDashPattern({2, 2});
            painter.setPen(pen);
            painter.drawLine(QPointF(rect.left(), yOf(*limit)), QPointF(rect.right(), yOf(*limit)));
        }
    const auto pieces = sparklinePieces(cell.points, area, low, high);
    const auto stroke = [&](const QColor &ink) {
        painter.setPen(QPen(ink, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        for (const auto &piece : pieces)
            painter.drawPolyline(piece.data(), int(piece.size()));
    };
    const QColor ink = cell.kind == MetricCell::Old ? t.t3 : t.t2;
    stroke(ink);
    // The part past a limit is the same line in bad, clipped at the limit: no second geometry to disagree.
    const auto over = [&](const QRectF &clip) {
        painter.save();
        painter.setClipRect(clip);
        stroke(t.bad);
        painter.restore();
    };
    if (cell.max && high > *cell.max)
        over(QRectF(rect.left(), rect.top() - 2, rect.width(), yOf(*cell.max) - rect.top() + 2));
    if (cell.min && low < *cell.min)
        over(QRectF(rect.left(), yOf(*cell.min), rect.width(), rect.bottom() + 2 - yOf(*cell.min)));
    if (!pieces.empty() && !std::isnan(cell.points.back())) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(cell.kind == MetricCell::Over ? t.bad : ink);
        painter.drawEllipse(pieces.back().back(), 2.2, 2.2);
    }
    painter.restore();
}

void paintEffectBar(QPainter &painter, const QRectF &track, const EffectCell &cell, const QWidget *widget) {
    const Tokens &t = tokens(widget);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.bg3);
    painter.drawRoundedRect(track, 2, 2);
    const double full = cell.full > 0 ? cell.full : 1;
    const double wide = qBound(2.0, track.width() * cell.value / full, track.width());
    painter.setBrush(t.*stateInk(cell.state));
    painter.drawRoundedRect(QRectF(track.left(), track.top(), wide, track.height()), 2, 2);
    for (double limit : {cell.warn, cell.bad})
        if (limit > 0 && limit < full) {
            const double x = track.left() + track.width() * limit / full;
            painter.fillRect(QRectF(x - 0.5, track.top() - 3, 1, track.height() + 6), t.t3);
        }
    painter.restore();
}

void MetricDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    painter->save();
    paintCellGround(*painter, option, index);
    const Theme &theme = Theme::of(option.widget);
    const Tokens &t = theme.tokens();
    const auto cell = index.data(MetricRole).value<MetricCell>();
    const QRectF area = QRectF(option.rect).adjusted(theme.px(8), 0, -theme.px(8), -1);
    if (cell.kind == MetricCell::Loading) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(t.bg3);
        for (auto [from, to] : {std::pair{0.05, 0.28}, {0.33, 0.58}, {0.62, 0.98}})
            painter->drawRoundedRect(QRectF(area.left() + area.width() * from, area.center().y() - 4, area.width() * (to - from), 8), 4, 4);
        painter->restore();
        return;
    }
    const double valueWidth = theme.px(44), stackWidth = theme.px(56);
    painter->setFont(theme.font(TextRole::Title));
    painter->setPen(cell.kind == MetricCell::Over ? t.bad : cell.kind == MetricCell::Old ? t.t2 : cell.kind == MetricCell::None ? t.t3 : t.t1);
    const QRectF value(area.left(), area.top(), valueWidth, area.height());
    drawTabular(*painter, value, Qt::AlignRight | Qt::AlignVCenter, cell.value);
    if (cell.kind == MetricCell::Old) {
        const double side = theme.px(11);
        const double x = value.right() - tabularWidth(painter->font(), cell.value) - side - theme.px(4);
        paintState(*painter, QRectF(qMax<double>(option.rect.left() + 1, x), area.center().y() - side / 2, side, side), State::Stale, option.widget);
    }
    painter->setFont(theme.font(TextRole::Caption));
    painter->setPen(t.t2);
    const double x = value.right() + theme.px(7), half = theme.px(14);
    const bool both = !cell.limit.isEmpty();
    drawLine(*painter, QRectF(x, both ? area.center().y() - half : area.top(), stackWidth, both ? half : area.height()), Qt::AlignLeft | Qt::AlignVCenter, cell.unit);
    painter->setPen(t.t3);
    if (both)
        drawLine(*painter, QRectF(x, area.center().y(), stackWidth, half), Qt::AlignLeft | Qt::AlignVCenter, cell.limit);
    const QRectF rest(x + stackWidth + theme.px(4), area.top() + theme.px(8), area.right() - x - stackWidth - theme.px(4), area.height() - theme.px(16));
    if (rest.width() > theme.px(30)) {
        if (!cell.note.isEmpty() && cell.points.empty())
            drawLine(*painter, rest, Qt::AlignLeft | Qt::AlignVCenter, cell.note);
        else if (m_sparkline)
            paintSparkline(*painter, rest, cell, option.widget);
    }
    painter->restore();
}

void EffectDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    painter->save();
    paintCellGround(*painter, option, index);
    const Theme &theme = Theme::of(option.widget);
    const Tokens &t = theme.tokens();
    const QRectF area = QRectF(option.rect).adjusted(theme.px(8), 0, -theme.px(8), -1);
    const QVariant data = index.data(EffectRole);
    painter->setFont(theme.font(TextRole::Caption));
    painter->setPen(t.t3);
    if (!data.canConvert<EffectCell>()) {
        drawLine(*painter, area, Qt::AlignLeft | Qt::AlignVCenter, index.data(Qt::DisplayRole).toString());
        painter->restore();
        return;
    }
    const auto cell = data.value<EffectCell>();
    const bool stacked = !cell.word.isEmpty() && option.rect.height() >= theme.px(40);
    const double line = stacked ? area.top() + theme.px(12.5) : area.center().y();
    paintEffectBar(*painter, QRectF(area.left(), line - 2, theme.px(40), 4), cell, option.widget);
    if (stacked) {
        painter->setPen(cell.state == State::Bad ? t.bad : t.t3);
        drawLine(*painter, QRectF(area.left(), area.top() + theme.px(21), area.width(), theme.px(16)), Qt::AlignLeft | Qt::AlignVCenter, cell.word);
    }
    painter->setFont(theme.font(TextRole::Body));
    painter->setPen(t.t1);
    drawTabular(*painter, QRectF(area.left() + theme.px(44), line - theme.px(9), theme.px(30), theme.px(18)), Qt::AlignRight | Qt::AlignVCenter, cell.text);
    painter->restore();
}

} // namespace pilothouse::ui
