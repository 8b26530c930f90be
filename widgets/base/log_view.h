// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/state.h"

#include <QAbstractScrollArea>

#include <deque>
#include <vector>

namespace pilothouse::ui {

/// Text without ANSI escapes and carriage returns (a progress bar's last state stays). Pure.
QString plainLogText(const QString &line);
/// None, Warn or Bad by the usual words ("warning", "error", "traceback" …). Pure.
State logLevel(const QString &line);

/// The last lines a job wrote: follows until the user scrolls up, marks warnings and errors, searches. Holds at most
/// `capacity` lines; older ones leave and are counted.
class LogView : public QAbstractScrollArea {
    Q_OBJECT
public:
    static constexpr int capacity = 100000;
    explicit LogView(QWidget *parent = nullptr);
    void setLines(const QStringList &lines); ///< appends only the new tail if the old lines are its head
    void append(const QStringList &lines);
    void clear();
    int lineCount() const { return int(m_lines.size()); }
    qint64 dropped() const { return m_dropped; }
    bool follows() const { return m_follow; }
    void setFollow(bool follow);
    /// Next line with these words from the current one, wrapping round; false if none has them.
    bool find(const QString &words, bool backwards = false);
    QString selectedText() const; ///< chosen lines, or all

Q_SIGNALS:
    void followChanged(bool follows);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    struct Line {
        QString text;
        State level;
    };
    double lineHeight() const;
    int lineAt(double y) const;
    void resized(bool atEnd);
    std::deque<Line> m_lines;
    qint64 m_dropped = 0;
    bool m_follow = true, m_moving = false;
    int m_anchor = -1, m_cursor = -1;
    double m_widest = 0;
};

} // namespace pilothouse::ui
