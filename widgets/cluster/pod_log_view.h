// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/cluster/pod_log_model.h"

#include <QAbstractScrollArea>
#include <QWidget>

class QLabel;
class QLineEdit;

namespace pilothouse::ui {

class Button;
class CheckBox;
class FilterEdit;

/// Draws the rows of a PodLogModel: time, pod, text in a fixed pitch; follows the end until the user scrolls up. Scrolls by rows, so that a million of them are as quick
/// as ten; wrapped lines are measured only where they are seen.
class PodLogCanvas : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit PodLogCanvas(PodLogModel &model, QWidget *parent = nullptr);
    bool follows() const { return m_follow; }
    void setFollow(bool follow);
    void setWrap(bool wrap);
    void showRow(int row); ///< scrolls to it and marks it
    int currentRow() const { return m_current; }
    void setEmptyText(const QString &text); ///< what stands where no lines are
    QString selectedText() const; ///< marked rows with their times and pods

Q_SIGNALS:
    void followChanged(bool follows);
    void currentChanged(int row); ///< −1: none

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    struct Measure {
        double letter, tall, left; ///< width of a character, height of a line, where texts begin
        int columns;               ///< characters of a wrapped line
    };
    Measure measure() const;
    int linesOf(int row, const Measure &m) const;
    int rowAt(double y) const;
    int firstOfLastPage(const Measure &m) const;
    void refresh();
    void setCurrent(int row);
    PodLogModel &m_model;
    QString m_emptyText;
    bool m_follow = true, m_wrap = false, m_moving = false;
    int m_anchor = -1, m_current = -1;
};

/// The log of a workload: find, filter, follow, pause, wrap, the container before, save. A view: whoever feeds the model reads, reopens and saves.
class PodLogView : public QWidget {
    Q_OBJECT
public:
    explicit PodLogView(QWidget *parent = nullptr);
    PodLogModel &model() { return *m_model; }
    PodLogCanvas &canvas() { return *m_canvas; }
    /// @param all  what was told before, newest last: the tooltip
    void setNote(const QString &note, const QStringList &all = {}); ///< of the stream: "web-7d4: the stream was cut; it goes on from its last line."

Q_SIGNALS:
    void previousWanted(bool previous); ///< the log of the container before its last restart, or the present one again
    void saveWanted();                  ///< all that is kept: model().store() is a snapshot

private:
    void findNext(bool backwards);
    void refresh();
    PodLogModel *m_model;
    PodLogCanvas *m_canvas;
    QLineEdit *m_find;
    FilterEdit *m_filter;
    CheckBox *m_follow, *m_wrap, *m_previous;
    Button *m_pause, *m_save;
    QLabel *m_counts;
    QString m_note;
};

} // namespace pilothouse::ui
