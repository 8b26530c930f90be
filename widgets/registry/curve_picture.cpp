// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/curve_picture.h"

#include "core/base/task.h"
#include "core/registry/column_plan.h"
#include "widgets/base/format.h"
#include "widgets/base/text.h"

#include <QBuffer>
#include <QPainter>
#include <QSvgGenerator>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>

namespace pilothouse::ui {

namespace {

constexpr int stripWide = 16; // pixel columns: a cache line of a row, and a buffer that stays in the cache
constexpr float faint = 0.22f; // of a broken line's gaps, so that no extreme is lost in them
constexpr double dotRadius = 2.6; // logical pixels, of a point that no line reaches

/// x / 255, rounded, of 0 … 255².
inline quint32 by255(quint32 x) { return (x + 128 + ((x + 128) >> 8)) >> 8; }

/// Puts a colour of this opacity (0 … 255) below what a pixel shows already, premultiplied.
inline quint32 under(quint32 above, quint32 ink, quint32 alpha) {
    const quint32 seen = by255(alpha * (255 - (above >> 24)));
    return above + (seen << 24) + (by255(((ink >> 16) & 255) * seen) << 16) + (by255(((ink >> 8) & 255) * seen) << 8) + by255((ink & 255) * seen);
}

/// A few pixel columns, painted from the top one down: what lies below full pixels costs next to nothing, and of a thousand curves most does.
class Strip {
public:
    explicit Strip(int height) : m_height(height), m_words((std::size_t(height) + 63) / 64), m_pixels(std::size_t(stripWide) * std::size_t(height)), m_full(stripWide * m_words) {}
    void clear() {
        std::fill(m_pixels.begin(), m_pixels.end(), 0u);
        std::fill(m_full.begin(), m_full.end(), 0u);
    }
    quint32 pixel(int column, int y) const { return m_pixels[std::size_t(column) * std::size_t(m_height) + std::size_t(y)]; }
    /// One stroke down a column, from `top` to `bottom` in pixels: whole pixels fully, those at its ends by how much of them is covered.
    void stroke(int column, float top, float bottom, quint32 ink, float strength) {
        top = std::max(0.f, top);
        bottom = std::min(float(m_height), bottom);
        if (!(bottom > top))
            return;
        const int first = int(top), last = std::min(m_height - 1, int(bottom));
        quint64 *full = m_full.data() + std::size_t(column) * m_words;
        for (int word = first / 64; word <= last / 64; ++word) {
            quint64 open = ~full[word];
            if (word == first / 64)
                open &= ~quint64(0) << (first % 64);
            if (word == last / 64)
                open &= ~quint64(0) >> (63 - last % 64);
            for (; open; open &= open - 1) {
                const int bit = std::countr_zero(open), y = word * 64 + bit;
                const float share = std::min(float(y + 1), bottom) - std::max(float(y), top);
                quint32 &pixel = m_pixels[std::size_t(column) * std::size_t(m_height) + std::size_t(y)];
                pixel = under(pixel, ink, std::min(255u, quint32(255 * strength * share + 0.5f)));
                if (pixel >> 24 == 255)
                    full[word] |= quint64(1) << bit;
            }
        }
    }

private:
    int m_height;
    std::size_t m_words; ///< of bits, a column
    std::vector<quint32> m_pixels; ///< columns lie one after the other, so that a stroke is one piece of memory
    std::vector<quint64> m_full;   ///< a bit a pixel
};

/// For each device pixel of a dash pattern's period whether the line is on.
std::vector<char> dashOf(int dash, double ratio) {
    std::vector<char> on;
    bool now = true;
    for (const int length : dashPattern(dash)) {
        on.insert(on.end(), std::size_t(std::max(1L, std::lround(length * ratio))), now);
        now = !now;
    }
    return on;
}

QString logTick(double value) { return value >= 1e-4 && value < 1e7 ? number(value) : QString::number(value, 'g', 3); }

} // namespace

QImage paintCurves(const CurveJob &job, std::stop_token stop) {
    const int columns = job.size.width(), height = job.size.height();
    if (columns <= 0 || height <= 0)
        return {};
    QImage image(job.size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    if (!job.lines || !(job.y1 > job.y0))
        return image;
    const std::size_t count = std::min(job.lines->size(), job.styles.size());
    // Each line's spans, in pixels from above; what is nowhere stays below itself.
    struct Spans {
        std::vector<float> top, bottom;
        std::vector<std::size_t> alone;
    };
    std::vector<Spans> spans(count);
    const double perY = height / (job.y1 - job.y0);
    parallelFor(count, 16, [&](std::size_t first, std::size_t last) {
        std::optional<registry::ColumnPlan> plan; // of the line before: most have the same steps
        registry::ColumnSpans found;
        for (std::size_t i = first; i < last && !stop.stop_requested(); ++i) {
            if (job.styles[i].hidden)
                continue;
            const registry::CurveLine &line = (*job.lines)[i];
            const bool planned = line.x.size() > 1 && job.x1 > job.x0 && (job.logY ? !line.logs.empty() : line.gapless);
            if (planned) {
                if (!plan || !plan->isOf(line))
                    plan.emplace(line, job.x0, job.x1, columns);
                found.low.resize(std::size_t(columns));
                found.high.resize(std::size_t(columns));
                plan->spans(job.logY ? line.logs : line.y, found.low, found.high);
            } else {
                found = registry::columnSpans(line, job.x0, job.x1, columns, job.logY);
            }
            Spans &s = spans[i];
            s.top.resize(std::size_t(columns), 1);
            s.bottom.resize(std::size_t(columns), -1);
            if (planned) { // what is nowhere is at infinity, upside down
                for (std::size_t c = 0; c < found.low.size(); ++c)
                    s.top[c] = float((job.y1 - found.high[c]) * perY), s.bottom[c] = float((job.y1 - found.low[c]) * perY);
                continue;
            }
            const auto pixel = [&](double y) { return float(std::clamp((job.y1 - (job.logY ? std::log10(y) : y)) * perY, -1e6, 1e6)); };
            for (std::size_t c = 0; c < found.low.size(); ++c)
                if (found.low[c] <= found.high[c])
                    s.top[c] = pixel(found.high[c]), s.bottom[c] = pixel(found.low[c]);
            s.alone = std::move(found.alone);
        }
    });
    if (stop.stop_requested())
        return {};
    std::array<std::vector<char>, dashCount> dashes;
    for (int i = 0; i < dashCount; ++i)
        dashes[std::size_t(i)] = dashOf(i, job.ratio);
    const float half = float(job.width * job.ratio / 2), radius = float(dotRadius * job.ratio);
    auto *bits = reinterpret_cast<quint32 *>(image.bits());
    const auto stride = std::size_t(image.bytesPerLine() / 4);
    const std::size_t strips = std::size_t((columns + stripWide - 1) / stripWide);
    parallelFor(strips, 1, [&](std::size_t firstStrip, std::size_t lastStrip) {
        Strip painted(height);
        for (std::size_t strip = firstStrip; strip < lastStrip && !stop.stop_requested(); ++strip) {
            const int left = int(strip) * stripWide, right = std::min(columns, left + stripWide);
            painted.clear();
            for (std::size_t i = count; i-- > 0;) { // the last lies on top
                const Spans &s = spans[i];
                if (s.top.empty())
                    continue;
                const CurveJob::Style &style = job.styles[i];
                const quint32 ink = style.ink & 0xffffffu;
                for (const std::size_t alone : s.alone) { // a disc around it
                    const float x = float(alone) + 0.5f, y = s.top[alone];
                    for (int c = std::max(left, int(x - radius)); c <= std::min(right - 1, int(x + radius)); ++c) {
                        const float off = float(c) + 0.5f - x, tall = radius * radius - off * off;
                        if (tall > 0)
                            painted.stroke(c - left, y - std::sqrt(tall), y + std::sqrt(tall), ink, style.strength);
                    }
                }
                const std::vector<char> &dash = dashes[std::size_t(style.dash) % dashCount];
                for (int c = left; c < right; ++c) {
                    const float top = s.top[std::size_t(c)], bottom = s.bottom[std::size_t(c)];
                    if (top > bottom)
                        continue;
                    const bool on = dash.empty() || dash[std::size_t(c) % dash.size()];
                    painted.stroke(c - left, top - half, bottom + half, ink, style.strength * (on ? 1 : faint));
                }
            }
            for (int y = 0; y < height; ++y)
                for (int c = left; c < right; ++c)
                    bits[std::size_t(y) * stride + std::size_t(c)] = painted.pixel(c - left, y);
        }
    });
    if (stop.stop_requested())
        return {};
    image.setDevicePixelRatio(job.ratio);
    return image;
}

std::vector<std::pair<double, QString>> yTicks(const CurveFrame &frame) {
    std::vector<std::pair<double, QString>> out;
    const PlotScale &scale = frame.scale;
    const double decades = scale.y1 - scale.y0;
    if (frame.logY && decades >= 1) {
        const int every = std::max(1, int(std::ceil(decades / 6)));
        for (int power = int(std::ceil(scale.y0 - 1e-9)); power <= scale.y1 + 1e-9; ++power)
            if (power % every == 0)
                out.emplace_back(power, logTick(std::pow(10, power)));
        if (decades < 3)
            for (int power = int(std::floor(scale.y0)); power <= scale.y1; ++power)
                for (const double factor : {2.0, 5.0})
                    if (const double at = power + std::log10(factor); at >= scale.y0 && at <= scale.y1)
                        out.emplace_back(at, logTick(factor * std::pow(10, power)));
        return out;
    }
    if (frame.logY) { // less than a decade: round values in between
        const auto ticks = roundTicks(std::pow(10, scale.y0), std::pow(10, scale.y1));
        for (const double tick : ticks)
            if (tick > 0)
                out.emplace_back(std::log10(tick), fixed(tick, tickDecimals(ticks)));
        return out;
    }
    const auto ticks = roundTicks(scale.y0, scale.y1);
    const double most = std::max(std::abs(scale.y0), std::abs(scale.y1));
    for (const double tick : ticks)
        out.emplace_back(tick, most >= 1e7 || most < 1e-4 ? QString::number(tick, 'g', 4) : fixed(tick, tickDecimals(ticks)));
    return out;
}

FrameDrawing layOut(const CurveFrame &frame) {
    const PlotScale &scale = frame.scale;
    const double em = frame.em;
    FrameDrawing out;
    for (const auto &[at, text] : yTicks(frame)) {
        const double y = std::round(scale.toY(at)) + 0.5;
        out.grid.emplace_back(scale.area.left(), y, scale.area.right(), y);
        out.texts.push_back({QRectF(0, y - 8 * em, scale.area.left() - 6 * em, 16 * em), Qt::AlignRight | Qt::AlignVCenter, text});
    }
    out.texts.push_back({QRectF(0, 0, scale.area.right(), 16 * em), Qt::AlignLeft | Qt::AlignVCenter, frame.yName});
    const double top = scale.area.bottom() + 3 * em;
    double free = 0; // labels do not run into each other
    const auto label = [&](double x, const QString &text) {
        const double wide = widthOf(frame.font, text) + 4;
        const double left = std::clamp(scale.toX(x) - wide / 2, 0.0, std::max(0.0, frame.width - wide));
        if (left < free)
            return;
        free = left + wide + 4 * em;
        out.texts.push_back({QRectF(left, top, wide, 16 * em), Qt::AlignCenter, text});
    };
    const int wanted = std::max(2, int(scale.area.width() / (80 * em)));
    if (frame.time) {
        for (const TimeTick &tick : timeTicks(scale.x0, scale.x1, wanted, timesInUtc()))
            label(tick.seconds, tick.text);
    } else {
        const auto ticks = roundTicks(scale.x0, scale.x1, wanted);
        for (const double tick : ticks)
            label(tick, fixed(tick, tickDecimals(ticks)));
    }
    out.texts.push_back({QRectF(scale.area.left(), top + 15 * em, scale.area.width(), 16 * em), Qt::AlignRight | Qt::AlignVCenter, frame.xName});
    const double y = std::round(scale.area.bottom()) + 0.5;
    out.axis = {scale.area.left(), y, scale.area.right(), y};
    return out;
}

void paintFrame(QPainter &painter, const CurveFrame &frame, const FrameDrawing &drawing) {
    painter.setFont(frame.font);
    painter.setPen(QPen(frame.grid, 1));
    for (const QLineF &line : drawing.grid)
        painter.drawLine(line);
    painter.setPen(QPen(frame.axis, 1));
    painter.drawLine(drawing.axis);
    painter.setPen(frame.text);
    for (const FrameDrawing::Text &text : drawing.texts)
        drawTabular(painter, text.box, text.alignment, text.text);
}

QByteArray curvesSvg(const CurveJob &job, const CurveFrame &frame, const FrameDrawing &drawing, const QSize &size, const QColor &ground, const QString &title) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator svg;
    svg.setOutputDevice(&buffer);
    svg.setResolution(96); // CSS's pixel
    svg.setSize(size);
    svg.setViewBox(QRect(QPoint(0, 0), size));
    svg.setTitle(title);
    QPainter painter(&svg);
    painter.fillRect(QRect(QPoint(0, 0), size), ground);
    painter.setFont(frame.font);
    painter.setPen(QPen(frame.grid, 1));
    for (const QLineF &line : drawing.grid)
        painter.drawLine(line);
    painter.setPen(QPen(frame.axis, 1));
    painter.drawLine(drawing.axis);
    painter.setPen(frame.text);
    for (const FrameDrawing::Text &text : drawing.texts) // not ui::drawLine(): its memory is the GUI thread's
        painter.drawText(text.box, int(text.alignment) | Qt::TextDontClip, text.text);
    painter.setClipRect(frame.scale.area);
    const std::size_t count = job.lines ? std::min(job.lines->size(), job.styles.size()) : 0;
    for (std::size_t i = 0; i < count; ++i) {
        const CurveJob::Style &style = job.styles[i];
        if (style.hidden)
            continue;
        const registry::CurveLine &line = (*job.lines)[i];
        std::vector<QPointF> points(line.x.size());
        for (std::size_t p = 0; p < points.size(); ++p) {
            const double y = line.y[p];
            const bool fits = job.logY ? y > 0 && std::isfinite(y) : std::isfinite(y);
            points[p] = {line.x[p], fits ? (job.logY ? std::log10(y) : y) : std::nan("")};
        }
        QColor ink = QColor::fromRgb(style.ink);
        ink.setAlphaF(style.strength);
        const QPen pen = runPen(ink, style.dash, job.width);
        for (const auto &piece : linePieces(points, frame.scale)) {
            painter.setPen(pen);
            painter.setBrush(Qt::NoBrush);
            if (piece.size() > 1) {
                painter.drawPolyline(piece.data(), int(piece.size()));
                continue;
            }
            painter.setPen(Qt::NoPen);
            painter.setBrush(ink);
            painter.drawEllipse(piece.front(), dotRadius, dotRadius);
        }
    }
    painter.end();
    return bytes;
}

} // namespace pilothouse::ui
