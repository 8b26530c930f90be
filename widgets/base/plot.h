// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/plot_scale.h"
#include "widgets/base/state.h"

#include <QPixmap>
#include <QWidget>

#include <optional>
#include <vector>

namespace pilothouse::ui {

/// One line (or step outline, or dots) of a chart. The champion is s1, the candidate s2, everywhere.
struct PlotSeries {
    QString name;
    Ink ink = &Tokens::s1;
    std::vector<QPointF> points; ///< sorted by x; y NaN breaks the line
    bool dashed = false;         ///< an estimate, training loss
    bool filled = false;         ///< 16 % area down to zero
    bool steps = false;          ///< histogram outline: y holds until the next x
    bool dots = false;           ///< dots instead of a line
    bool bars = false;           ///< bars from zero, centred on x
    bool quiet = false;          ///< one of many: drawn faintly, left out of the callout and of the copied table
    double width = 1.5;
};
struct PlotBand {
    Ink ink = &Tokens::s1;
    std::vector<double> x, low, high;
};
struct PlotLimit {
    double value = 0;
    QString text; ///< written on the line: "limit 1.10"
    Ink ink = &Tokens::warn; ///< bad when it triggers an abort; s1 for the champion's value
};
/// A diamond with a dotted line: a deployment, the moment a limit was passed.
struct PlotMarker {
    double x = 0;
    QString text;
    Ink ink = &Tokens::t3;
};
/// A hatched gap with its reason, or a shaded stretch past a limit.
struct PlotSpan {
    double from = 0, to = 0;
    QString text;
    bool over = false;
};
/// Short strokes that stand on the x axis: where the data lies.
struct PlotRug {
    std::vector<double> x;
    double height = 4; ///< px
    Ink ink = &Tokens::t3;
};
struct PlotPoint { ///< a ring with words: "best 0.91"
    double x = 0, y = 0;
    QString text;
    Ink ink = &Tokens::s2;
};

struct PlotData {
    QString unit;     ///< above the y axis
    QString sentence; ///< what the chart says, for screen readers
    bool time = false; ///< x is seconds since 1970
    QString xName;     ///< of a numeric x axis, for the callout: "epoch"
    std::vector<QString> categories; ///< names of x = 0, 1, 2 …; else a number or time axis
    std::vector<PlotSeries> series;
    std::vector<PlotBand> bands;
    std::vector<PlotLimit> limits;
    std::vector<PlotMarker> markers;
    std::vector<PlotSpan> spans;
    std::vector<PlotPoint> points;
    std::vector<PlotRug> rugs;
    std::optional<double> xMin, xMax, yMin, yMax; ///< absent: from the data (bars, areas and steps start at zero)
    int decimals = -1;                            ///< of values in the callout; −1: three digits
};

/// Our chart, painted by itself: full data at draw time with exact minimum and maximum per pixel column, a cached layer under
/// the crosshair. Mouse or arrow keys move the crosshair, Space pins it, Ctrl C copies the values as text.
class PlotWidget : public QWidget {
    Q_OBJECT
public:
    explicit PlotWidget(QWidget *parent = nullptr);
    void setData(PlotData data);
    const PlotData &data() const { return m_data; }
    /// Crosshair of a sibling chart; NaN hides it. Connect crosshairMoved of all charts of a screen to this.
    void setCrosshair(double x);
    QString asText() const;           ///< the table behind the chart, tab-separated
    QString textAt(double x) const;   ///< the callout's lines
    PlotScale scale() const;          ///< of the present size
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, 90}; }

Q_SIGNALS:
    void crosshairMoved(double x); ///< NaN when the mouse left
    void clickedAt(double x);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void paintGround(QPainter &painter, const PlotScale &scale) const;
    void paintAxes(QPainter &painter, const PlotScale &scale) const;
    void paintSeries(QPainter &painter, const PlotScale &scale, const PlotSeries &series) const;
    void paintMarks(QPainter &painter, const PlotScale &scale) const;
    void paintCallout(QPainter &painter, const PlotScale &scale) const;
    std::vector<std::pair<QString, QString>> valuesAt(double x) const;
    double snapped(double x) const;
    QString xText(double x) const;
    void moveCrosshair(double x, bool tell);
    void stepCrosshair(int by);
    PlotData m_data;
    QPixmap m_ground;
    double m_crosshair;
    bool m_pinned = false;
};

/// A legend for a card's header: line samples with names.
class Legend : public QWidget {
    Q_OBJECT
public:
    struct Entry {
        QString text;
        Ink ink = &Tokens::s1;
        bool dashed = false;
    };
    explicit Legend(std::vector<Entry> entries = {}, QWidget *parent = nullptr);
    void setEntries(std::vector<Entry> entries);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    std::vector<Entry> m_entries;
};

} // namespace pilothouse::ui
