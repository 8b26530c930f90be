// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/run_curves.h"

#include "core/base/task.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace pilothouse::registry {

namespace {

constexpr int atOnce = 6; // requests: what a browser sends to one server
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Applies an order to a vector.
std::vector<double> inOrder(const std::vector<double> &values, const std::vector<std::size_t> &order) {
    std::vector<double> out(order.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        out[i] = values[order[i]];
    return out;
}

std::vector<std::size_t> orderOf(const std::vector<double> &keys) {
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
    return order;
}

} // namespace

RunCurve curveOf(const QString &runId, const std::vector<MetricPoint> &points) {
    RunCurve curve;
    curve.runId = runId;
    for (const MetricPoint &p : points) {
        curve.steps.push_back(double(p.step));
        curve.times.push_back(p.time.isValid() ? double(p.time.toMSecsSinceEpoch()) / 1000 : std::numeric_limits<double>::quiet_NaN());
        curve.values.push_back(p.value);
    }
    if (!std::is_sorted(curve.steps.begin(), curve.steps.end())) {
        const auto order = orderOf(curve.steps);
        curve.steps = inOrder(curve.steps, order);
        curve.times = inOrder(curve.times, order);
        curve.values = inOrder(curve.values, order);
    }
    return curve;
}

Result<RunCurves> loadCurves(const Registry &registry, const std::vector<Run> &runs, const QString &metric, std::stop_token stop, LoadProgress *progress) {
    QStringList ids;
    for (const Run &run : runs)
        if (run.metrics.contains(metric))
            ids << run.id;
    if (progress)
        progress->total = int(ids.size());
    std::vector<std::optional<Result<RunCurve>>> answers(std::size_t(ids.size()));
    parallelFor(answers.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last && !stop.stop_requested(); ++i) {
            const QString &id = ids.at(qsizetype(i)); // at(): [] would detach the list under the other threads
            const auto points = registry.metricHistory(id, metric);
            answers[i] = points ? Result<RunCurve>(curveOf(id, *points)) : Result<RunCurve>(points.error());
            if (progress)
                ++progress->done;
        }
    }, atOnce);
    if (stop.stop_requested())
        return cancelled();
    RunCurves out;
    out.metric = metric;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (*answers[i])
            out.curves.push_back(**std::move(answers[i]));
        else
            out.failed.emplace_back(ids.at(qsizetype(i)), answers[i]->error());
    }
    if (out.curves.empty() && !out.failed.empty())
        return out.failed.front().second;
    return out;
}

std::vector<double> smoothed(std::span<const double> values, double weight) {
    std::vector<double> out(values.begin(), values.end());
    if (weight <= 0 || values.empty() || std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); }))
        return out;
    double mean = 0, left = 1; // left: weight to the power of the values that were counted
    for (double &v : out) {
        if (!std::isfinite(v))
            continue;
        mean = weight * mean + (1 - weight) * v;
        left *= weight;
        v = mean / (1 - left);
    }
    return out;
}

namespace {

double evenStep(const std::vector<double> &x) {
    if (x.size() < 2)
        return 0;
    const double step = x[1] - x[0];
    if (!(step > 0))
        return 0;
    for (std::size_t i = 2; i < x.size(); ++i)
        if (x[i] != x[0] + double(i) * step)
            return 0;
    return step;
}

} // namespace

CurveLine lineOf(const RunCurve &curve, CurveX x, double weight) {
    CurveLine line{x == CurveX::Step ? curve.steps : curve.times, curve.values};
    if (x != CurveX::Step) {
        // A run that was resumed logs earlier steps again, and clocks are set back. A point without a time has no place.
        if (!std::is_sorted(line.x.begin(), line.x.end()) || std::any_of(line.x.begin(), line.x.end(), [](double t) { return std::isnan(t); })) {
            std::vector<std::size_t> order;
            for (std::size_t i = 0; i < line.x.size(); ++i)
                if (!std::isnan(line.x[i]))
                    order.push_back(i);
            std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return curve.times[a] < curve.times[b]; });
            line = {inOrder(curve.times, order), inOrder(curve.values, order)};
        }
        if (x == CurveX::Relative && !line.x.empty()) {
            const double first = line.x.front();
            for (double &t : line.x)
                t -= first;
        }
    }
    if (weight > 0)
        line.y = smoothed(line.y, weight);
    line.every = evenStep(line.x);
    line.gapless = std::all_of(line.y.begin(), line.y.end(), [](double y) { return std::isfinite(y); });
    return line;
}

CurveExtent extentOf(const CurveLine &line, bool positive) {
    CurveExtent out{infinity, -infinity, infinity, -infinity, true};
    for (std::size_t i = 0; i < line.x.size(); ++i) {
        const double y = line.y[i];
        if (!std::isfinite(y) || (positive && y <= 0))
            continue;
        out.x0 = std::min(out.x0, line.x[i]);
        out.x1 = std::max(out.x1, line.x[i]);
        out.y0 = std::min(out.y0, y);
        out.y1 = std::max(out.y1, y);
        out.empty = false;
    }
    return out.empty ? CurveExtent{} : out;
}

CurveExtent united(const CurveExtent &a, const CurveExtent &b) {
    if (a.empty || b.empty)
        return a.empty ? b : a;
    return {std::min(a.x0, b.x0), std::max(a.x1, b.x1), std::min(a.y0, b.y0), std::max(a.y1, b.y1), false};
}

ColumnSpans columnSpans(const CurveLine &line, double x0, double x1, int columns, bool logY) {
    ColumnSpans out;
    out.low.assign(std::size_t(std::max(0, columns)), infinity);
    out.high.assign(out.low.size(), -infinity);
    if (columns <= 0 || !(x1 > x0) || line.x.empty())
        return out;
    const double perX = columns / (x1 - x0);
    const auto cover = [&](int column, double y) {
        double &low = out.low[std::size_t(column)], &high = out.high[std::size_t(column)];
        low = y < low ? y : low;
        high = y > high ? y : high;
    };
    const auto fits = [logY](double y) { return logY ? y > 0 && y < infinity : std::isfinite(y); };
    // A point on the right edge belongs to the last column.
    const auto columnOf = [&](double x) { return std::min(columns - 1, int((x - x0) * perX)); };
    // The straight piece between two points, over every column that it crosses: its y at the columns' edges.
    const auto join = [&](double xa, double ya, double xb, double yb) {
        const int from = xa < x0 ? 0 : columnOf(xa), to = xb > x1 ? columns - 1 : columnOf(xb);
        const double a = logY ? std::log(ya) : ya, b = logY ? std::log(yb) : yb;
        const auto at = [&](double x) {
            const double y = a + (b - a) * ((x - xa) / (xb - xa));
            return logY ? std::exp(y) : y;
        };
        if (xa < x0)
            cover(0, at(x0));
        if (xb > x1)
            cover(columns - 1, at(x1));
        for (int c = from; c < to; ++c) {
            const double y = at(std::clamp(x0 + (c + 1) / perX, xa, xb));
            cover(c, y);
            cover(c + 1, y);
        }
    };
    const auto begin = line.x.begin();
    std::size_t first = std::size_t(std::lower_bound(begin, line.x.end(), x0) - begin), last = std::size_t(std::upper_bound(begin, line.x.end(), x1) - begin);
    first -= first > 0; // the line comes in from outside, and goes out
    last += last < line.x.size();
    bool open = false, joined = false; // joined: a line reaches the newest point
    double beforeX = 0, beforeY = 0;
    int column = -1;
    double low = infinity, high = -infinity; // of the present column, until it is left
    const auto leave = [&] {
        if (column >= 0 && low <= high) {
            cover(column, low);
            cover(column, high);
        }
        low = infinity;
        high = -infinity;
    };
    const auto close = [&] {
        if (open && !joined && column >= 0)
            out.alone.push_back(std::size_t(column));
        open = joined = false;
    };
    for (std::size_t i = first; i < last; ++i) {
        const double x = line.x[i], y = line.y[i];
        if (!fits(y)) {
            close();
            continue;
        }
        const bool inside = x >= x0 && x <= x1;
        const int here = inside ? columnOf(x) : -1;
        if (here != column || here < 0) {
            leave();
            if (open && x > beforeX && x >= x0 && beforeX <= x1)
                join(beforeX, beforeY, x, y);
            column = here;
        }
        joined = open;
        if (inside) {
            low = y < low ? y : low;
            high = y > high ? y : high;
        }
        open = true;
        beforeX = x;
        beforeY = y;
    }
    leave();
    close();
    return out;
}

} // namespace pilothouse::registry
