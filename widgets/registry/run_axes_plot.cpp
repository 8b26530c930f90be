// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/run_axes_plot.h"

#include "widgets/base/format.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr double slack = 0.012; // of an axis: what stands on the edge of a brush is in it
constexpr int shortestDrag = 4; // px: less is a click

double distanceTo(const QPolygonF &line, const QPointF &at) {
    double best = 1e9;
    for (qsizetype i = 1; i < line.size(); ++i) {
        const QPointF along = line[i] - line[i - 1];
        const double length = QPointF::dotProduct(along, along);
        const double share = length > 0 ? std::clamp(QPointF::dotProduct(at - line[i - 1], along) / length, 0.0, 1.0) : 0;
        const QPointF off = at - (line[i - 1] + along * share);
        best = std::min(best, std::hypot(off.x(), off.y()));
    }
    return best;
}

/// What a run has on an axis, in words; empty: nothing.
QString textOn(const registry::ComparedAxis &axis, std::size_t run) {
    const double place = axis.place[run];
    if (std::isnan(place))
        return {};
    if (axis.categories.isEmpty())
        return axisNumber(axis.numberAt(place));
    return axis.categories.size() == 1 ? axis.categories.front() : axis.categories[qRound(place * double(axis.categories.size() - 1))];
}

} // namespace

QString axisNumber(double value) {
    if (value != 0 && std::isfinite(value) && (std::abs(value) < 1e-3 || std::abs(value) >= 1e7))
        return QString::number(value, 'g', 3);
    QString text = number(value, 4);
    const QString point = QLocale().decimalPoint();
    if (text.contains(point)) {
        while (text.endsWith(QLatin1Char('0')))
            text.chop(1);
        if (text.endsWith(point))
            text.chop(point.size());
    }
    return text;
}

QStringList axisEnds(const registry::ComparedAxis &axis) {
    if (!axis.categories.isEmpty())
        return {axis.categories.front(), axis.categories.back()};
    return {axisNumber(axis.from), axisNumber(axis.to)};
}

RunAxesPlot::RunAxesPlot(QWidget *parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Runs as parallel coordinates"));
    setToolTip(tr("Drag along an axis to keep the runs that pass there; click it to let all pass. Keys: ← → axis, ↑ ↓ run, [ and ] limits at its value, Del and Esc clear"));
    connect(&Theme::of(this), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize RunAxesPlot::sizeHint() const { return {Theme::of(this).px(520), Theme::of(this).px(260)}; }

void RunAxesPlot::setRuns(std::vector<ShownRun> runs, std::vector<registry::ComparedAxis> axes) {
    m_runs = std::move(runs);
    m_axes = std::move(axes);
    m_axis = std::min(m_axis, int(m_axes.size()) - 1);
    const auto gone = m_brushes.removeIf([this](const auto &brush) { return std::none_of(m_axes.begin(), m_axes.end(), [&](const auto &axis) { return axis.name == brush.key(); }); });
    if (indexOf(m_hovered) < 0)
        m_hovered.clear();
    setAccessibleDescription(asText().left(4000));
    update();
    if (gone > 0)
        Q_EMIT brushed();
}

std::optional<RunAxesPlot::Brush> RunAxesPlot::brush(const QString &axis) const {
    const auto it = m_brushes.find(axis);
    return it == m_brushes.end() ? std::nullopt : std::optional(*it);
}

void RunAxesPlot::setBrush(const QString &axis, std::optional<Brush> brush) {
    if (brush == this->brush(axis))
        return;
    if (brush)
        m_brushes.insert(axis, *brush);
    else
        m_brushes.remove(axis);
    tell();
}

void RunAxesPlot::clearBrushes() {
    if (m_brushes.isEmpty())
        return;
    m_brushes.clear();
    tell();
}

void RunAxesPlot::tell() {
    update();
    Q_EMIT brushed();
}

bool RunAxesPlot::passes(std::size_t run) const {
    return std::all_of(m_axes.begin(), m_axes.end(), [&](const registry::ComparedAxis &axis) {
        const auto it = m_brushes.find(axis.name);
        return it == m_brushes.end() || (axis.place[run] >= it->low - slack && axis.place[run] <= it->high + slack);
    });
}

QSet<QString> RunAxesPlot::passing() const {
    QSet<QString> out;
    for (std::size_t i = 0; i < m_runs.size(); ++i)
        if (passes(i))
            out.insert(m_runs[i].runId);
    return out;
}

int RunAxesPlot::indexOf(const QString &runId) const {
    const auto it = std::find_if(m_runs.begin(), m_runs.end(), [&](const ShownRun &run) { return run.runId == runId; });
    return runId.isEmpty() || it == m_runs.end() ? -1 : int(it - m_runs.begin());
}

void RunAxesPlot::setHovered(const QString &runId) {
    const QString id = indexOf(runId) < 0 ? QString() : runId;
    if (id == m_hovered)
        return;
    m_hovered = id;
    update();
}

void RunAxesPlot::choose(int run) {
    const QString id = run < 0 ? QString() : m_runs[std::size_t(run)].runId;
    if (id == m_hovered)
        return;
    m_hovered = id;
    update();
    Q_EMIT hoveredChanged(id);
}

QString RunAxesPlot::describe(std::size_t run) const {
    QStringList words{m_runs[run].name};
    for (const registry::ComparedAxis &axis : m_axes)
        if (const QString text = textOn(axis, run); !text.isEmpty())
            words << QStringLiteral("%1 %2").arg(axis.name, text);
    return words.join(QStringLiteral(" · "));
}

QString RunAxesPlot::asText() const {
    QStringList head{tr("run")};
    for (const registry::ComparedAxis &axis : m_axes)
        head << axis.name;
    QStringList out{head.join(QLatin1Char('\t'))};
    for (std::size_t i = 0; i < m_runs.size(); ++i) {
        if (!passes(i) || m_runs[i].hidden)
            continue;
        QStringList cells{m_runs[i].name};
        for (const registry::ComparedAxis &axis : m_axes)
            cells << textOn(axis, i);
        out << cells.join(QLatin1Char('\t'));
    }
    return out.join(QLatin1Char('\n'));
}

QRectF RunAxesPlot::area() const {
    const Theme &theme = Theme::of(this);
    return QRectF(rect()).adjusted(theme.px(30), theme.px(38), -theme.px(30), -theme.px(44));
}

double RunAxesPlot::axisX(std::size_t axis) const {
    const QRectF whole = area();
    return m_axes.size() < 2 ? whole.center().x() : whole.left() + whole.width() * double(axis) / double(m_axes.size() - 1);
}

double RunAxesPlot::placeAt(double y) const {
    const QRectF whole = area();
    return std::clamp((whole.bottom() - y) / std::max(1.0, whole.height()), 0.0, 1.0);
}

int RunAxesPlot::axisAt(const QPointF &at) const {
    const QRectF whole = area();
    if (at.y() < whole.top() - 10 || at.y() > whole.bottom() + 10)
        return -1;
    for (std::size_t i = 0; i < m_axes.size(); ++i)
        if (std::abs(at.x() - axisX(i)) <= Theme::of(this).px(12))
            return int(i);
    return -1;
}

std::vector<QPolygonF> RunAxesPlot::linesOf(std::size_t run) const {
    const QRectF whole = area();
    std::vector<QPolygonF> out(1);
    for (std::size_t i = 0; i < m_axes.size(); ++i) {
        const double place = m_axes[i].place[run];
        if (!std::isnan(place))
            out.back() << QPointF(axisX(i), whole.bottom() - whole.height() * place);
        else if (!out.back().isEmpty())
            out.emplace_back();
    }
    std::erase_if(out, [](const QPolygonF &piece) { return piece.isEmpty(); });
    return out;
}

void RunAxesPlot::paintAxis(QPainter &painter, std::size_t i) const {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const QRectF whole = area();
    const registry::ComparedAxis &axis = m_axes[i];
    const double x = axisX(i), gap = m_axes.size() < 2 ? whole.width() : whole.width() / double(m_axes.size() - 1);
    const bool keyed = hasFocus() && int(i) == m_axis;
    painter.setPen(QPen(keyed ? t.acc : t.line3, keyed ? 2 : 1));
    painter.drawLine(QPointF(x, whole.top()), QPointF(x, whole.bottom()));
    if (const auto it = m_brushes.find(axis.name); it != m_brushes.end()) {
        QColor shade = t.acc;
        shade.setAlphaF(0.25f);
        const double top = whole.bottom() - whole.height() * it->high, bottom = whole.bottom() - whole.height() * it->low;
        const QRectF box(x - theme.px(6), top - 1, theme.px(12), std::max(3.0, bottom - top + 2));
        painter.setPen(QPen(t.acc, 1));
        painter.setBrush(shade);
        painter.drawRect(box);
        painter.setBrush(Qt::NoBrush);
    }
    const auto align = i == 0 ? Qt::AlignLeft : i + 1 == m_axes.size() ? Qt::AlignRight : Qt::AlignHCenter;
    const double wide = gap - theme.px(8);
    const auto box = [&](double y, double tall) {
        const double left = align == Qt::AlignLeft ? 0 : align == Qt::AlignRight ? width() - wide : x - wide / 2;
        return QRectF(std::max(0.0, left), y, wide, tall);
    };
    const QStringList ends = axisEnds(axis);
    painter.setPen(t.t2);
    drawLine(painter, box(0, theme.px(18)), align | Qt::AlignVCenter, axis.log ? tr("%1 (log)").arg(axis.name) : axis.name, Qt::ElideMiddle);
    painter.setPen(t.t3);
    const bool single = axis.categories.size() == 1 || (axis.categories.isEmpty() && !(axis.to > axis.from));
    if (!single) {
        drawLine(painter, box(theme.px(18), theme.px(16)), align | Qt::AlignVCenter, ends[1]);
        drawLine(painter, box(whole.bottom() + theme.px(3), theme.px(16)), align | Qt::AlignVCenter, ends[0]);
    }
    const bool left = i + 1 == m_axes.size(); // words beside the last axis stand before it
    const auto beside = [&](double place, const QString &text) {
        const double y = whole.bottom() - whole.height() * place - theme.px(8);
        drawLine(painter, QRectF(left ? x - gap + theme.px(6) : x + theme.px(10), y, gap - theme.px(16), theme.px(16)), (left ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, text);
    };
    if (single)
        beside(0.5, ends[0]);
    const auto most = std::max<qsizetype>(2, qsizetype(whole.height() / theme.px(16)));
    for (qsizetype c = 1; c + 1 < axis.categories.size() && axis.categories.size() <= most; ++c)
        beside(double(c) / double(axis.categories.size() - 1), axis.categories[c]);
}

void RunAxesPlot::paintEvent(QPaintEvent *) {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.font(TextRole::Caption));
    const int hovered = indexOf(m_hovered);
    const auto draw = [&](std::size_t run, double width, float strength) {
        QColor ink = t.*m_runs[run].look.ink;
        ink.setAlphaF(strength);
        painter.setBrush(Qt::NoBrush);
        for (const QPolygonF &piece : linesOf(run)) {
            painter.setPen(runPen(ink, m_runs[run].look.dash, width));
            if (piece.size() > 1) {
                painter.drawPolyline(piece);
                continue;
            }
            painter.setPen(Qt::NoPen);
            painter.setBrush(ink);
            painter.drawEllipse(piece.front(), 2.5, 2.5);
            painter.setBrush(Qt::NoBrush);
        }
    };
    for (const bool passing : {false, true})
        for (std::size_t i = 0; i < m_runs.size(); ++i)
            if (passes(i) == passing && int(i) != hovered && !m_runs[i].hidden)
                draw(i, 1.4, passing ? 0.9f : 0.13f);
    for (std::size_t i = 0; i < m_axes.size(); ++i)
        paintAxis(painter, i);
    if (hovered >= 0)
        draw(std::size_t(hovered), 2.6, 1);
    const auto shown = std::count_if(m_runs.begin(), m_runs.end(), [&](const ShownRun &run) { return passes(std::size_t(&run - m_runs.data())); });
    const QString foot = hovered >= 0 ? describe(std::size_t(hovered)) : isBrushed() ? tr("%1 of %n runs pass", nullptr, int(m_runs.size())).arg(shown) : tr("Drag along an axis to keep the runs that pass there");
    painter.setPen(hovered >= 0 ? t.*m_runs[std::size_t(hovered)].look.ink : t.t3);
    drawLine(painter, QRectF(0, height() - theme.px(20), width(), theme.px(18)), Qt::AlignLeft | Qt::AlignVCenter, foot);
    if (hasFocus() && hovered < 0 && m_axis < 0) {
        painter.setPen(QPen(t.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void RunAxesPlot::mousePressEvent(QMouseEvent *event) {
    const int axis = event->button() == Qt::LeftButton ? axisAt(event->position()) : -1;
    if (axis < 0)
        return;
    m_axis = axis;
    m_drag = Drag{std::size_t(axis), event->position().y(), false};
    update();
}

void RunAxesPlot::mouseMoveEvent(QMouseEvent *event) {
    if (m_drag) {
        if (!m_drag->moved && std::abs(event->position().y() - m_drag->from) < shortestDrag)
            return;
        m_drag->moved = true;
        const double a = placeAt(m_drag->from), b = placeAt(event->position().y());
        return setBrush(m_axes[m_drag->axis].name, Brush{std::min(a, b), std::max(a, b)});
    }
    setCursor(axisAt(event->position()) >= 0 ? Qt::SplitVCursor : Qt::ArrowCursor);
    int nearest = -1;
    double distance = Theme::of(this).px(8);
    for (std::size_t i = 0; i < m_runs.size(); ++i) {
        if (m_runs[i].hidden || !passes(i))
            continue;
        for (const QPolygonF &piece : linesOf(i))
            if (const double now = distanceTo(piece, event->position()); now < distance) {
                distance = now;
                nearest = int(i);
            }
    }
    choose(nearest);
}

void RunAxesPlot::mouseReleaseEvent(QMouseEvent *) {
    if (m_drag && !m_drag->moved)
        setBrush(m_axes[m_drag->axis].name, std::nullopt);
    m_drag.reset();
}

void RunAxesPlot::leaveEvent(QEvent *) { choose(-1); }

void RunAxesPlot::keyPressEvent(QKeyEvent *event) {
    if (event->matches(QKeySequence::Copy)) {
        const int at = indexOf(m_hovered);
        QGuiApplication::clipboard()->setText(at >= 0 ? describe(std::size_t(at)) : asText());
        return;
    }
    const int runs = int(m_runs.size()), axes = int(m_axes.size());
    const auto stepRun = [&](int by) {
        int at = indexOf(m_hovered);
        for (int tried = 0; tried < runs; ++tried) {
            at = at < 0 ? (by > 0 ? 0 : runs - 1) : (at + by + runs) % runs;
            if (passes(std::size_t(at)) && !m_runs[std::size_t(at)].hidden)
                return choose(at);
        }
    };
    const auto limit = [&](bool lower) {
        const int at = indexOf(m_hovered);
        if (at < 0 || m_axis < 0)
            return;
        const registry::ComparedAxis &axis = m_axes[std::size_t(m_axis)];
        const double place = axis.place[std::size_t(at)];
        if (std::isnan(place))
            return;
        Brush brush = this->brush(axis.name).value_or(Brush{});
        (lower ? brush.low : brush.high) = place;
        setBrush(axis.name, Brush{std::min(brush.low, brush.high), std::max(brush.low, brush.high)});
    };
    switch (event->key()) {
    case Qt::Key_Left: m_axis = std::max(0, m_axis < 0 ? axes - 1 : m_axis - 1); return update();
    case Qt::Key_Right: m_axis = std::min(axes - 1, m_axis + 1); return update();
    case Qt::Key_Up: return stepRun(-1);
    case Qt::Key_Down: return stepRun(1);
    case Qt::Key_BracketLeft: return limit(true);
    case Qt::Key_BracketRight: return limit(false);
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        if (m_axis >= 0 && m_axis < axes)
            setBrush(m_axes[std::size_t(m_axis)].name, std::nullopt);
        return;
    case Qt::Key_Escape:
        if (isBrushed())
            return clearBrushes();
        if (!m_hovered.isEmpty() || m_axis >= 0) {
            m_axis = -1;
            update();
            return choose(-1);
        }
        break;
    default: break;
    }
    QWidget::keyPressEvent(event);
}

bool RunAxesPlot::event(QEvent *event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_BracketLeft || key == Qt::Key_BracketRight || key == Qt::Key_Delete || (key == Qt::Key_Escape && (isBrushed() || !m_hovered.isEmpty() || m_axis >= 0))) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

} // namespace pilothouse::ui
