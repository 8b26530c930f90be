// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "widgets/base/export.h"
#include "widgets/registry/curve_picture.h"

#include <QImage>
#include <QWidget>

#include <memory>
#include <optional>

namespace pilothouse::ui {

struct CurveView {
    double x0 = 0, x1 = 1, y0 = 0, y1 = 1; ///< y of a logarithmic axis: log10
    bool operator==(const CurveView &) const = default;
};
/// The curves over the chosen x axis, smoothed; shared with the pool.
struct PreparedCurves {
    std::shared_ptr<const std::vector<registry::CurveLine>> lines; ///< the raw ones first where there are such, then one a curve
    std::size_t raw = 0; ///< how many of them are raw ones behind the smoothed
    registry::CurveExtent extent;
    struct Facts {
        std::size_t points = 0;
        double first = 0, last = 0, least = 0, greatest = 0; ///< of the finite values; NaN: none
    };
    std::vector<Facts> facts; ///< one a curve, for its text
};
struct CurvePicture {
    QImage image;
    CurveView view;
    QSize size;    ///< device pixels
    int looks = 0; ///< which state of names, colours and options it is of
    bool shows(const CurveView &wanted, const QSize &wantedSize, int wantedLooks) const { return !image.isNull() && view == wanted && size == wantedSize && looks == wantedLooks; }
};
struct CurveWork {
    std::shared_ptr<const PreparedCurves> prepared;
    CurvePicture picture;
    CurveView full;
};

/// Histories of one metric, a curve a run, for up to thousands of curves of ten thousands of points. The picture is exact (least and greatest value of each
/// pixel column over all points) and is computed on a pool; while the wheel, a drag or a key moves the view, the last picture is moved and scaled,
/// and the exact one follows. Wheel zooms in x about the pointer (Shift: in y), a drag moves, a double click or 0 shows all. + and − zoom, Page up and
/// down zoom in y, Ctrl and arrows move; arrow keys move the crosshair and choose the curve, Space pins, Ctrl C copies the values.
class CurvesPlot : public QWidget {
    Q_OBJECT
public:
    struct Options {
        registry::CurveX x = registry::CurveX::Step;
        double smoothing = 0; ///< weight of registry::smoothed()
        bool logY = false;
        bool operator==(const Options &) const = default;
    };
    using View = CurveView;
    /// @param pool  for the pictures; outlives the plot
    explicit CurvesPlot(QThreadPool &pool, QWidget *parent = nullptr);
    ~CurvesPlot() override;
    /// @param shown  one a curve, in their order
    void setCurves(std::shared_ptr<const registry::RunCurves> curves, std::vector<ShownRun> shown, const QString &yName);
    void setShown(std::vector<ShownRun> shown);
    std::shared_ptr<const registry::RunCurves> drawnCurves() const { return m_curves; }
    void setOptions(const Options &options);
    const Options &options() const { return m_options; }
    void setHovered(const QString &runId); ///< drawn on top; empty: none
    QString hovered() const { return m_hovered; }
    double crosshair() const { return m_crosshair; }
    /// Of a run at the crosshair, as it is drawn (smoothed); NaN: none there.
    double valueAt(const QString &runId, double x) const;
    QString xText(double x) const;
    void resetView();
    void zoom(double factor, double aboutX, double aboutY, bool inY); ///< factor < 1: nearer; about: 0 … 1 of the plot's area
    void move(double byX, double byY); ///< shares of what is shown
    std::optional<View> view() const { return m_view; } ///< nullopt: the curves are not drawn yet
    bool isExact() const; ///< what stands on the screen is the exact picture of what is wanted
    bool hasPoints() const { return m_prepared && !m_prepared->extent.empty; }
    QRectF area() const; ///< logical pixels

    QString asText() const;           ///< the values behind it, tab-separated: a line a curve
    QString textAt(double x) const;   ///< each curve's value there
    ExportBytes csv() const;          ///< every point: run, step, time, value, smoothed
    ExportBytes png() const;          ///< at twice the size
    ExportBytes svg() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, 100}; }

Q_SIGNALS:
    void hoveredChanged(const QString &runId);
    void crosshairMoved(double x); ///< NaN: gone
    void drawn(double milliseconds); ///< an exact picture is there; how long it took since it was wanted

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override; ///< its own keys come before the window's shortcuts: Esc clears before it closes

private:
    using Prepared = PreparedCurves;
    using Picture = CurvePicture;
    using Work = CurveWork;
    static Prepared prepare(const registry::RunCurves &curves, const Options &options, std::stop_token stop);
    static View whole(const registry::CurveExtent &extent, bool logY);
    std::vector<CurveJob::Style> styles(std::size_t raw) const;
    CurveJob job(const View &view, const QSize &size, double ratio) const;
    void invalidate(bool data); ///< data: the curves or their axis changed, too
    void request();
    void start();
    void take(Work work);
    void setView(const View &view);
    CurveFrame frame(const QRectF &area, const View &view) const;
    PlotScale scale() const;
    QSize pictureSize() const; ///< device pixels
    void paintPicture(QPainter &painter, const PlotScale &scale, const Picture &picture) const;
    void paintHovered(QPainter &painter, const PlotScale &scale) const;
    void paintCallout(QPainter &painter, const PlotScale &scale) const;
    void describe();
    const registry::CurveLine &line(std::size_t curve) const { return (*m_prepared->lines)[m_prepared->raw + curve]; }
    double valueOf(std::size_t curve, double x) const;
    int curveNear(const QPointF &at) const; ///< −1: none within reach
    int indexOf(const QString &runId) const;
    double axisY(double value) const;
    void moveCrosshair(double x);
    void choose(int curve);
    void stepCrosshair(int by);
    void stepCurve(int by);

    QThreadPool &m_pool;
    std::shared_ptr<const registry::RunCurves> m_curves;
    std::vector<ShownRun> m_shown;
    QString m_yName, m_hovered;
    Options m_options;
    std::shared_ptr<const Prepared> m_prepared; ///< null: to be made anew
    std::optional<View> m_view;                 ///< nullopt: all
    View m_full;
    Picture m_picture, m_whole;
    mutable Picture m_onTop; ///< the hovered curve
    mutable QString m_onTopOf;
    Task<Work> m_task;
    int m_data = 0, m_looks = 0; ///< counted up by each change: an answer to an older one is not shown
    bool m_again = false;
    double m_wantedAt = 0, m_startedAt = 0, m_shownAt = 0; ///< ms of the steady clock: the last change, the picture under way, the last one
    double m_took = 0; ///< ms, of the last picture
    mutable double m_left = 0; ///< room for the y axis: only grows while the curves stay, so that the picture need not be scaled
    double m_crosshair;
    bool m_pinned = false;
    std::optional<QPointF> m_grip;
};

} // namespace pilothouse::ui
