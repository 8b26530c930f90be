// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/plot_scale.h"
#include "widgets/base/panel.h"

#include <QAbstractScrollArea>

namespace pilothouse::ui {

/// One mark of the time axis where it stands. Pure; tested.
struct TimelineMark {
    int event = 0; ///< index into the events
    int lane = 0;
    QRectF rect;   ///< a point's rectangle is 10 × 10 around its middle
    bool point = false;
};
struct TimelineLayout {
    PlotScale scale; ///< x: seconds since 1970
    double laneHeight = 0;
    std::vector<TimelineMark> marks;
    int laneAt(double y) const;
};
/// Lanes from top: commits/train, builds, promotions, rollouts, drift, alerts.
const QStringList &timelineLanes();
TimelineLayout layoutTimeline(const std::vector<fleet::TimelineEvent> &events, const QSizeF &size, const QDateTime &from, const QDateTime &now, double nameWidth, double axisHeight);

/// One time axis for all models: six lanes, linked events joined in accent, a "now" line, a hover line across all lanes. Arrow
/// keys move from event to event.
class TimelineView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit TimelineView(QWidget *parent = nullptr);
    void setEvents(std::vector<fleet::TimelineEvent> events, const QDateTime &now);
    void setHours(int hours);
    void setModel(const QString &model); ///< whose linked events are joined and named
    int hours() const { return m_hours; }
    int current() const { return m_current; }

Q_SIGNALS:
    void opened(const QString &model, const QString &lane);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    TimelineLayout places() const;
    void paintLanes(QPainter &painter, const TimelineLayout &layout) const;
    void paintMark(QPainter &painter, const TimelineMark &mark, const fleet::TimelineEvent &event) const;
    void paintLabels(QPainter &painter, const TimelineLayout &layout) const;
    void paintLinks(QPainter &painter, const TimelineLayout &layout) const;
    void paintCallout(QPainter &painter, const TimelineLayout &layout) const;
    QString describe(const fleet::TimelineEvent &event) const;
    std::vector<fleet::TimelineEvent> m_events;
    QDateTime m_now;
    QString m_model;
    int m_hours = 168, m_current = -1;
    double m_hover = -1;
};

} // namespace pilothouse::ui
