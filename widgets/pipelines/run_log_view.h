// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/pipelines/run_log_model.h"

#include <QAbstractScrollArea>
#include <QRegularExpression>
#include <QWidget>

class QLineEdit;

namespace pilothouse::ui {

class Button;
class CheckBox;
class Label;

/// Draws the rows of a RunLogModel in a fixed pitch and lays out only what is seen. Follows the end until the user scrolls up; what is looked at stays where it is while lines are
/// found before it.
class RunLogCanvas : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit RunLogCanvas(RunLogModel &model, QWidget *parent = nullptr);
    bool follows() const { return m_follow; }
    void setFollow(bool follow);
    void setNumbers(bool shown);
    void setEmptyText(const QString &text);
    /// What is marked inside lines.
    void setMarked(const std::optional<pipelines::LogQuery> &query);
    void showByte(qint64 byte);                    ///< makes its line the current one and scrolls to it
    qint64 currentByte() const { return m_current; } ///< of the current line; −1: none
    qint64 topByte() const;                        ///< of the first line that is seen
    QString selectedText() const;                  ///< chosen lines, as they are read

Q_SIGNALS:
    void followChanged(bool follows);
    void keyed(int key, Qt::KeyboardModifiers with); ///< /, n, N, g, e and their likes: what the view does

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;

private:
    struct Measure {
        double letter, tall, left;
    };
    Measure measure() const;
    void refresh(bool anew);
    void setCurrent(qint64 byte, bool keepAnchor);
    void paintRow(QPainter &painter, int row, double y, const Measure &m);
    void paintText(QPainter &painter, const RunLogModel::Line &line, double y, const Measure &m, const QColor &ink);
    int rowAt(double y) const;
    RunLogModel &m_model;
    QString m_emptyText;
    QRegularExpression m_marked;
    bool m_follow = true, m_numbers = true, m_moving = false;
    qint64 m_anchor = -1, m_current = -1, m_top = -1;
    int m_widest = 0; ///< letters of what was seen
};

/// The log of a run or of one of its stages: search with its matches counted as they come, errors, warnings only, follow, save. Keys in the lines: / finds, n and N go on, e and E to errors,
/// g and G to the begin and the end, w warnings only. GUI thread.
class RunLogView : public QWidget {
    Q_OBJECT
public:
    /// @param pool  files are read and searched there: Pools::waiting
    explicit RunLogView(QThreadPool &pool, QWidget *parent = nullptr);
    void setFile(const QString &path);   ///< as followLog() tells it; empty: none
    void showNote(const QString &note);  ///< of the log: "GitHub gives a job's log when the job has ended."
    void setLive(bool live);             ///< the run goes on
    void setSkipped(qint64 bytes);       ///< of its head that are not here: a button asks for them
    void look() { m_model->look(); }     ///< LogNews said that it has grown
    RunLogModel &model() { return *m_model; }
    RunLogCanvas &canvas() { return *m_canvas; }
    bool saveTo(const QString &path);    ///< on the pool; saved() tells

Q_SIGNALS:
    void headWanted();                                   ///< FollowOptions::whole
    void saved(const QString &path, const QString &problem); ///< problem empty: it is there

private:
    QWidget *buildBar();
    void connectAll();
    void key(int key, Qt::KeyboardModifiers with);
    void search();
    void findNext(bool backwards);
    void nextError(bool backwards);
    void askPlace();
    void refresh();
    QString countsText() const;
    QThreadPool &m_pool;
    RunLogModel *m_model;
    RunLogCanvas *m_canvas;
    QLineEdit *m_find;
    CheckBox *m_pattern, *m_warnings, *m_numbers, *m_follow;
    Button *m_error, *m_save, *m_head;
    Label *m_counts;
    QString m_note, m_saying;
    qint64 m_skipped = 0;
    bool m_jump = false; ///< the next match that comes is gone to
    Task<bool> m_saving;
};

} // namespace pilothouse::ui
