// SPDX-License-Identifier: GPL-3.0-or-later
// The half of CurvesPlot that makes pictures and paints them; curves_plot_input.cpp answers mouse, keys and questions about values.
#include "widgets/registry/curves_plot.h"

#include "widgets/base/format.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QBuffer>
#include <QEvent>
#include <QPainter>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

namespace pilothouse::ui {

namespace {

constexpr std::size_t mostWithRaw = 60; // curves up to which the unsmoothed one stands faintly behind
constexpr float rawStrength = 0.25f, faintStrength = 0.18f;
constexpr int mostInCallout = 8;
constexpr double longestWithout = 400; // ms of a gesture until a picture under way is let finish, though another one is wanted by now

PreparedCurves::Facts factsOf(const registry::CurveLine &line) {
    const auto fits = [](double v) { return std::isfinite(v); };
    const auto first = std::find_if(line.y.begin(), line.y.end(), fits);
    if (first == line.y.end())
        return {line.y.size(), std::nan(""), std::nan(""), std::nan(""), std::nan("")};
    const registry::CurveExtent extent = registry::extentOf(line, false);
    return {line.y.size(), *first, *std::find_if(line.y.rbegin(), line.y.rend(), fits), extent.y0, extent.y1};
}

double steadyMs() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

} // namespace

CurvesPlot::CurvesPlot(QThreadPool &pool, QWidget *parent) : QWidget(parent), m_pool(pool), m_crosshair(std::numeric_limits<double>::quiet_NaN()) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Curves of a metric"));
    connect(&Theme::of(this), &Theme::changed, this, [this] {
        m_left = 0;
        invalidate(false);
    });
}

CurvesPlot::~CurvesPlot() { m_task.stop.request_stop(); }

QSize CurvesPlot::sizeHint() const { return {Theme::of(this).px(480), Theme::of(this).px(260)}; }

void CurvesPlot::setCurves(std::shared_ptr<const registry::RunCurves> curves, std::vector<ShownRun> shown, const QString &yName) {
    m_curves = std::move(curves);
    m_shown = std::move(shown);
    m_yName = yName;
    m_view.reset();
    m_crosshair = std::numeric_limits<double>::quiet_NaN();
    m_pinned = false;
    if (indexOf(m_hovered) < 0)
        m_hovered.clear();
    invalidate(true);
}

void CurvesPlot::setShown(std::vector<ShownRun> shown) {
    if (shown == m_shown)
        return;
    m_shown = std::move(shown);
    invalidate(false);
}

void CurvesPlot::setOptions(const Options &options) {
    if (options == m_options)
        return;
    const bool otherX = options.x != m_options.x, otherY = options.logY != m_options.logY;
    m_options = options;
    if (otherX || otherY)
        m_view.reset(); // another axis: what was looked at is nowhere on it
    if (otherX)
        m_crosshair = std::numeric_limits<double>::quiet_NaN();
    invalidate(true);
}

void CurvesPlot::invalidate(bool data) {
    ++m_looks;
    if (data) {
        ++m_data;
        m_prepared.reset();
        m_whole = {};
        m_left = 0;
        m_onTop = {};
        if (!m_view)
            m_picture = {};
        m_task.stop.request_stop();
    }
    request();
    update();
}

/// All points, with a little room above and below.
CurvesPlot::View CurvesPlot::whole(const registry::CurveExtent &extent, bool logY) {
    if (extent.empty)
        return {};
    View view{extent.x0, extent.x1, logY ? std::log10(extent.y0) : extent.y0, logY ? std::log10(extent.y1) : extent.y1};
    if (!(view.x1 > view.x0))
        view.x0 -= 0.5, view.x1 += 0.5;
    const double room = view.y1 > view.y0 ? (view.y1 - view.y0) * 0.05 : std::max(1e-12, std::abs(view.y1) * 0.1);
    view.y0 -= room;
    view.y1 += room;
    return view;
}

CurvesPlot::Prepared CurvesPlot::prepare(const registry::RunCurves &curves, const Options &options, std::stop_token stop) {
    const std::size_t count = curves.curves.size();
    Prepared out;
    out.raw = options.smoothing > 0 && count <= mostWithRaw ? count : 0;
    auto lines = std::make_shared<std::vector<registry::CurveLine>>(out.raw + count);
    std::vector<registry::CurveExtent> extents(lines->size());
    out.facts.resize(count);
    parallelFor(lines->size(), 4, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last && !stop.stop_requested(); ++i) {
            registry::CurveLine &line = (*lines)[i] = registry::lineOf(curves.curves[i < out.raw ? i : i - out.raw], options.x, i < out.raw ? 0 : options.smoothing);
            extents[i] = registry::extentOf(line, options.logY);
            if (options.logY && line.gapless && std::all_of(line.y.begin(), line.y.end(), [](double y) { return y > 0; })) { // once, not for every picture
                line.logs = line.y;
                for (double &y : line.logs)
                    y = std::log10(y);
            }
            if (i >= out.raw)
                out.facts[i - out.raw] = factsOf((*lines)[i]);
        }
    });
    for (std::size_t i = out.raw; i < extents.size(); ++i) // by what is read: the raw curve behind may leave the picture
        out.extent = registry::united(out.extent, extents[i]);
    out.lines = std::move(lines);
    return out;
}

std::vector<CurveJob::Style> CurvesPlot::styles(std::size_t raw) const {
    const Tokens &t = tokens(this);
    std::vector<CurveJob::Style> out;
    for (const ShownRun &curve : m_shown)
        out.push_back({(t.*curve.look.ink).rgb(), curve.look.dash, curve.faint ? faintStrength : 1, curve.hidden});
    std::vector<CurveJob::Style> behind(out.begin(), out.begin() + std::ptrdiff_t(std::min(raw, out.size())));
    for (CurveJob::Style &style : behind) {
        style.dash = 0;
        style.strength *= rawStrength;
    }
    behind.insert(behind.end(), out.begin(), out.end());
    return behind;
}

CurveJob CurvesPlot::job(const View &view, const QSize &size, double ratio) const {
    CurveJob job;
    job.lines = m_prepared ? m_prepared->lines : nullptr;
    job.styles = styles(m_prepared ? m_prepared->raw : 0);
    job.x0 = view.x0, job.x1 = view.x1, job.y0 = view.y0, job.y1 = view.y1;
    job.logY = m_options.logY;
    job.size = size;
    job.ratio = ratio;
    job.width = m_shown.size() > 12 ? 1.2 : 1.6;
    return job;
}

QSize CurvesPlot::pictureSize() const {
    const QSizeF area = this->area().size() * devicePixelRatioF();
    return {std::max(0, qRound(area.width())), std::max(0, qRound(area.height()))};
}

bool CurvesPlot::isExact() const { return m_curves && m_prepared && m_picture.shows(m_view.value_or(m_full), pictureSize(), m_looks) && !m_task.isRunning(); }

/// One picture at a time. One under way that is not wanted any more is given up if it has longer to go than it has come, so that the right one
/// follows soon after the gesture; in a long gesture it is finished and shown.
void CurvesPlot::request() {
    if (!m_curves || width() < 2 || height() < 2)
        return;
    m_wantedAt = steadyMs();
    if (!m_task.isRunning())
        return start();
    m_again = true;
    if (m_prepared && m_wantedAt - m_startedAt < m_took / 2 && m_wantedAt - m_shownAt < longestWithout)
        m_task.stop.request_stop();
}

void CurvesPlot::start() {
    m_again = false;
    if (!m_curves)
        return;
    const QSize size = pictureSize();
    const auto number = m_data;
    const int looks = m_looks;
    CurveJob wanted = job(m_view.value_or(m_full), size, devicePixelRatioF());
    const std::size_t raw = m_options.smoothing > 0 && m_curves->curves.size() <= mostWithRaw ? m_curves->curves.size() : 0;
    wanted.styles = styles(raw);
    m_startedAt = steadyMs();
    m_pool.start([old = std::exchange(m_task.future, {})]() mutable { old = {}; }); // freeing millions of points is no work for this thread
    m_task = startTask<Work>(m_pool, [curves = m_curves, options = m_options, prepared = m_prepared, view = m_view, wanted, size, looks](std::stop_token stop) -> Result<Work> {
        Work work;
        work.prepared = prepared ? prepared : std::make_shared<const Prepared>(prepare(*curves, options, stop));
        work.full = whole(work.prepared->extent, options.logY);
        CurveJob job = wanted;
        job.lines = work.prepared->lines;
        const View shown = view.value_or(work.full);
        job.x0 = shown.x0, job.x1 = shown.x1, job.y0 = shown.y0, job.y1 = shown.y1;
        work.picture = {paintCurves(job, stop), shown, size, looks};
        if (stop.stop_requested())
            return cancelled();
        return work;
    });
    deliver(m_task, this, [this, number](const Result<Work> &work) {
        if (work && number == m_data)
            take(*work);
        if (m_again || number != m_data)
            start();
    });
}

void CurvesPlot::take(Work work) {
    const bool first = !m_prepared;
    m_prepared = std::move(work.prepared);
    m_full = work.full;
    m_picture = std::move(work.picture);
    if (m_picture.view == m_full)
        m_whole = m_picture;
    if (m_picture.shows(m_view.value_or(m_full), pictureSize(), m_looks)) {
        Q_EMIT drawn(steadyMs() - m_wantedAt);
    } else {
        m_again = true;
    }
    m_shownAt = steadyMs();
    m_took = m_shownAt - m_startedAt;
    if (first) {
        describe();
        Q_EMIT crosshairMoved(m_crosshair); // the values may differ now
    }
    update();
}

void CurvesPlot::setView(const View &view) {
    const double least = 1e-12 * std::max({1.0, std::abs(m_full.x0), std::abs(m_full.x1)});
    if (!(view.x1 - view.x0 > least) || !(view.y1 - view.y0 > 0) || !std::isfinite(view.x0 + view.x1 + view.y0 + view.y1))
        return; // nearer than numbers can tell apart
    m_view = view == m_full ? std::nullopt : std::optional(view);
    request();
    update();
}

void CurvesPlot::resizeEvent(QResizeEvent *) { request(); }

void CurvesPlot::changeEvent(QEvent *event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange || event->type() == QEvent::LanguageChange)
        invalidate(false);
    QWidget::changeEvent(event);
}

QRectF CurvesPlot::area() const {
    const Theme &theme = Theme::of(this);
    const View view = m_view.value_or(m_full);
    CurveFrame probe;
    probe.scale = {{}, view.x0, view.x1, view.y0, view.y1};
    probe.logY = m_options.logY;
    double widest = widthOf(theme.font(TextRole::Caption), QStringLiteral("0.00"));
    for (const auto &tick : yTicks(probe))
        widest = std::max(widest, tabularWidth(theme.font(TextRole::Caption), tick.second));
    m_left = std::max(m_left, std::ceil(widest) + theme.px(10));
    const double top = theme.px(20), bottom = theme.px(38), right = theme.px(8);
    return QRectF(m_left, top, std::max(1.0, std::floor(width() - m_left - right)), std::max(1.0, std::floor(height() - top - bottom)));
}

PlotScale CurvesPlot::scale() const {
    const View view = m_view.value_or(m_full);
    return {area(), view.x0, view.x1, view.y0, view.y1};
}

CurveFrame CurvesPlot::frame(const QRectF &area, const View &view) const {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    CurveFrame frame;
    frame.scale = {area, view.x0, view.x1, view.y0, view.y1};
    frame.logY = m_options.logY;
    frame.time = m_options.x == registry::CurveX::Time;
    frame.yName = m_options.smoothing > 0 ? tr("%1, smoothed %2").arg(m_yName, fixed(m_options.smoothing, 2)) : m_yName;
    frame.xName = m_options.x == registry::CurveX::Step ? tr("step") : m_options.x == registry::CurveX::Time ? tr("time") : tr("seconds since the first point");
    frame.width = width();
    frame.em = double(theme.px(100)) / 100;
    frame.grid = t.grid;
    frame.axis = t.line2;
    frame.text = t.t3;
    frame.font = theme.font(TextRole::Caption);
    return frame;
}

void CurvesPlot::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Theme &theme = Theme::of(this);
    const PlotScale now = scale();
    const View view = m_view.value_or(m_full);
    if (m_prepared && m_prepared->extent.empty) {
        painter.setFont(theme.font(TextRole::Second));
        painter.setPen(theme.tokens().t3);
        drawLine(painter, rect(), Qt::AlignCenter, m_options.logY ? tr("No value above zero: a logarithmic axis shows nothing of it") : tr("No finite value was logged"));
        return;
    }
    if (m_prepared || !m_picture.image.isNull()) {
        const CurveFrame around = frame(now.area, view);
        paintFrame(painter, around, layOut(around));
        painter.save();
        painter.setClipRect(now.area);
        const bool covers = m_picture.view.x0 <= view.x0 && m_picture.view.x1 >= view.x1 && m_picture.view.y0 <= view.y0 && m_picture.view.y1 >= view.y1;
        if (!covers && !m_whole.image.isNull()) { // what comes into sight meanwhile: from the picture of everything, around the newer one
            const QRectF newer(QPointF(now.toX(m_picture.view.x0), now.toY(m_picture.view.y1)), QPointF(now.toX(m_picture.view.x1), now.toY(m_picture.view.y0)));
            painter.setClipRegion(QRegion(now.area.toAlignedRect()).subtracted(QRegion(newer.toAlignedRect())));
            paintPicture(painter, now, m_whole);
            painter.setClipRect(now.area);
        }
        paintPicture(painter, now, m_picture);
        painter.restore();
        if (m_prepared) {
            painter.save();
            painter.setClipRect(now.area);
            paintHovered(painter, now);
            painter.restore();
            if (!std::isnan(m_crosshair))
                paintCallout(painter, now);
        }
    }
    if (hasFocus() && std::isnan(m_crosshair)) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.tokens().acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

/// Moved and scaled to where it belongs now; only the part in sight is touched.
void CurvesPlot::paintPicture(QPainter &painter, const PlotScale &scale, const Picture &picture) const {
    if (picture.image.isNull())
        return;
    const QRectF target(QPointF(scale.toX(picture.view.x0), scale.toY(picture.view.y1)), QPointF(scale.toX(picture.view.x1), scale.toY(picture.view.y0)));
    if (std::abs(target.left() - scale.area.left()) < 1e-6 && std::abs(target.right() - scale.area.right()) < 1e-6 && std::abs(target.top() - scale.area.top()) < 1e-6 && picture.size == pictureSize()) {
        painter.drawImage(scale.area.topLeft(), picture.image);
        return;
    }
    const QRectF seen = target & scale.area;
    if (seen.isEmpty() || target.width() <= 0 || target.height() <= 0)
        return;
    const double perX = picture.size.width() / target.width(), perY = picture.size.height() / target.height();
    painter.drawImage(seen, picture.image, QRectF((seen.left() - target.left()) * perX, (seen.top() - target.top()) * perY, seen.width() * perX, seen.height() * perY));
}

void CurvesPlot::paintHovered(QPainter &painter, const PlotScale &scale) const {
    const int at = indexOf(m_hovered);
    const View view{scale.x0, scale.x1, scale.y0, scale.y1};
    if (at < 0 || m_shown[std::size_t(at)].hidden || !m_picture.shows(view, pictureSize(), m_looks)) // not in the middle of a gesture
        return;
    if (m_onTopOf != m_hovered || !m_onTop.shows(view, pictureSize(), m_looks)) {
        CurveJob one = job(view, pictureSize(), devicePixelRatioF());
        one.lines = std::make_shared<const std::vector<registry::CurveLine>>(1, line(std::size_t(at)));
        one.styles = {{(tokens(this).*m_shown[std::size_t(at)].look.ink).rgb(), 0, 1, false}};
        one.width = 2.6;
        m_onTop = {paintCurves(one), view, pictureSize(), m_looks};
        m_onTopOf = m_hovered;
    }
    painter.drawImage(scale.area.topLeft(), m_onTop.image);
}

void CurvesPlot::paintCallout(QPainter &painter, const PlotScale &scale) const {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const double x = scale.toX(m_crosshair);
    if (x < scale.area.left() - 1 || x > scale.area.right() + 1)
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_pinned ? t.acc : t.t3, 1));
    painter.drawLine(QPointF(x, scale.area.top()), QPointF(x, scale.area.bottom()));
    struct Line {
        const ShownRun *curve;
        double value, off; ///< off: pixels from the hovered one
    };
    const int chosen = indexOf(m_hovered);
    const double centre = chosen >= 0 ? scale.toY(axisY(valueAt(m_hovered, m_crosshair))) : scale.area.center().y();
    std::vector<Line> lines;
    for (std::size_t i = 0; i < m_shown.size(); ++i)
        if (const double value = m_shown[i].hidden ? std::nan("") : valueOf(i, m_crosshair); !std::isnan(value))
            lines.push_back({&m_shown[i], value, std::abs(scale.toY(axisY(value)) - centre)});
    const std::size_t all = lines.size();
    std::stable_sort(lines.begin(), lines.end(), [](const Line &a, const Line &b) { return !(std::isnan(a.off)) && (std::isnan(b.off) || a.off < b.off); });
    lines.resize(std::min<std::size_t>(lines.size(), mostInCallout));
    std::stable_sort(lines.begin(), lines.end(), [](const Line &a, const Line &b) { return a.value > b.value; }); // as they lie
    const QFont &strong = theme.font(TextRole::Label), &plain = theme.font(TextRole::Second);
    const QString head = xText(m_crosshair), more = all > lines.size() ? tr("and %n more", nullptr, int(all - lines.size())) : QString();
    double wide = std::max(widthOf(strong, head), widthOf(plain, more));
    for (const Line &one : lines)
        wide = std::max(wide, std::min<double>(theme.px(220), widthOf(plain, one.curve->name)) + theme.px(50) + tabularWidth(strong, number(one.value, 4)));
    const double tall = theme.px(17);
    QRectF box(x + theme.px(10), scale.area.top() + theme.px(4), wide + theme.px(20), tall * double(lines.size() + 1 + !more.isEmpty()) + theme.px(12));
    if (box.right() > width())
        box.moveRight(x - theme.px(10));
    box.moveLeft(std::clamp(box.left(), 0.0, std::max(0.0, width() - box.width())));
    painter.setPen(QPen(t.line2, 1));
    painter.setBrush(t.bg3);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    QRectF row(box.left() + theme.px(10), box.top() + theme.px(6), box.width() - theme.px(20), tall);
    painter.setFont(strong);
    painter.setPen(t.t1);
    drawLine(painter, row, Qt::AlignVCenter | Qt::AlignLeft, head);
    for (const Line &one : lines) {
        row.translate(0, tall);
        const bool hovered = one.curve->runId == m_hovered;
        painter.setPen(runPen(t.*one.curve->look.ink, one.curve->look.dash, hovered ? 3 : 2));
        painter.drawLine(QPointF(row.left(), row.center().y()), QPointF(row.left() + theme.px(24), row.center().y()));
        const QString value = number(one.value, 4);
        const double right = tabularWidth(strong, value);
        painter.setFont(hovered ? strong : plain);
        painter.setPen(hovered ? t.t1 : t.t2);
        drawLine(painter, row.adjusted(theme.px(30), 0, -right - theme.px(12), 0), Qt::AlignVCenter | Qt::AlignLeft, one.curve->name, Qt::ElideMiddle);
        painter.setFont(strong);
        painter.setPen(t.t1);
        drawTabular(painter, row, Qt::AlignRight | Qt::AlignVCenter, value);
    }
    if (!more.isEmpty()) {
        row.translate(0, tall);
        painter.setFont(plain);
        painter.setPen(t.t3);
        drawLine(painter, row, Qt::AlignVCenter | Qt::AlignLeft, more);
    }
}

ExportBytes CurvesPlot::png() const {
    if (!m_prepared)
        return [] { return QByteArray(); };
    constexpr double twice = 2;
    const View view = m_view.value_or(m_full);
    const CurveFrame around = frame(area(), view);
    QImage ground(size() * twice, QImage::Format_ARGB32_Premultiplied);
    ground.setDevicePixelRatio(twice);
    ground.fill(tokens(this).bg1);
    {
        QPainter painter(&ground);
        painter.setRenderHint(QPainter::Antialiasing);
        paintFrame(painter, around, layOut(around));
    }
    return [ground, job = job(view, (around.scale.area.size() * twice).toSize(), twice), at = around.scale.area.topLeft()]() mutable {
        QPainter painter(&ground);
        painter.drawImage(at, paintCurves(job));
        painter.end();
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        ground.save(&buffer, "PNG");
        return bytes;
    };
}

ExportBytes CurvesPlot::svg() const {
    if (!m_prepared)
        return [] { return QByteArray(); };
    const View view = m_view.value_or(m_full);
    const CurveFrame around = frame(area(), view);
    return [around, drawing = layOut(around), job = job(view, around.scale.area.size().toSize(), 1), size = size(), ground = tokens(this).bg1, title = m_yName] {
        return curvesSvg(job, around, drawing, size, ground, title);
    };
}

} // namespace pilothouse::ui
