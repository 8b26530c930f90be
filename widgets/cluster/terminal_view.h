// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/cluster/terminal_screen.h"

#include <QAbstractScrollArea>
#include <QTimer>

#include <optional>

namespace pilothouse::ui {

/// Draws a TerminalScreen, scrolls through what left it, marks with the mouse, and gives keys to it. Ctrl+Shift+C copies, Ctrl+Shift+V and the middle button paste,
/// Shift+Page Up and Down scroll; all other keys are the shell's, Tab too. Ctrl+Shift+Tab leaves.
class TerminalView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit TerminalView(QWidget *parent = nullptr);
    TerminalScreen &screen() { return m_screen; }
    void write(const QByteArray &bytes); ///< from the shell
    void setOver(bool over);             ///< it ended: nothing is taken from the keyboard any more
    QString selectedText() const;
    void copy() const;
    void paste();
    void selectAll();

Q_SIGNALS:
    void typed(const QByteArray &bytes);
    void resized(int columns, int rows);

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyPressEvent(QKeyEvent *event) override;
    void inputMethodEvent(QInputMethodEvent *event) override;
    QVariant inputMethodQuery(Qt::InputMethodQuery query) const override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    struct Measure {
        double letter, tall;
    };
    Measure measure() const;
    QColor color(const TerminalColor &color, bool ink) const;
    TerminalPlace placeAt(const QPointF &point) const;
    void paintLine(QPainter &painter, const Measure &m, int line, double top) const;
    void fit();
    void refresh(bool toEnd);
    TerminalScreen m_screen;
    std::optional<TerminalPlace> m_from, m_to; ///< what is marked
    bool m_over = false;
};

} // namespace pilothouse::ui
