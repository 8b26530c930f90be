// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/stage_graph.h"

#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QPaintEvent>
#include <QToolTip>

#include <algorithm>

namespace pilothouse::ui {
namespace {

void paintMark(QPainter &painter, const StageMark &stage, const QPointF &middle, double glyph, bool ring, const QWidget *widget) {
    const Theme &theme = Theme::of(widget);
    const Tokens &t = theme.tokens();
    const bool paused = stage.state == State::Paused;
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.bg1);
    painter.drawEllipse(middle, glyph * 0.75, glyph * 0.75); // breaks the line
    if (paused) {
        painter.setPen(QPen(t.pau, 1.5));
        painter.drawRoundedRect(QRectF(middle.x() - glyph * 0.75, middle.y() - glyph * 0.75, glyph * 1.5, glyph * 1.5), 6, 6);
    }
    if (ring) {
        painter.setPen(QPen(t.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(middle, glyph * 0.85, glyph * 0.85);
    }
    paintState(painter, QRectF(middle.x() - glyph / 2, middle.y() - glyph / 2, glyph, glyph), stage.slow && stage.state == State::Ok ? State::Warn : stage.state, widget);
}

} // namespace

StageGraph::StageGraph(QWidget *parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Stages"));
    connect(&Theme::of(this), &Theme::changed, this, [this] {
        m_layoutWidth = -1;
        updateGeometry();
    });
}

void StageGraph::setStages(std::vector<StageMark> stages) {
    const QString chosen = m_current >= 0 && m_current < int(m_stages.size()) ? m_stages[std::size_t(m_current)].id : QString();
    m_stages = std::move(stages);
    m_current = -1;
    QStringList words, ids;
    std::vector<QStringList> after;
    for (const StageMark &stage : m_stages) {
        if (!chosen.isEmpty() && stage.id == chosen)
            m_current = int(ids.size());
        ids << stage.id;
        after.push_back(stage.after);
        words << QStringLiteral("%1: %2 %3").arg(stage.name, stateWord(stage.state), stage.note);
    }
    m_after = stageOrder(ids, after);
    m_layoutWidth = -1;
    setAccessibleDescription(words.join(QLatin1String("; ")));
    updateGeometry();
    update();
}

void StageGraph::setCurrent(int index) {
    if (index < 0 || index >= int(m_stages.size()) || index == m_current)
        return;
    m_current = index;
    update();
    Q_EMIT chosen(m_stages[std::size_t(index)].id);
}

void StageGraph::showCurrent(const QString &id) {
    const auto it = std::find_if(m_stages.begin(), m_stages.end(), [&](const StageMark &stage) { return !id.isEmpty() && stage.id == id; });
    m_current = it == m_stages.end() ? -1 : int(it - m_stages.begin());
    update();
}

const StageLayout &StageGraph::stageLayout() const {
    if (m_layoutWidth != width()) {
        m_layoutWidth = width();
        const Theme &theme = Theme::of(this);
        m_layout = layoutStages(m_after, {double(width()), double(theme.px(96)), double(theme.px(68)), qBound(2, width() / theme.px(96), 8)});
    }
    return m_layout;
}

QSize StageGraph::sizeHint() const { return {Theme::of(this).px(640), int(stageLayout().height)}; }

QSize StageGraph::minimumSizeHint() const { return {Theme::of(this).px(240), sizeHint().height()}; }

int StageGraph::at(const QPoint &point) const {
    const StageLayout &layout = stageLayout();
    const double wide = qMin(layout.column, 2 * 40.0) / 2, tall = layout.branched ? 35 : 40;
    for (std::size_t i = 0; i < layout.places.size(); ++i)
        if (QRectF(layout.places[i].x() - wide, layout.places[i].y() - tall, 2 * wide, 2 * tall).contains(point))
            return int(i);
    return -1;
}

/// Tries stand behind the note, small.
QRectF StageGraph::attemptPlace(std::size_t stage, std::size_t attempt) const {
    const Theme &theme = Theme::of(this);
    const double side = theme.px(11), step = theme.px(14);
    const std::size_t count = m_stages[stage].attempts.size();
    const QPointF middle = stageLayout().places[stage];
    return {middle.x() + (double(attempt) - double(count) / 2) * step + (step - side) / 2, middle.y() + theme.px(14), side, side};
}

int StageGraph::attemptAt(int stage, const QPoint &point) const {
    if (stage >= 0 && m_stages[std::size_t(stage)].attempts.size() > 1)
        for (std::size_t i = 0; i < m_stages[std::size_t(stage)].attempts.size(); ++i)
            if (attemptPlace(std::size_t(stage), i).adjusted(-1, -1, 1, 1).contains(point))
                return int(i);
    return -1;
}

/// The nearest stage above or below the current one; −1: there is none.
int StageGraph::beside(bool down) const {
    const auto &places = stageLayout().places;
    if (m_current < 0 || m_current >= int(places.size()))
        return places.empty() ? -1 : 0;
    const QPointF from = places[std::size_t(m_current)];
    int best = -1;
    double nearest = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const double dy = (places[i].y() - from.y()) * (down ? 1 : -1), dx = qAbs(places[i].x() - from.x());
        if (dy < 1)
            continue;
        if (const double far = dy + 2 * dx; best < 0 || far < nearest) {
            best = int(i);
            nearest = far;
        }
    }
    return best;
}

void StageGraph::paintStage(QPainter &painter, std::size_t i) const {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const StageLayout &layout = stageLayout();
    const QPointF place = layout.places[i];
    const StageMark &stage = m_stages[i];
    const double glyph = theme.px(18), column = layout.column;
    paintMark(painter, stage, place, glyph, int(i) == m_current && hasFocus(), this);
    const bool paused = stage.state == State::Paused, idle = stage.state == State::Waiting || stage.state == State::Skipped;
    painter.setFont(theme.font(TextRole::Label));
    painter.setPen(paused ? t.pau : stage.state == State::Bad ? t.bad : idle ? t.t2 : t.t1);
    drawLine(painter, QRectF(place.x() - column / 2 + 3, place.y() - theme.px(34), column - 6, theme.px(18)), Qt::AlignHCenter | Qt::AlignVCenter, stage.name);
    const bool tried = stage.attempts.size() > 1;
    for (std::size_t attempt = 0; tried && attempt < stage.attempts.size(); ++attempt)
        paintState(painter, attemptPlace(i, attempt), stage.attempts[attempt].state, this);
    painter.setFont(theme.font(TextRole::Caption));
    painter.setPen(stage.slow ? t.warn : paused ? t.pau : stage.state == State::Bad ? t.bad : t.t3);
    drawLine(painter, QRectF(place.x() - column / 2 + 3, place.y() + theme.px(tried ? 25 : 15), column - 6, theme.px(tried ? 14 : 16)), Qt::AlignHCenter | Qt::AlignVCenter, stage.note);
    if (int(i) == m_current) {
        painter.setPen(QPen(t.acc, 2));
        const double under = place.y() + theme.px(layout.branched ? 38 : 40);
        painter.drawLine(QPointF(place.x() - theme.px(16), under), QPointF(place.x() + theme.px(16), under));
    }
}

void StageGraph::paintEvent(QPaintEvent *event) {
    QPainter painter(this);
    const QRectF seen = event->rect(); // a loop of a thousand iterations is scrolled
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens &t = tokens(this);
    const StageLayout &layout = stageLayout();
    for (const bool done : {false, true}) // what is done lies above
        for (const StageLayout::Edge &edge : layout.edges) {
            const State from = m_stages[std::size_t(edge.from)].state, to = m_stages[std::size_t(edge.to)].state;
            if (done != ((from == State::Ok || from == State::Warn) && to != State::Skipped))
                continue;
            const auto [top, bottom] = std::minmax_element(edge.points.begin(), edge.points.end(), [](const QPointF &a, const QPointF &b) { return a.y() < b.y(); });
            if (bottom->y() < seen.top() - 2 || top->y() > seen.bottom() + 2)
                continue;
            QPen pen(done ? t.ok : t.line2, 1.5, done ? Qt::SolidLine : Qt::CustomDashLine);
            if (!done)
                pen.setDashPattern({3, 3});
            painter.setPen(pen);
            painter.setBrush(Qt::NoBrush);
            painter.drawPolyline(edge.points.data(), int(edge.points.size()));
        }
    for (std::size_t i = 0; i < m_stages.size(); ++i)
        if (qAbs(layout.places[i].y() - seen.center().y()) < seen.height() / 2 + Theme::of(this).px(60))
            paintStage(painter, i);
    if (hasFocus() && m_current < 0) {
        painter.setPen(QPen(t.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void StageGraph::mousePressEvent(QMouseEvent *event) {
    const int stage = at(event->pos());
    setCurrent(stage);
    if (const int attempt = attemptAt(stage, event->pos()); attempt >= 0)
        Q_EMIT attemptChosen(m_stages[std::size_t(stage)].id, m_stages[std::size_t(stage)].attempts[std::size_t(attempt)].id);
}

void StageGraph::keyPressEvent(QKeyEvent *event) {
    switch (event->key()) {
    case Qt::Key_Left: return setCurrent(m_current - 1);
    case Qt::Key_Right: return setCurrent(m_current + 1);
    case Qt::Key_Up: return setCurrent(beside(false));
    case Qt::Key_Down: return setCurrent(beside(true));
    case Qt::Key_Home: return setCurrent(0);
    case Qt::Key_End: return setCurrent(int(m_stages.size()) - 1);
    default: QWidget::keyPressEvent(event);
    }
}

bool StageGraph::event(QEvent *event) {
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        if (const int index = at(help->pos()); index >= 0) {
            const StageMark &stage = m_stages[std::size_t(index)];
            const int attempt = attemptAt(index, help->pos());
            const QString word = attempt >= 0 ? stage.attempts[std::size_t(attempt)].toolTip : stage.toolTip.isEmpty() ? stateWord(stage.state) : stage.toolTip;
            QToolTip::showText(help->globalPos(), QStringLiteral("%1 · %2").arg(stage.name, word), this);
        }
        return true;
    }
    if (event->type() == QEvent::Resize)
        updateGeometry();
    return QWidget::event(event);
}

CanaryLadder::CanaryLadder(QWidget *parent) : QWidget(parent) { setAccessibleName(tr("Rollout steps")); }

void CanaryLadder::setSteps(std::vector<StageMark> steps) {
    m_steps = std::move(steps);
    QStringList words;
    for (const StageMark &step : m_steps)
        words << QStringLiteral("%1: %2 %3").arg(step.name, stateWord(step.state), step.note);
    setAccessibleDescription(words.join(QLatin1String("; ")));
    update();
}

QSize CanaryLadder::sizeHint() const { return {Theme::of(this).px(420), Theme::of(this).px(66)}; }

void CanaryLadder::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const double glyph = theme.px(16), y = theme.px(16);
    const double column = double(width()) / qMax<std::size_t>(1, m_steps.size());
    for (std::size_t i = 0; i + 1 < m_steps.size(); ++i) {
        painter.setPen(QPen(m_steps[i].state == State::Ok ? t.ok : t.line2, 1.5));
        painter.drawLine(QPointF(column * (double(i) + 0.5) + glyph, y), QPointF(column * (double(i) + 1.5) - glyph, y));
    }
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        const StageMark &step = m_steps[i];
        const double x = column * (double(i) + 0.5);
        paintState(painter, QRectF(x - glyph / 2, y - glyph / 2, glyph, glyph), step.state, this);
        const bool now = step.state == State::Paused || step.state == State::Running || step.state == State::Bad;
        painter.setFont(theme.font(TextRole::Label));
        painter.setPen(now ? t.*stateInk(step.state) : step.state == State::Waiting ? t.t2 : t.t1);
        drawLine(painter, QRectF(x - column / 2 + 2, y + theme.px(13), column - 4, theme.px(17)), Qt::AlignCenter, step.name);
        painter.setFont(theme.font(TextRole::Caption));
        painter.setPen(now ? t.*stateInk(step.state) : t.t3);
        drawLine(painter, QRectF(x - column / 2 + 2, y + theme.px(30), column - 4, theme.px(15)), Qt::AlignCenter, step.note);
    }
}

TrafficBar::TrafficBar(QWidget *parent) : QWidget(parent) { setAccessibleName(tr("Traffic")); }

void TrafficBar::setShares(const QString &stable, const QString &canary, double canaryShare, const QString &seen) {
    m_stable = stable;
    m_canary = canary;
    m_share = qBound(0.0, canaryShare, 1.0);
    m_seen = seen;
    setAccessibleDescription(QStringList{stable, canary, seen}.join(QLatin1String("; ")));
    update();
}

QSize TrafficBar::sizeHint() const { return {Theme::of(this).px(420), Theme::of(this).px(22)}; }

void TrafficBar::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.setFont(theme.font(TextRole::Second));
    const double seenWidth = m_seen.isEmpty() ? 0 : widthOf(painter, m_seen) + theme.px(10);
    const QRectF bar(0, 0, qMax<double>(60, width() - seenWidth), height());
    const double split = bar.width() * (1 - m_share);
    QPainterPath round;
    round.addRoundedRect(bar, 4, 4);
    painter.setClipPath(round);
    if (m_share < 1)
        painter.fillRect(QRectF(bar.left(), bar.top(), m_share > 0 ? split - 1 : split, bar.height()), t.bg3);
    if (m_share > 0)
        painter.fillRect(QRectF(bar.left() + split, bar.top(), bar.width() - split, bar.height()), t.acc);
    painter.setClipping(false);
    painter.setFont(theme.font(TextRole::Column));
    painter.setPen(t.t1);
    if (m_share < 1)
        drawLine(painter, QRectF(theme.px(8), 0, split - theme.px(12), height()), Qt::AlignLeft | Qt::AlignVCenter, m_stable);
    painter.setPen(t.accOn);
    if (m_share > 0)
        drawLine(painter, QRectF(split + theme.px(8), 0, bar.width() - split - theme.px(12), height()), Qt::AlignLeft | Qt::AlignVCenter, m_canary);
    painter.setFont(theme.font(TextRole::Second));
    painter.setPen(t.t2);
    drawLine(painter, QRectF(bar.right() + theme.px(10), 0, seenWidth, height()), Qt::AlignVCenter | Qt::AlignLeft, m_seen);
}

} // namespace pilothouse::ui
