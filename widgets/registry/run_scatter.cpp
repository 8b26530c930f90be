// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/run_scatter.h"

#include "widgets/base/format.h"
#include "widgets/base/plot_scale.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"
#include "widgets/registry/run_axes_plot.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLinearGradient>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::ui {

namespace {

constexpr double dot = 4.5, hoveredDot = 7; // px

QColor mixed(const QColor &a, const QColor &b, double share) {
    const auto mix = [&](int x, int y) { return qRound(x + (y - x) * share); };
    return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

/// Place and text of an axis's ticks.
std::vector<std::pair<double, QString>> ticksOf(const registry::ComparedAxis &axis, int most) {
    std::vector<std::pair<double, QString>> out;
    if (!axis.categories.isEmpty()) {
        const auto size = axis.categories.size(), every = (size + most - 1) / std::max(1, most);
        for (qsizetype i = 0; i < size; i += std::max<qsizetype>(1, every))
            out.emplace_back(size == 1 ? 0.5 : double(i) / double(size - 1), axis.categories[i]);
    } else if (!(axis.to > axis.from)) {
        out.emplace_back(0.5, axisNumber(axis.from));
    } else if (axis.log) {
        for (int power = int(std::ceil(std::log10(axis.from) - 1e-9)); power <= std::log10(axis.to) + 1e-9; ++power)
            out.emplace_back(axis.placeOf(std::pow(10, power)), axisNumber(std::pow(10, power)));
    } else {
        const auto ticks = roundTicks(axis.from, axis.to, most);
        for (const double tick : ticks)
            out.emplace_back(axis.placeOf(tick), std::abs(tick) >= 1e7 || axis.to - axis.from < 1e-4 ? QString::number(tick, 'g', 4) : fixed(tick, tickDecimals(ticks)));
    }
    return out;
}

QString valueOf(const registry::ComparedAxis &axis, std::size_t run) {
    const double place = axis.place[run];
    if (std::isnan(place))
        return {};
    if (axis.categories.isEmpty())
        return axisNumber(axis.numberAt(place));
    return axis.categories.size() == 1 ? axis.categories.front() : axis.categories[qRound(place * double(axis.categories.size() - 1))];
}

} // namespace

RunScatter::RunScatter(QWidget *parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Runs as points"));
    connect(&Theme::of(this), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize RunScatter::sizeHint() const { return {Theme::of(this).px(480), Theme::of(this).px(260)}; }

void RunScatter::setRuns(std::vector<ShownRun> runs, const registry::ComparedAxis &x, const registry::ComparedAxis &y, const std::optional<registry::ComparedAxis> &colour) {
    m_runs = std::move(runs);
    m_x = x;
    m_y = y;
    m_colour = colour;
    if (indexOf(m_hovered) < 0)
        m_hovered.clear();
    setAccessibleDescription(asText().left(4000));
    update();
}

int RunScatter::indexOf(const QString &runId) const {
    const auto it = std::find_if(m_runs.begin(), m_runs.end(), [&](const ShownRun &run) { return run.runId == runId; });
    return runId.isEmpty() || it == m_runs.end() ? -1 : int(it - m_runs.begin());
}

void RunScatter::setHovered(const QString &runId) {
    const QString id = indexOf(runId) < 0 ? QString() : runId;
    if (id == m_hovered)
        return;
    m_hovered = id;
    update();
}

void RunScatter::choose(int run) {
    const QString id = run < 0 ? QString() : m_runs[std::size_t(run)].runId;
    if (id == m_hovered)
        return;
    m_hovered = id;
    update();
    Q_EMIT hoveredChanged(id);
}

QRectF RunScatter::area() const {
    const Theme &theme = Theme::of(this);
    double left = theme.px(40);
    for (const auto &tick : ticksOf(m_y, 5))
        left = std::max(left, std::min<double>(theme.px(140), widthOf(theme.font(TextRole::Caption), tick.second)) + theme.px(12));
    return QRectF(rect()).adjusted(std::ceil(left), theme.px(m_colour ? 42 : 24), -theme.px(24), -theme.px(40));
}

std::optional<QPointF> RunScatter::pointOf(std::size_t run) const {
    const double x = m_x.place[run], y = m_y.place[run];
    if (std::isnan(x) || std::isnan(y))
        return std::nullopt;
    const QRectF inner = area().adjusted(8, 8, -8, -8); // no dot is cut by the edge
    return QPointF(inner.left() + inner.width() * x, inner.bottom() - inner.height() * y);
}

QColor RunScatter::inkOf(std::size_t run) const {
    const Tokens &t = tokens(this);
    if (!m_colour)
        return t.*m_runs[run].look.ink;
    const double place = m_colour->place[run];
    if (std::isnan(place))
        return t.unk;
    if (m_colour->categories.isEmpty())
        return mixed(t.line2, t.acc, place);
    return t.*runLook(std::size_t(qRound(place * double(std::max<qsizetype>(1, m_colour->categories.size() - 1))))).ink;
}

void RunScatter::paintAxes(QPainter &painter) const {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const QRectF whole = area(), inner = whole.adjusted(8, 8, -8, -8);
    for (const auto &[place, text] : ticksOf(m_y, 5)) {
        const double y = std::round(inner.bottom() - inner.height() * place) + 0.5;
        painter.setPen(QPen(t.grid, 1));
        painter.drawLine(QPointF(whole.left(), y), QPointF(whole.right(), y));
        painter.setPen(t.t3);
        drawTabular(painter, QRectF(0, y - theme.px(8), whole.left() - theme.px(6), theme.px(16)), Qt::AlignRight | Qt::AlignVCenter, text);
    }
    double free = 0;
    for (const auto &[place, text] : ticksOf(m_x, std::max(2, int(whole.width() / theme.px(80))))) {
        const double x = std::round(inner.left() + inner.width() * place) + 0.5, wide = std::min(widthOf(painter, text), whole.width() / 2) + 4, left = std::clamp(x - wide / 2, 0.0, width() - wide);
        painter.setPen(QPen(t.grid, 1));
        painter.drawLine(QPointF(x, whole.top()), QPointF(x, whole.bottom()));
        if (left < free)
            continue;
        free = left + wide + theme.px(4);
        painter.setPen(t.t3);
        drawTabular(painter, QRectF(left, whole.bottom() + theme.px(3), wide, theme.px(16)), Qt::AlignCenter, text);
    }
    painter.setPen(QPen(t.line2, 1));
    painter.drawLine(QPointF(whole.left(), std::round(whole.bottom()) + 0.5), QPointF(whole.right(), std::round(whole.bottom()) + 0.5));
    painter.setPen(t.t2);
    drawLine(painter, QRectF(0, 0, width(), theme.px(18)), Qt::AlignLeft | Qt::AlignVCenter, m_y.log ? tr("%1 (log)").arg(m_y.name) : m_y.name);
    drawLine(painter, QRectF(whole.left(), whole.bottom() + theme.px(20), whole.width(), theme.px(18)), Qt::AlignRight | Qt::AlignVCenter, m_x.log ? tr("%1 (log)").arg(m_x.name) : m_x.name);
}

void RunScatter::paintLegend(QPainter &painter) const {
    if (!m_colour)
        return;
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const double y = theme.px(20), tall = theme.px(16);
    double x = area().left();
    painter.setPen(t.t2);
    const auto word = [&](const QString &text, const QColor &ink) {
        const double wide = std::min<double>(widthOf(painter, text) + 2, theme.px(180));
        painter.setPen(ink);
        drawLine(painter, QRectF(x, y, wide, tall), Qt::AlignLeft | Qt::AlignVCenter, text);
        x += wide + theme.px(8);
    };
    word(m_colour->log ? tr("%1 (log)").arg(m_colour->name) : m_colour->name, t.t2);
    if (m_colour->categories.isEmpty()) {
        const QStringList ends = axisEnds(*m_colour);
        word(ends[0], t.t3);
        const QRectF bar(x, y + tall / 2 - theme.px(4), theme.px(90), theme.px(8));
        QLinearGradient shade(bar.topLeft(), bar.topRight());
        shade.setColorAt(0, t.line2);
        shade.setColorAt(1, t.acc);
        painter.fillRect(bar, shade);
        x += bar.width() + theme.px(8);
        word(ends[1], t.t3);
        return;
    }
    for (qsizetype i = 0; i < m_colour->categories.size() && x < width() - theme.px(60); ++i) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.*runLook(std::size_t(m_colour->categories.size() == 1 ? 1 : i)).ink);
        painter.drawEllipse(QPointF(x + 4, y + tall / 2), 4, 4);
        x += theme.px(12);
        word(m_colour->categories[i], t.t3);
    }
}

void RunScatter::paintEvent(QPaintEvent *) {
    if (m_x.place.size() != m_runs.size() || m_y.place.size() != m_runs.size())
        return;
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.font(TextRole::Caption));
    paintAxes(painter);
    paintLegend(painter);
    const int hovered = indexOf(m_hovered);
    for (const bool faint : {true, false})
        for (std::size_t i = 0; i < m_runs.size(); ++i) {
            const auto at = pointOf(i);
            if (!at || m_runs[i].hidden || m_runs[i].faint != faint || int(i) == hovered)
                continue;
            QColor ink = inkOf(i);
            ink.setAlphaF(faint ? 0.18f : 0.95f);
            painter.setPen(QPen(t.bg1, 1));
            painter.setBrush(ink);
            painter.drawEllipse(*at, dot, dot);
        }
    if (hovered >= 0)
        if (const auto at = pointOf(std::size_t(hovered))) {
            painter.setPen(QPen(t.t1, 2));
            painter.setBrush(inkOf(std::size_t(hovered)));
            painter.drawEllipse(*at, hoveredDot, hoveredDot);
        }
    QStringList words;
    if (hovered >= 0) {
        const auto run = std::size_t(hovered);
        words << m_runs[run].name;
        for (const registry::ComparedAxis *axis : {&m_x, &m_y, m_colour ? &*m_colour : nullptr})
            if (axis)
                words << QStringLiteral("%1 %2").arg(axis->name, valueOf(*axis, run).isEmpty() ? tr("none") : valueOf(*axis, run));
    } else if (const auto without = std::count_if(m_runs.begin(), m_runs.end(), [&](const ShownRun &run) { return !pointOf(std::size_t(&run - m_runs.data())); }); without > 0) {
        words << tr("%n runs have no value on one of these axes", nullptr, int(without));
    }
    painter.setPen(hovered >= 0 ? t.t1 : t.t3);
    drawLine(painter, QRectF(0, height() - theme.px(18), width() * 0.75, theme.px(18)), Qt::AlignLeft | Qt::AlignVCenter, words.join(QStringLiteral(" · ")));
    if (hasFocus() && hovered < 0) {
        painter.setPen(QPen(t.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

QString RunScatter::asText() const {
    QStringList head{tr("run"), m_x.name, m_y.name};
    if (m_colour)
        head << m_colour->name;
    QStringList out{head.join(QLatin1Char('\t'))};
    for (std::size_t i = 0; i < m_runs.size() && m_x.place.size() == m_runs.size(); ++i) {
        if (m_runs[i].hidden)
            continue;
        QStringList cells{m_runs[i].name, valueOf(m_x, i), valueOf(m_y, i)};
        if (m_colour)
            cells << valueOf(*m_colour, i);
        out << cells.join(QLatin1Char('\t'));
    }
    return out.join(QLatin1Char('\n'));
}

void RunScatter::mouseMoveEvent(QMouseEvent *event) {
    int nearest = -1;
    double distance = Theme::of(this).px(14);
    for (std::size_t i = 0; i < m_runs.size() && m_x.place.size() == m_runs.size(); ++i)
        if (const auto at = pointOf(i); at && !m_runs[i].hidden)
            if (const double off = std::hypot(at->x() - event->position().x(), at->y() - event->position().y()) * (m_runs[i].faint ? 2 : 1); off < distance) {
                distance = off;
                nearest = int(i);
            }
    choose(nearest);
}

void RunScatter::leaveEvent(QEvent *) { choose(-1); }

void RunScatter::keyPressEvent(QKeyEvent *event) {
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(asText());
        return;
    }
    std::vector<int> order; // from left to right, then from below
    for (std::size_t i = 0; i < m_runs.size() && m_x.place.size() == m_runs.size(); ++i)
        if (!m_runs[i].hidden && pointOf(i))
            order.push_back(int(i));
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return std::pair(m_x.place[std::size_t(a)], m_y.place[std::size_t(a)]) < std::pair(m_x.place[std::size_t(b)], m_y.place[std::size_t(b)]);
    });
    const auto at = std::find(order.begin(), order.end(), indexOf(m_hovered));
    const auto go = [&](int by) {
        if (order.empty())
            return;
        const auto index = at == order.end() ? (by > 0 ? 0 : std::ptrdiff_t(order.size()) - 1) : std::clamp<std::ptrdiff_t>(at - order.begin() + by, 0, std::ptrdiff_t(order.size()) - 1);
        choose(order[std::size_t(index)]);
    };
    switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Down: return go(1);
    case Qt::Key_Left:
    case Qt::Key_Up: return go(-1);
    case Qt::Key_Escape:
        if (!m_hovered.isEmpty())
            return choose(-1);
        break;
    default: break;
    }
    QWidget::keyPressEvent(event);
}

bool RunScatter::event(QEvent *event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape && !m_hovered.isEmpty()) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

} // namespace pilothouse::ui
