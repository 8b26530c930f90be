// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/chart_desk.h"
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

/// Every point as CSV, an x a line and a series a column; times in ISO 8601, UTC. Pure.
QByteArray plotCsv(const PlotData &data);

/// Our chart, painted by itself: full data at draw time with exact minimum and maximum per pixel column, a cached layer under
/// the crosshair. Mouse or arrow keys move the crosshair, Space pins it, Ctrl C copies the values as text. A drag chooses a stretch of x (of time: for
/// all charts, see ChartDesk), the wheel zooms about the pointer (with Ctrl where the page itself scrolls), Shift and drag or Ctrl and arrows move,
/// + and − zoom, a double click, 0 or Esc show all. The menu saves it as PNG, SVG or CSV. Names on the x axis are not zoomed.
class PlotWidget : public QWidget {
    Q_OBJECT
public:
    explicit PlotWidget(QWidget *parent = nullptr);
    void setData(PlotData data);
    const PlotData &data() const { return m_data; }
    /// Crosshair of a sibling chart; NaN hides it. Connect crosshairMoved of all charts of a screen to this.
    void setCrosshair(double x);
    QString asText() const;           ///< the table behind the chart, tab-separated; of a long one its facts
    QString textAt(double x) const;   ///< the callout's lines
    PlotScale scale() const;          ///< of the present size
    bool zoomable() const { return m_data.categories.empty(); }
    bool zoomed() const { return view().has_value(); }
    void zoom(double factor, double about); ///< factor < 1: nearer; about: 0 … 1 of the plot's area
    void moveView(double by);               ///< a share of what is shown
    void showAll();
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, 90}; }

Q_SIGNALS:
    void crosshairMoved(double x); ///< NaN when the mouse left

protected:
    bool event(QEvent *event) override; ///< its own keys come before the window's shortcuts
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    using View = ChartDesk::Range;
    std::optional<View> view() const; ///< of a time axis: the desk's
    void setView(std::optional<View> view);
    View whole() const;
    bool nothingInView() const;
    void paintAll(QPainter &painter, const PlotScale &scale, bool pixels) const; ///< pixels: dense lines as pixels, else as lines
    bool paintDense(QPainter &painter, const PlotScale &scale, std::size_t at) const;
    void paintGround(QPainter &painter, const PlotScale &scale) const;
    void paintAxes(QPainter &painter, const PlotScale &scale) const;
    void paintSeries(QPainter &painter, const PlotScale &scale, std::size_t at) const;
    void paintMarks(QPainter &painter, const PlotScale &scale) const;
    void paintCallout(QPainter &painter, const PlotScale &scale) const;
    void paintBrush(QPainter &painter, const PlotScale &scale) const;
    std::vector<std::pair<QString, QString>> valuesAt(double x) const;
    double snapped(double x) const;
    QString xText(double x) const;
    void moveCrosshair(double x, bool tell);
    void stepCrosshair(int by);
    void copy() const;
    void save(const QString &end, const QString &filter, const ChartDesk::Bytes &bytes);
    PlotData m_data;
    std::vector<MinMaxIndex> m_index; ///< of each long line; of others empty
    QPixmap m_ground;
    double m_crosshair;
    bool m_pinned = false;
    std::optional<View> m_view; ///< of an axis that is not time
    std::optional<QPointF> m_press;
    std::optional<double> m_brushTo; ///< x pixel; from m_press
    bool m_moves = false;            ///< the drag moves the view
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
