// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/history.h"
#include "widgets/base/theme.h"

#include <QWidget>

namespace pilothouse::ui {

/// Which version an alias pointed to over time: one coloured stretch each, those that others made with a dashed edge. A click chooses a time; left and
/// right step it, with Ctrl from one stretch to the next.
class LiveBar : public QWidget {
    Q_OBJECT
public:
    explicit LiveBar(QWidget *parent = nullptr);
    void setHistory(const fleet::History &history);
    void setTime(const QDateTime &time);
    QSize sizeHint() const override;
    /// The time at a place, for a tool tip and a click. Pure in what was set; tested.
    QDateTime timeAt(double x) const;

Q_SIGNALS:
    void timeChosen(const QDateTime &time);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    double xOf(const QDateTime &time) const;
    fleet::History m_history;
    QDateTime m_from, m_to, m_time;
};

} // namespace pilothouse::ui
