// SPDX-License-Identifier: GPL-3.0-or-later
// The half of PlotWidget that answers mouse and keys; plot.cpp paints.
#include "widgets/base/plot.h"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace pilothouse::ui {
namespace {

constexpr double wheelStep = 0.8, keyShare = 0.2; ///< of what is shown

/// The page under a chart may want to scroll: then the wheel is the page's, and the chart's with Ctrl or once it was clicked.
bool pageScrolls(const QWidget *chart) {
    for (const QWidget *up = chart->parentWidget(); up; up = up->parentWidget())
        if (const auto *area = qobject_cast<const QAbstractScrollArea *>(up); area && area->verticalScrollBar()->maximum() > area->verticalScrollBar()->minimum())
            return true;
    return false;
}

} // namespace

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

void PlotWidget::wheelEvent(QWheelEvent *event) {
    const PlotScale now = scale();
    const double notches = (event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x()) / 120.0;
    if (!zoomable() || notches == 0 || !(hasFocus() || event->modifiers() & Qt::ControlModifier || !pageScrolls(this)))
        return event->ignore();
    zoom(std::pow(wheelStep, notches), std::clamp((event->position().x() - now.area.left()) / now.area.width(), 0.0, 1.0));
    event->accept();
}

void PlotWidget::mousePressEvent(QMouseEvent *event) {
    const PlotScale now = scale();
    if (event->button() == Qt::LeftButton && zoomable() && now.area.contains(event->position())) {
        m_press = event->position();
        m_moves = event->modifiers() & Qt::ShiftModifier;
    }
}

void PlotWidget::mouseMoveEvent(QMouseEvent *event) {
    const PlotScale now = scale();
    if (m_press && (event->buttons() & Qt::LeftButton)) {
        const double by = event->position().x() - m_press->x();
        if (m_moves) {
            setCursor(Qt::ClosedHandCursor);
            m_press = event->position();
            return moveView(-by / now.area.width());
        }
        if (m_brushTo || std::abs(by) >= QApplication::startDragDistance()) {
            m_brushTo = event->position().x();
            update();
        }
        return;
    }
    if (m_pinned)
        return;
    const bool inside = now.area.adjusted(-4, -20, 4, 20).contains(event->position());
    moveCrosshair(inside ? snapped(now.fromX(event->position().x())) : std::nan(""), true);
}

void PlotWidget::mouseReleaseEvent(QMouseEvent *) {
    const PlotScale now = scale();
    const auto from = std::exchange(m_press, std::nullopt);
    const auto to = std::exchange(m_brushTo, std::nullopt);
    unsetCursor();
    if (!from || !to)
        return;
    const double left = std::clamp(std::min(from->x(), *to), now.area.left(), now.area.right()), right = std::clamp(std::max(from->x(), *to), now.area.left(), now.area.right());
    update();
    if (right - left >= QApplication::startDragDistance())
        setView(View{now.fromX(left), now.fromX(right)});
}

void PlotWidget::mouseDoubleClickEvent(QMouseEvent *) { showAll(); }

bool PlotWidget::event(QEvent *event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto *press = static_cast<QKeyEvent *>(event);
        const int key = press->key();
        const bool something = !std::isnan(m_crosshair) || m_brushTo || zoomed();
        const bool moves = (key == Qt::Key_Left || key == Qt::Key_Right) && press->modifiers() & Qt::ControlModifier;
        if (zoomable() && (key == Qt::Key_0 || key == Qt::Key_Plus || key == Qt::Key_Equal || key == Qt::Key_Minus || moves || (key == Qt::Key_Escape && something))) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
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
    const View shown = view().value_or(whole());
    int at = size;
    if (!std::isnan(m_crosshair))
        at = nearestPoint(longest->points, m_crosshair);
    else if (zoomed()) // from the edge of what is seen
        at = nearestPoint(longest->points, by > 0 ? shown.from : shown.to) - by;
    else if (by > 0)
        at = -1;
    const double x = longest->points[qBound(0, at + by, size - 1)].x();
    if (zoomed() && (x < shown.from || x > shown.to)) // the view follows
        moveView(x < shown.from ? (x - shown.from) / (shown.to - shown.from) - keyShare : (x - shown.to) / (shown.to - shown.from) + keyShare);
    moveCrosshair(x, true);
}

void PlotWidget::keyPressEvent(QKeyEvent *event) {
    if (event->matches(QKeySequence::Copy))
        return copy();
    const bool control = event->modifiers() & Qt::ControlModifier;
    const int steps = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
    const View shown = view().value_or(whole());
    const double about = std::isnan(m_crosshair) ? 0.5 : std::clamp((m_crosshair - shown.from) / (shown.to - shown.from), 0.0, 1.0);
    switch (event->key()) {
    case Qt::Key_Left: return control ? moveView(-keyShare) : stepCrosshair(-steps);
    case Qt::Key_Right: return control ? moveView(keyShare) : stepCrosshair(steps);
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoom(wheelStep, about);
    case Qt::Key_Minus: return zoom(1 / wheelStep, about);
    case Qt::Key_0:
    case Qt::Key_Home: return showAll();
    case Qt::Key_Space:
        m_pinned = !m_pinned && !std::isnan(m_crosshair);
        update();
        return;
    case Qt::Key_Escape:
        if (m_brushTo) {
            m_brushTo.reset();
            m_press.reset();
            return update();
        }
        if (!std::isnan(m_crosshair)) {
            m_pinned = false;
            return moveCrosshair(std::nan(""), true);
        }
        if (zoomed())
            return showAll();
        break;
    default: break;
    }
    QWidget::keyPressEvent(event);
}

} // namespace pilothouse::ui
