// SPDX-License-Identifier: GPL-3.0-or-later
// The half of PlotWidget that answers mouse, keys and questions about values; plot.cpp paints.
#include "widgets/base/format.h"
#include "widgets/base/plot.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace pilothouse::ui {

std::vector<std::pair<QString, QString>> PlotWidget::valuesAt(double x) const {
    std::vector<std::pair<QString, QString>> values;
    for (const PlotSeries &series : m_data.series) {
        int i = series.quiet ? -1 : nearestPoint(series.points, x);
        if (i < 0)
            continue;
        if (series.steps && i > 0 && series.points[i].x() > x)
            --i; // a bin's value holds from its left edge
        const double y = series.points[i].y();
        values.emplace_back(series.name, std::isnan(y) ? tr("no data") : m_data.decimals >= 0 ? fixed(y, m_data.decimals) : number(y));
    }
    return values;
}

QString PlotWidget::xText(double x) const {
    if (!m_data.categories.empty()) {
        const auto i = std::size_t(std::max(0.0, std::round(x)));
        return i < m_data.categories.size() ? m_data.categories[i] : QString();
    }
    if (m_data.time)
        return QLocale().toString(QDateTime::fromSecsSinceEpoch(qint64(x)), QStringLiteral("ddd d MMM HH:mm"));
    return m_data.xName.isEmpty() ? number(x) : QStringLiteral("%1 %2").arg(m_data.xName, number(x));
}

QString PlotWidget::textAt(double x) const {
    QStringList lines{xText(x)};
    for (const auto &[name, value] : valuesAt(x))
        lines << QStringLiteral("%1\t%2").arg(name, value);
    return lines.join(QLatin1Char('\n'));
}

QString PlotWidget::asText() const {
    std::vector<const PlotSeries *> told;
    QStringList head{m_data.time ? tr("time") : m_data.xName};
    for (const PlotSeries &series : m_data.series)
        if (!series.quiet) {
            told.push_back(&series);
            head << series.name;
        }
    std::map<double, QStringList> rows;
    for (std::size_t s = 0; s < told.size(); ++s)
        for (const QPointF &p : told[s]->points) {
            QStringList &row = rows[p.x()];
            row.resize(qsizetype(told.size()));
            row[qsizetype(s)] = std::isnan(p.y()) ? tr("no data") : number(p.y(), 6);
        }
    QStringList lines{head.join(QLatin1Char('\t'))};
    for (const auto &[x, row] : rows)
        lines << xText(x) + QLatin1Char('\t') + row.join(QLatin1Char('\t'));
    return lines.join(QLatin1Char('\n'));
}

double PlotWidget::snapped(double x) const {
    double best = x, distance = std::numeric_limits<double>::infinity();
    for (const PlotSeries &series : m_data.series)
        if (const int i = series.quiet ? -1 : nearestPoint(series.points, x); i >= 0 && std::abs(series.points[i].x() - x) < distance) {
            best = series.points[i].x();
            distance = std::abs(best - x);
        }
    return best;
}

void PlotWidget::setCrosshair(double x) {
    if (!m_pinned)
        moveCrosshair(x, false);
}

void PlotWidget::moveCrosshair(double x, bool tell) {
    if (x == m_crosshair || (std::isnan(x) && std::isnan(m_crosshair)))
        return;
    m_crosshair = x;
    update();
    if (tell)
        Q_EMIT crosshairMoved(x);
}

void PlotWidget::mouseMoveEvent(QMouseEvent *event) {
    const PlotScale now = scale();
    if (m_pinned)
        return;
    const bool inside = now.area.adjusted(-4, -20, 4, 20).contains(event->position());
    moveCrosshair(inside ? snapped(now.fromX(event->position().x())) : std::nan(""), true);
}

void PlotWidget::mousePressEvent(QMouseEvent *event) {
    const PlotScale now = scale();
    if (now.area.contains(event->position()))
        Q_EMIT clickedAt(snapped(now.fromX(event->position().x())));
}

void PlotWidget::leaveEvent(QEvent *) {
    if (!m_pinned)
        moveCrosshair(std::nan(""), true);
}

void PlotWidget::stepCrosshair(int by) {
    const auto longest = std::max_element(m_data.series.begin(), m_data.series.end(),
                                          [](const PlotSeries &a, const PlotSeries &b) { return a.points.size() < b.points.size(); });
    if (longest == m_data.series.end() || longest->points.empty())
        return;
    const int size = int(longest->points.size());
    const int at = std::isnan(m_crosshair) ? (by > 0 ? -1 : size) : nearestPoint(longest->points, m_crosshair);
    moveCrosshair(longest->points[qBound(0, at + by, size - 1)].x(), true);
}

void PlotWidget::keyPressEvent(QKeyEvent *event) {
    if (event->matches(QKeySequence::Copy)) {
        QApplication::clipboard()->setText(std::isnan(m_crosshair) ? asText() : textAt(m_crosshair));
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left: return stepCrosshair(event->modifiers() & Qt::ShiftModifier ? -10 : -1);
    case Qt::Key_Right: return stepCrosshair(event->modifiers() & Qt::ShiftModifier ? 10 : 1);
    case Qt::Key_Space:
        m_pinned = !m_pinned && !std::isnan(m_crosshair);
        update();
        return;
    case Qt::Key_Escape:
        if (!std::isnan(m_crosshair)) {
            m_pinned = false;
            return moveCrosshair(std::nan(""), true);
        }
        break;
    default: break;
    }
    QWidget::keyPressEvent(event);
}

Legend::Legend(std::vector<Entry> entries, QWidget *parent) : QWidget(parent), m_entries(std::move(entries)) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Legend::setEntries(std::vector<Entry> entries) {
    m_entries = std::move(entries);
    updateGeometry();
    update();
}

QSize Legend::sizeHint() const {
    const Theme &theme = Theme::of(this);
    const QFont &font = theme.font(TextRole::Second);
    int width = 0;
    for (const Entry &entry : m_entries)
        width += qRound(widthOf(font, entry.text)) + theme.px(16 + 6 + 14);
    return {width, theme.px(20)};
}

void Legend::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.setFont(theme.font(TextRole::Second));
    double x = theme.px(6);
    for (const Entry &entry : m_entries) {
        QPen pen(t.*entry.ink, 2);
        if (entry.dashed)
            pen.setDashPattern({1.6, 1.6});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, height() / 2.0), QPointF(x + theme.px(16), height() / 2.0));
        x += theme.px(22);
        painter.setPen(t.t2);
        const double wide = widthOf(painter, entry.text);
        drawLine(painter, QRectF(x, 0, wide + 2, height()), Qt::AlignVCenter | Qt::AlignLeft, entry.text);
        x += wide + theme.px(14);
    }
}

} // namespace pilothouse::ui
