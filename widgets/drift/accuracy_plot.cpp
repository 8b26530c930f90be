// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/drift/accuracy_plot.h"

#include "widgets/base/format.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::ui {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr Ink sliceInks[] = {&Tokens::s2, &Tokens::s3, &Tokens::s4, &Tokens::s5};

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(AccuracyPlot)
};

double middle(const CalendarSpan &span) {
    return double(span.from + (span.to - span.from) / 2) / 1000;
}

/// A value at the middle of each stretch; where stretches without a request lie between two, the line breaks.
template<class At, class SpanOf>
std::vector<QPointF> line(std::size_t count, const SpanOf &spanOf, const At &valueOf) {
    std::vector<QPointF> out;
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0 && spanOf(i).from != spanOf(i - 1).to)
            out.emplace_back(double(spanOf(i - 1).to) / 1000, none);
        out.emplace_back(middle(spanOf(i)), valueOf(i));
    }
    return out;
}

PlotSeries measured(const serving::AccuracySeries &series, const QString &name, Ink ink) {
    PlotSeries out;
    out.name = name;
    out.ink = ink;
    out.points = line(series.buckets.size(), [&](std::size_t i) { return series.buckets[i].span; }, [&](std::size_t i) { return series.buckets[i].own.value; });
    return out;
}

/// Of stretches with a neighbour on either side: a line; one that stands alone is seen as a dot.
void addWithDots(PlotData &data, PlotSeries series) {
    PlotSeries dots = series;
    dots.points.clear();
    const auto known = [&](std::size_t i) { return i < series.points.size() && !std::isnan(series.points[i].y()); };
    for (std::size_t i = 0; i < series.points.size(); ++i)
        if (known(i) && !(i > 0 && known(i - 1)) && !known(i + 1))
            dots.points.push_back(series.points[i]);
    data.series.push_back(std::move(series));
    if (dots.points.empty())
        return;
    dots.dots = true;
    dots.quiet = true; // its value is told by the line
    data.series.push_back(std::move(dots));
}

void addBand(PlotData &data, Ink ink, const std::vector<QPointF> &low, const std::vector<QPointF> &high) {
    PlotBand band;
    band.ink = ink;
    for (std::size_t i = 0; i < low.size(); ++i) {
        band.x.push_back(low[i].x());
        band.low.push_back(low[i].y());
        band.high.push_back(high[i].y());
    }
    data.bands.push_back(std::move(band));
}

void addGaps(PlotData &data, const serving::AccuracySeries &series) {
    for (const serving::AccuracyBucket &bucket : series.buckets) {
        if (!bucket.tooFew)
            continue;
        const QString words = bucket.labelled == 0 ? Tr::tr("no labels") : Tr::tr("too few labels");
        const double from = double(bucket.span.from) / 1000, to = double(bucket.span.to) / 1000;
        if (!data.spans.empty() && data.spans.back().to == from && data.spans.back().text == words)
            data.spans.back().to = to;
        else
            data.spans.push_back({from, to, words, false});
    }
}

} // namespace

PlotData accuracyPlot(const fleet::AccuracyView &view, const fleet::Quality &watch, const QString &model) {
    PlotData data;
    data.time = true;
    data.unit = watch.unit;
    const QString name = metricName(view.title);
    const auto &buckets = view.series.buckets;
    const auto spanOf = [&](std::size_t i) { return buckets[i].span; };
    addWithDots(data, measured(view.series, view.slices.empty() ? name : Tr::tr("all rows"), &Tokens::s1));
    addBand(data, &Tokens::s1, line(buckets.size(), spanOf, [&](std::size_t i) { return buckets[i].own.low; }), line(buckets.size(), spanOf, [&](std::size_t i) { return buckets[i].own.high; }));

    std::vector<std::pair<qint64, QString>> order; ///< most labels first
    for (const auto &[slice, series] : view.slices) {
        qint64 labelled = 0;
        for (const auto &bucket : series.buckets)
            labelled += bucket.labelled;
        order.emplace_back(-labelled, slice);
    }
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i) {
        PlotSeries series = measured(view.slices.at(order[i].second), order[i].second, i < std::size(sliceInks) ? sliceInks[i] : &Tokens::t3);
        series.quiet = i >= std::size(sliceInks);
        addWithDots(data, std::move(series));
    }

    QString estimate;
    if (view.estimated && !view.estimated->stretches.empty()) {
        const auto &stretches = view.estimated->stretches;
        const auto span = [&](std::size_t i) { return stretches[i].first; };
        PlotSeries series;
        series.name = Tr::tr("%1, estimated").arg(name);
        series.ink = &Tokens::s2;
        series.dashed = true;
        series.points = line(stretches.size(), span, [&](std::size_t i) { return stretches[i].second.value; });
        addWithDots(data, std::move(series));
        addBand(data, &Tokens::s2, line(stretches.size(), span, [&](std::size_t i) { return stretches[i].second.low; }), line(stretches.size(), span, [&](std::size_t i) { return stretches[i].second.high; }));
        estimate = Tr::tr("; estimated without labels %1 in the newest stretch").arg(number(stretches.back().second.value));
    }
    addGaps(data, view.series);
    for (const auto &limit : {watch.max, watch.min})
        if (limit)
            data.limits.push_back({*limit, Tr::tr("limit %1").arg(number(*limit)), &Tokens::warn});
    for (const serving::DeployMarker &deploy : view.deploys)
        if (!buckets.empty() && deploy.timeMs >= buckets.front().span.from)
            data.markers.push_back({double(deploy.timeMs) / 1000, QStringLiteral("v%1").arg(deploy.version), &Tokens::t3});
    const auto last = std::find_if(buckets.rbegin(), buckets.rend(), [](const serving::AccuracyBucket &b) { return !std::isnan(b.own.value); });
    data.sentence = last == buckets.rend() ? Tr::tr("%1 of %2 over time: too few labels to say%3").arg(name, model, estimate)
                                           : Tr::tr("%1 of %2 over time: %3 (%4 to %5) in the newest stretch with labels%6").arg(name, model, number(last->own.value), number(last->own.low), number(last->own.high), estimate);
    return data;
}

std::vector<Legend::Entry> accuracyLegend(const PlotData &data) {
    std::vector<Legend::Entry> out;
    for (const PlotSeries &series : data.series)
        if (!series.quiet)
            out.push_back({series.dashed ? Tr::tr("estimated") : series.name, series.ink, series.dashed});
    return out;
}

} // namespace pilothouse::ui
