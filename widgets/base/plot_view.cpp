// SPDX-License-Identifier: GPL-3.0-or-later
// What a chart shows: its data, the stretch of x that is looked at, and the scale that follows from both; plot.cpp paints it.
#include "widgets/base/format.h"
#include "widgets/base/plot.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {
namespace {

constexpr std::size_t indexed = 8192; ///< points from which a line has an index
constexpr double nearest = 1e-6;      ///< of the whole: no nearer than that

struct Range {
    double low = INFINITY, high = -INFINITY;
    void reach(double value) {
        if (std::isfinite(value))
            low = std::min(low, value), high = std::max(high, value);
    }
    bool empty() const { return low > high; }
};

Range xRange(const PlotData &data) {
    Range range;
    for (const PlotSeries &series : data.series)
        if (!series.points.empty())
            range.reach(series.points.front().x()), range.reach(series.points.back().x());
    for (const PlotBand &band : data.bands)
        if (!band.x.empty())
            range.reach(band.x.front()), range.reach(band.x.back());
    const bool bars = std::any_of(data.series.begin(), data.series.end(), [](const PlotSeries &s) { return s.bars; });
    if (!data.categories.empty() || bars)
        range.reach(range.low - 0.5), range.reach(range.high + 0.5);
    return range;
}

Range yRange(const PlotData &data, const std::vector<MinMaxIndex> &index, double x0, double x1) {
    Range range;
    bool fromZero = false;
    for (std::size_t s = 0; s < data.series.size(); ++s) {
        const std::vector<QPointF> &points = data.series[s].points;
        fromZero |= data.series[s].filled || data.series[s].steps || data.series[s].bars;
        if (data.series[s].dots) { // a cloud need not be sorted
            for (const QPointF &p : points)
                if (p.x() >= x0 && p.x() <= x1)
                    range.reach(p.y());
            continue;
        }
        const auto first = std::lower_bound(points.begin(), points.end(), x0, [](const QPointF &p, double x) { return p.x() < x; });
        const auto last = std::upper_bound(first, points.end(), x1, [](double x, const QPointF &p) { return x < p.x(); });
        if (!index[s].empty()) {
            index[s].reach(points, std::size_t(first - points.begin()), std::size_t(last - points.begin()), range.low, range.high);
            continue;
        }
        for (auto p = first; p != last; ++p)
            range.reach(p->y());
    }
    for (const PlotBand &band : data.bands)
        for (std::size_t i = 0; i < band.x.size(); ++i)
            if (band.x[i] >= x0 && band.x[i] <= x1)
                range.reach(band.low[i]), range.reach(band.high[i]);
    for (const PlotLimit &limit : data.limits)
        range.reach(limit.value);
    if (range.empty())
        return {0, 1};
    if (fromZero)
        range.reach(0);
    const double room = range.high > range.low ? (range.high - range.low) * 0.08 : std::max(0.5, std::abs(range.high) * 0.1);
    return {fromZero && range.low >= 0 ? 0 : range.low - room, range.high + room};
}

} // namespace

void PlotWidget::setData(PlotData data) {
    m_data = std::move(data);
    m_index.assign(m_data.series.size(), {});
    for (std::size_t i = 0; i < m_index.size(); ++i)
        if (const PlotSeries &series = m_data.series[i]; series.points.size() >= indexed && !series.steps && !series.dots && !series.bars)
            m_index[i] = MinMaxIndex(series.points);
    if (m_data.time || !zoomable())
        m_view.reset();
    m_ground = {};
    setAccessibleDescription(m_data.sentence.isEmpty() ? asText().left(2000) : m_data.sentence);
    update();
}

QSize PlotWidget::sizeHint() const { return {Theme::of(this).px(320), Theme::of(this).px(180)}; }

PlotWidget::View PlotWidget::whole() const {
    const Range x = xRange(m_data);
    View all{m_data.xMin.value_or(x.empty() ? 0 : x.low), m_data.xMax.value_or(x.empty() ? 1 : x.high)};
    if (!(all.to > all.from))
        all.from -= 0.5, all.to += 0.5;
    return all;
}

std::optional<PlotWidget::View> PlotWidget::view() const {
    if (!zoomable())
        return std::nullopt;
    return m_data.time ? ChartDesk::of(this).range() : m_view;
}

void PlotWidget::setView(std::optional<View> view) {
    const View all = whole();
    if (view && view->from <= all.from && view->to >= all.to)
        view.reset(); // no further out than everything
    if (view && (view->to - view->from < (all.to - all.from) * nearest || (m_data.time && view->to - view->from < 1)))
        return;
    if (m_data.time) {
        ChartDesk::of(this).setRange(view);
        return;
    }
    m_view = view;
    m_ground = {};
    update();
}

bool PlotWidget::nothingInView() const {
    const auto shown = view();
    if (!shown || m_data.series.empty())
        return false;
    return std::none_of(m_data.series.begin(), m_data.series.end(),
                        [&](const PlotSeries &s) { return !s.points.empty() && s.points.front().x() <= shown->to && s.points.back().x() >= shown->from; });
}

void PlotWidget::zoom(double factor, double about) {
    if (!zoomable())
        return;
    const View now = view().value_or(whole());
    const double centre = now.from + (now.to - now.from) * about;
    setView(View{centre + (now.from - centre) * factor, centre + (now.to - centre) * factor});
}

void PlotWidget::moveView(double by) {
    const auto now = view();
    if (!now)
        return;
    const View all = whole();
    double off = by * (now->to - now->from); // not past the ends
    off = off > 0 ? std::min(off, std::max(0.0, all.to - now->to)) : std::max(off, std::min(0.0, all.from - now->from));
    if (off != 0)
        setView(View{now->from + off, now->to + off});
}

void PlotWidget::showAll() { setView(std::nullopt); }

PlotScale PlotWidget::scale() const {
    const Theme &theme = Theme::of(this);
    PlotScale scale;
    const View shown = view().value_or(whole());
    scale.x0 = shown.from;
    scale.x1 = shown.to;
    const Range y = yRange(m_data, m_index, scale.x0, scale.x1);
    scale.y0 = m_data.yMin.value_or(y.low);
    scale.y1 = m_data.yMax.value_or(y.high);
    const QFont &font = theme.font(TextRole::Caption);
    const auto ticks = roundTicks(scale.y0, scale.y1);
    double widest = widthOf(font, QStringLiteral("0.0"));
    for (double tick : ticks)
        widest = std::max(widest, widthOf(font, fixed(tick, tickDecimals(ticks))));
    const double left = widest + theme.px(10);
    scale.area = QRectF(left, theme.px(m_data.unit.isEmpty() && m_data.markers.empty() ? 8 : 22), 0, 0);
    scale.area.setRight(std::max(left + 10, double(width() - theme.px(8))));
    scale.area.setBottom(std::max(scale.area.top() + 10, double(height() - theme.px(22))));
    return scale;
}

} // namespace pilothouse::ui
