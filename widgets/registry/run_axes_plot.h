// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/run_comparison.h"
#include "widgets/registry/run_looks.h"

#include <QHash>
#include <QPolygonF>
#include <QSet>
#include <QWidget>

#include <optional>

namespace pilothouse::ui {

/// Runs as parallel coordinates: a line a run over parameters and metrics. A drag along an axis keeps the runs that pass there (several axes: all of
/// them must), the rest is faint; a click on the axis lets all pass again. By keys: left and right choose the axis, up and down the run, [ and ] set the
/// lower and the upper end at the chosen run's value, Delete clears the axis, Esc all. A run without a value has no line there.
class RunAxesPlot : public QWidget {
    Q_OBJECT
public:
    struct Brush {
        double low = 0, high = 1; ///< places, 0 … 1
        bool operator==(const Brush &) const = default;
    };
    explicit RunAxesPlot(QWidget *parent = nullptr);
    /// @param axes  places of the runs in this order; brushes stay with the axes of the same name
    void setRuns(std::vector<ShownRun> runs, std::vector<registry::ComparedAxis> axes);
    void setBrush(const QString &axis, std::optional<Brush> brush);
    std::optional<Brush> brush(const QString &axis) const;
    bool isBrushed() const { return !m_brushes.isEmpty(); }
    void clearBrushes();
    QSet<QString> passing() const; ///< ids of the runs that all brushes let through
    void setHovered(const QString &runId);
    QString hovered() const { return m_hovered; }
    QString describe(std::size_t run) const; ///< name and values in words
    QString asText() const;                  ///< tab-separated
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, 120}; }

Q_SIGNALS:
    void hoveredChanged(const QString &runId);
    void brushed(); ///< passing() may differ

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override; ///< its own keys come before the window's shortcuts: Esc clears before it closes

private:
    QRectF area() const;
    double axisX(std::size_t axis) const;
    double placeAt(double y) const;
    int axisAt(const QPointF &at) const; ///< −1: none near
    bool passes(std::size_t run) const;
    std::vector<QPolygonF> linesOf(std::size_t run) const; ///< pieces between axes where it has no value
    void paintAxis(QPainter &painter, std::size_t axis) const;
    void choose(int run);
    int indexOf(const QString &runId) const;
    void tell();
    std::vector<ShownRun> m_runs;
    std::vector<registry::ComparedAxis> m_axes;
    QHash<QString, Brush> m_brushes;
    QString m_hovered;
    int m_axis = -1; ///< that the keys act on
    struct Drag {
        std::size_t axis = 0;
        double from = 0;
        bool moved = false;
    };
    std::optional<Drag> m_drag;
};

/// About four digits, without zeros at the end; with an exponent where there would be many: "0.3", "1.427", "2e-05".
QString axisNumber(double value);
/// The two ends of an axis in words: below, above.
QStringList axisEnds(const registry::ComparedAxis &axis);

} // namespace pilothouse::ui
