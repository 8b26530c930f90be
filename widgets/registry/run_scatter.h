// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/run_comparison.h"
#include "widgets/registry/run_looks.h"

#include <QWidget>

#include <optional>

namespace pilothouse::ui {

/// Runs as points over two parameters or metrics, coloured by a third: numbers from pale to strong, words in the colours of series, else each run in
/// its own. The mouse or the arrow keys (from left to right) choose a run, Ctrl C copies the table.
class RunScatter : public QWidget {
    Q_OBJECT
public:
    explicit RunScatter(QWidget *parent = nullptr);
    /// @param colour  nullopt: by run
    void setRuns(std::vector<ShownRun> runs, const registry::ComparedAxis &x, const registry::ComparedAxis &y, const std::optional<registry::ComparedAxis> &colour);
    void setHovered(const QString &runId);
    QString hovered() const { return m_hovered; }
    std::optional<QPointF> pointOf(std::size_t run) const; ///< in pixels; nullopt: it has no value on an axis
    QColor inkOf(std::size_t run) const;
    QString asText() const; ///< tab-separated
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, 120}; }

Q_SIGNALS:
    void hoveredChanged(const QString &runId);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override; ///< its own keys come before the window's shortcuts: Esc clears before it closes

private:
    QRectF area() const;
    void paintAxes(QPainter &painter) const;
    void paintLegend(QPainter &painter) const;
    int indexOf(const QString &runId) const;
    void choose(int run);
    std::vector<ShownRun> m_runs;
    registry::ComparedAxis m_x, m_y;
    std::optional<registry::ComparedAxis> m_colour;
    QString m_hovered;
};

} // namespace pilothouse::ui
