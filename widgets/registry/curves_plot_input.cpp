// SPDX-License-Identifier: GPL-3.0-or-later
// The half of CurvesPlot that answers mouse, keys and questions about values; curves_plot.cpp paints.
#include "widgets/base/format.h"
#include "widgets/base/theme.h"
#include "widgets/registry/curves_plot.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::ui {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double wheelStep = 0.8; // of a notch: what is shown afterwards, as a share
constexpr double keyShare = 0.1;  // of what is shown: how far a key moves
constexpr int reach = 24;         // pixels of the design: as near a curve is meant

/// Index of the point nearest to x among those with a value that can be shown; −1 if x is beyond the ends.
std::ptrdiff_t nearestIndex(const registry::CurveLine &line, double x) {
    if (line.x.empty() || x < line.x.front() || x > line.x.back())
        return -1;
    const auto after = std::lower_bound(line.x.begin(), line.x.end(), x) - line.x.begin();
    if (after == 0)
        return 0;
    return x - line.x[std::size_t(after - 1)] < line.x[std::size_t(after)] - x ? after - 1 : after;
}

} // namespace

int CurvesPlot::indexOf(const QString &runId) const {
    if (runId.isEmpty())
        return -1;
    const auto it = std::find_if(m_shown.begin(), m_shown.end(), [&](const ShownRun &curve) { return curve.runId == runId; });
    return it == m_shown.end() ? -1 : int(it - m_shown.begin());
}

double CurvesPlot::axisY(double value) const { return m_options.logY ? (value > 0 ? std::log10(value) : none) : value; }

double CurvesPlot::valueOf(std::size_t curve, double x) const {
    if (!m_prepared || curve >= m_shown.size())
        return none;
    const registry::CurveLine &points = line(curve);
    const std::ptrdiff_t at = nearestIndex(points, x);
    return at < 0 ? none : points.y[std::size_t(at)];
}

double CurvesPlot::valueAt(const QString &runId, double x) const {
    const int at = indexOf(runId);
    return at < 0 ? none : valueOf(std::size_t(at), x);
}

QString CurvesPlot::xText(double x) const {
    if (m_options.x == registry::CurveX::Time)
        return QLocale().toString(shownTime(QDateTime::fromMSecsSinceEpoch(qint64(x * 1000))), QStringLiteral("ddd d MMM HH:mm:ss"));
    return m_options.x == registry::CurveX::Step ? tr("step %1").arg(number(x, 12)) : tr("after %1").arg(runTime(x));
}

/// By where the line itself runs, not only its points.
int CurvesPlot::curveNear(const QPointF &at) const {
    if (!m_prepared)
        return -1;
    const PlotScale now = scale();
    const double x = now.fromX(at.x());
    int best = -1;
    double distance = Theme::of(this).px(reach);
    for (std::size_t i = 0; i < m_shown.size(); ++i) {
        if (m_shown[i].hidden)
            continue;
        const registry::CurveLine &points = line(i);
        const std::ptrdiff_t near = nearestIndex(points, x);
        if (near < 0)
            continue;
        double y = axisY(points.y[std::size_t(near)]);
        const std::ptrdiff_t other = points.x[std::size_t(near)] > x ? near - 1 : near + 1;
        if (other >= 0 && other < std::ptrdiff_t(points.x.size()) && points.x[std::size_t(other)] != points.x[std::size_t(near)]) {
            const double beyond = axisY(points.y[std::size_t(other)]), share = (x - points.x[std::size_t(near)]) / (points.x[std::size_t(other)] - points.x[std::size_t(near)]);
            if (std::isfinite(beyond))
                y += (beyond - y) * share;
        }
        const double off = std::abs(now.toY(y) - at.y()) * (m_shown[i].faint ? 2 : 1); // a chosen one before one that is not
        if (off < distance) {
            distance = off;
            best = int(i);
        }
    }
    return best;
}

void CurvesPlot::setHovered(const QString &runId) {
    const QString id = indexOf(runId) < 0 ? QString() : runId;
    if (id == m_hovered)
        return;
    m_hovered = id;
    update();
}

void CurvesPlot::choose(int curve) {
    const QString id = curve < 0 ? QString() : m_shown[std::size_t(curve)].runId;
    if (id == m_hovered)
        return;
    m_hovered = id;
    update();
    Q_EMIT hoveredChanged(id);
}

void CurvesPlot::moveCrosshair(double x) {
    if (x == m_crosshair || (std::isnan(x) && std::isnan(m_crosshair)))
        return;
    m_crosshair = x;
    update();
    Q_EMIT crosshairMoved(x);
}

void CurvesPlot::resetView() { setView(m_full); }

void CurvesPlot::zoom(double factor, double aboutX, double aboutY, bool inY) {
    View view = m_view.value_or(m_full);
    const auto pull = [&](double &from, double &to, double about) {
        const double centre = from + (to - from) * about;
        from = centre + (from - centre) * factor;
        to = centre + (to - centre) * factor;
    };
    if (inY) {
        pull(view.y0, view.y1, aboutY);
    } else {
        pull(view.x0, view.x1, aboutX);
        if (view.x0 <= m_full.x0 && view.x1 >= m_full.x1) // no further out than everything
            view.x0 = m_full.x0, view.x1 = m_full.x1;
    }
    setView(view);
}

void CurvesPlot::move(double byX, double byY) {
    View view = m_view.value_or(m_full);
    const double x = byX * (view.x1 - view.x0), y = byY * (view.y1 - view.y0);
    view.x0 += x, view.x1 += x, view.y0 += y, view.y1 += y;
    if (view.x1 < m_full.x0 || view.x0 > m_full.x1 || view.y1 < m_full.y0 || view.y0 > m_full.y1)
        return; // there is nothing there
    setView(view);
}

void CurvesPlot::wheelEvent(QWheelEvent *event) {
    const QRectF within = area();
    const double notches = (event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x()) / 120.0; // with Alt the wheel is told as sideways
    if (!m_prepared || notches == 0)
        return event->ignore();
    const QPointF at = event->position();
    zoom(std::pow(wheelStep, notches), std::clamp((at.x() - within.left()) / within.width(), 0.0, 1.0), std::clamp((within.bottom() - at.y()) / within.height(), 0.0, 1.0),
         event->modifiers() & Qt::ShiftModifier);
    event->accept();
}

void CurvesPlot::mousePressEvent(QMouseEvent *event) {
    if (event->button() == Qt::LeftButton && m_prepared && area().contains(event->position())) {
        m_grip = event->position();
        setCursor(Qt::ClosedHandCursor);
    }
}

void CurvesPlot::mouseMoveEvent(QMouseEvent *event) {
    const QRectF within = area();
    if (m_grip && (event->buttons() & Qt::LeftButton)) {
        const QPointF by = event->position() - *m_grip;
        m_grip = event->position();
        if (!m_pinned)
            moveCrosshair(none);
        return move(-by.x() / within.width(), by.y() / within.height());
    }
    if (m_pinned || !m_prepared)
        return;
    if (!within.adjusted(-4, -4, 4, 4).contains(event->position())) {
        choose(-1);
        return moveCrosshair(none);
    }
    const int near = curveNear(event->position());
    choose(near);
    double x = scale().fromX(event->position().x());
    if (near >= 0) // on the point that is told
        if (const std::ptrdiff_t at = nearestIndex(line(std::size_t(near)), x); at >= 0)
            x = line(std::size_t(near)).x[std::size_t(at)];
    moveCrosshair(m_options.x == registry::CurveX::Step && near < 0 ? std::round(x) : x);
}

void CurvesPlot::mouseReleaseEvent(QMouseEvent *) {
    m_grip.reset();
    unsetCursor();
}

void CurvesPlot::mouseDoubleClickEvent(QMouseEvent *) { resetView(); }

void CurvesPlot::leaveEvent(QEvent *) {
    if (m_pinned)
        return;
    choose(-1);
    moveCrosshair(none);
}

/// Along the chosen curve, or the longest.
void CurvesPlot::stepCrosshair(int by) {
    if (!m_prepared || m_shown.empty())
        return;
    int at = indexOf(m_hovered);
    for (std::size_t i = 0; at < 0 && i < m_shown.size(); ++i)
        if (!m_shown[i].hidden)
            at = int(i);
    if (at < 0)
        return;
    if (m_hovered.isEmpty())
        for (std::size_t i = 0; i < m_shown.size(); ++i)
            if (!m_shown[i].hidden && line(i).x.size() > line(std::size_t(at)).x.size())
                at = int(i);
    const registry::CurveLine &points = line(std::size_t(at));
    if (points.x.empty())
        return;
    const View view = m_view.value_or(m_full);
    const auto last = std::ptrdiff_t(points.x.size()) - 1;
    std::ptrdiff_t index = 0;
    if (std::isnan(m_crosshair)) { // from the edge of what is seen
        index = by > 0 ? std::lower_bound(points.x.begin(), points.x.end(), view.x0) - points.x.begin() : std::upper_bound(points.x.begin(), points.x.end(), view.x1) - points.x.begin() - 1;
    } else {
        index = nearestIndex(points, std::clamp(m_crosshair, points.x.front(), points.x.back())) + by;
    }
    const double x = points.x[std::size_t(std::clamp<std::ptrdiff_t>(index, 0, last))];
    moveCrosshair(x);
    if (x < view.x0 || x > view.x1) // the view follows
        move(x < view.x0 ? (x - view.x0) / (view.x1 - view.x0) - keyShare : (x - view.x1) / (view.x1 - view.x0) + keyShare, 0);
}

void CurvesPlot::stepCurve(int by) {
    const int size = int(m_shown.size());
    int at = indexOf(m_hovered);
    for (int tried = 0; tried < size; ++tried) {
        at = at < 0 ? (by > 0 ? 0 : size - 1) : (at + by + size) % size;
        if (!m_shown[std::size_t(at)].hidden)
            return choose(at);
    }
}

void CurvesPlot::keyPressEvent(QKeyEvent *event) {
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(std::isnan(m_crosshair) ? asText() : textAt(m_crosshair));
        return;
    }
    const bool control = event->modifiers() & Qt::ControlModifier;
    const int steps = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
    const View view = m_view.value_or(m_full);
    const double about = std::isnan(m_crosshair) ? 0.5 : std::clamp((m_crosshair - view.x0) / (view.x1 - view.x0), 0.0, 1.0);
    switch (event->key()) {
    case Qt::Key_Left: return control ? move(-keyShare, 0) : stepCrosshair(-steps);
    case Qt::Key_Right: return control ? move(keyShare, 0) : stepCrosshair(steps);
    case Qt::Key_Up: return control ? move(0, keyShare) : stepCurve(-1);
    case Qt::Key_Down: return control ? move(0, -keyShare) : stepCurve(1);
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoom(wheelStep, about, 0.5, false);
    case Qt::Key_Minus: return zoom(1 / wheelStep, about, 0.5, false);
    case Qt::Key_PageUp: return zoom(wheelStep, 0.5, 0.5, true);
    case Qt::Key_PageDown: return zoom(1 / wheelStep, 0.5, 0.5, true);
    case Qt::Key_0:
    case Qt::Key_Home: return resetView();
    case Qt::Key_Space:
        m_pinned = !m_pinned && !std::isnan(m_crosshair);
        update();
        return;
    case Qt::Key_Escape:
        if (!std::isnan(m_crosshair) || !m_hovered.isEmpty()) {
            m_pinned = false;
            choose(-1);
            return moveCrosshair(none);
        }
        if (m_view)
            return resetView();
        break;
    default: break;
    }
    QWidget::keyPressEvent(event);
}

bool CurvesPlot::event(QEvent *event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        const bool something = !std::isnan(m_crosshair) || !m_hovered.isEmpty() || m_view;
        if (key == Qt::Key_0 || key == Qt::Key_Plus || key == Qt::Key_Equal || key == Qt::Key_Minus || (key == Qt::Key_Escape && something)) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void CurvesPlot::describe() {
    const QString told = asText();
    setAccessibleDescription(m_prepared && m_prepared->extent.empty ? tr("No finite value was logged") : tr("%n curves of %1. ", nullptr, int(m_shown.size())).arg(m_yName) + told.left(2000));
}

QString CurvesPlot::asText() const {
    QStringList out{QStringList{tr("run"), tr("points"), tr("first"), tr("last"), tr("least"), tr("greatest")}.join(QLatin1Char('\t'))};
    if (!m_prepared)
        return out.front();
    for (std::size_t i = 0; i < m_shown.size(); ++i) {
        if (m_shown[i].hidden)
            continue;
        const PreparedCurves::Facts &facts = m_prepared->facts[i];
        QStringList cells{m_shown[i].name, QString::number(facts.points)};
        for (const double value : {facts.first, facts.last, facts.least, facts.greatest})
            cells << number(value, 6);
        out << cells.join(QLatin1Char('\t'));
    }
    return out.join(QLatin1Char('\n'));
}

QString CurvesPlot::textAt(double x) const {
    QStringList out{xText(x)};
    for (std::size_t i = 0; i < m_shown.size(); ++i)
        if (const double value = m_shown[i].hidden ? none : valueOf(i, x); !std::isnan(value))
            out << QStringLiteral("%1\t%2").arg(m_shown[i].name, number(value, 6));
    return out.join(QLatin1Char('\n'));
}

ExportBytes CurvesPlot::csv() const {
    if (!m_curves)
        return [] { return QByteArray(); };
    return [curves = m_curves, shown = m_shown, weight = m_options.smoothing] {
        QByteArray out("run,name,metric,step,time,value");
        if (weight > 0)
            out += ",smoothed";
        out += '\n';
        for (std::size_t i = 0; i < curves->curves.size(); ++i) {
            if (shown[i].hidden)
                continue;
            const registry::RunCurve &curve = curves->curves[i];
            const std::vector<double> smooth = weight > 0 ? registry::smoothed(curve.values, weight) : std::vector<double>();
            const QByteArray begin = csvField(curve.runId) + ',' + csvField(shown[i].name) + ',' + csvField(curves->metric) + ',';
            for (std::size_t p = 0; p < curve.values.size(); ++p) {
                const QByteArray time = std::isnan(curve.times[p]) ? QByteArray() : QDateTime::fromMSecsSinceEpoch(qint64(curve.times[p] * 1000), Qt::UTC).toString(Qt::ISODateWithMs).toLatin1();
                out += begin + QByteArray::number(qint64(curve.steps[p])) + ',' + time + ',' + csvNumber(curve.values[p]);
                if (weight > 0)
                    out += ',' + csvNumber(smooth[p]);
                out += '\n';
            }
        }
        return out;
    };
}

} // namespace pilothouse::ui
