// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/plot_scale.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

std::vector<double> roundTicks(double low, double high, int wanted) {
    if (!(high > low) || !std::isfinite(low) || !std::isfinite(high))
        return {};
    const double raw = (high - low) / std::max(1, wanted);
    const double power = std::pow(10, std::floor(std::log10(raw)));
    double step = power;
    for (double factor : {1.0, 2.0, 2.5, 5.0, 10.0})
        if (step = factor * power; step >= raw * 0.999)
            break;
    std::vector<double> ticks;
    for (double i = std::ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i)
        ticks.push_back(i == 0 ? 0 : i * step);
    return ticks;
}

int tickDecimals(const std::vector<double> &ticks) {
    if (ticks.size() < 2)
        return 1;
    const double step = ticks[1] - ticks[0];
    for (int decimals = 0; decimals < 9; ++decimals) {
        const double scaled = step * std::pow(10, decimals);
        if (std::abs(scaled - std::round(scaled)) < 1e-6 * scaled)
            return decimals;
    }
    return 9;
}

std::vector<TimeTick> timeTicks(double from, double to, int wanted, bool utc) {
    if (!(to > from))
        return {};
    static constexpr double steps[] = {1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 14 * 86400, 30 * 86400, 91 * 86400, 365 * 86400.0};
    double step = steps[std::size(steps) - 1];
    for (double candidate : steps)
        if ((to - from) / candidate <= wanted) {
            step = candidate;
            break;
        }
    const QString format = step < 60 ? QStringLiteral("HH:mm:ss") : step < 86400 ? QStringLiteral("HH:mm") : step < 300 * 86400.0 ? QStringLiteral("d MMM") : QStringLiteral("MMM yyyy");
    const QLocale locale;
    const auto time = [utc](double at) { return utc ? QDateTime::fromSecsSinceEpoch(qint64(at), Qt::UTC) : QDateTime::fromSecsSinceEpoch(qint64(at)); };
    const double offset = time(from).offsetFromUtc(); // ticks stand on local midnights
    std::vector<TimeTick> ticks;
    for (double at = std::ceil((from + offset) / step) * step - offset; at <= to; at += step)
        ticks.push_back({at, locale.toString(time(at), format)});
    return ticks;
}

namespace {

/// The points inside, and one on each side, for the line enters from there.
std::pair<std::size_t, std::size_t> seen(std::span<const QPointF> points, const PlotScale &scale) {
    auto first = std::lower_bound(points.begin(), points.end(), scale.x0, [](const QPointF &p, double x) { return p.x() < x; });
    auto last = std::upper_bound(points.begin(), points.end(), scale.x1, [](double x, const QPointF &p) { return x < p.x(); });
    if (first != points.begin())
        --first;
    if (last != points.end())
        ++last;
    return {std::size_t(first - points.begin()), std::size_t(last - points.begin())};
}

} // namespace

bool isDense(std::span<const QPointF> points, const PlotScale &scale) {
    const auto [first, last] = seen(points, scale);
    return double(last - first) > 4 * std::max(1.0, scale.area.width());
}

std::vector<std::vector<QPointF>> linePieces(std::span<const QPointF> points, const PlotScale &scale, const MinMaxIndex *index) {
    std::vector<std::vector<QPointF>> pieces;
    const auto inRange = [&](const QPointF &p) { return p.x() >= scale.x0 && p.x() <= scale.x1; };
    const auto [from, to] = seen(points, scale);
    const auto first = points.begin() + std::ptrdiff_t(from), last = points.begin() + std::ptrdiff_t(to);
    const bool dense = double(to - from) > 4 * std::max(1.0, scale.area.width());
    bool open = false;
    int column = 0, count = 0;
    auto scanned = first;
    std::ptrdiff_t wide = 16; // points of the column before
    QPointF least, greatest, newest;
    const auto flush = [&] {
        if (count == 0)
            return;
        auto &piece = pieces.back();
        if (count > 1) {
            const bool leastFirst = least.x() <= greatest.x();
            for (const QPointF &p : {leastFirst ? least : greatest, leastFirst ? greatest : least, newest})
                if (piece.empty() || piece.back() != p)
                    piece.push_back(p);
        }
        count = 0;
    };
    for (auto p = first; p != last; ++p) {
        if (std::isnan(p->y())) {
            if (dense && open)
                flush();
            open = false;
            continue;
        }
        if (!open) {
            pieces.emplace_back();
            open = true;
        }
        const QPointF pixel(scale.toX(p->x()), scale.toY(p->y()));
        if (!dense || !inRange(*p)) {
            if (dense)
                flush();
            pieces.back().push_back(pixel);
            continue;
        }
        const int here = int(std::floor(pixel.x()));
        if (count > 0 && here != column)
            flush();
        if (index && count == 0 && p >= scanned) { // a whole column at once
            const auto inside = [&](const QPointF &q) { return q.x() <= scale.x1 && int(std::floor(scale.toX(q.x()))) == here; };
            auto low = p, high = p; // about as far as the column before, then nearer
            for (std::ptrdiff_t step = std::max<std::ptrdiff_t>(16, wide); high != last; step *= 2) {
                high = last - high > step ? high + step : last;
                if (high == last || !inside(*high))
                    break;
                low = high;
            }
            const auto end = std::partition_point(low, high, inside);
            wide = end - p;
            MinMaxIndex::Found found;
            if (end - p > 1 && index->find(points, std::size_t(p - points.begin()), std::size_t(end - points.begin()), found)) {
                auto &piece = pieces.back();
                for (const std::size_t i : {std::size_t(p - points.begin()), std::size_t(std::min(found.least, found.greatest)), std::size_t(std::max(found.least, found.greatest)), std::size_t(end - points.begin()) - 1})
                    if (const QPointF at(scale.toX(points[i].x()), scale.toY(points[i].y())); piece.empty() || piece.back() != at)
                        piece.push_back(at);
                p = end - 1;
                continue;
            }
            scanned = end; // a gap in it: point by point
        }
        if (count == 0) {
            column = here;
            least = greatest = pixel;
            pieces.back().push_back(pixel);
        }
        if (pixel.y() < least.y())
            least = pixel;
        if (pixel.y() > greatest.y())
            greatest = pixel;
        newest = pixel;
        ++count;
    }
    if (dense && open)
        flush();
    return pieces;
}

int nearestPoint(std::span<const QPointF> points, double x) {
    if (points.empty())
        return -1;
    const auto after = std::lower_bound(points.begin(), points.end(), x, [](const QPointF &p, double value) { return p.x() < value; });
    if (after == points.begin())
        return 0;
    if (after == points.end())
        return int(points.size()) - 1;
    const int right = int(after - points.begin());
    return x - points[right - 1].x() <= points[right].x() - x ? right - 1 : right;
}

} // namespace pilothouse::ui
