// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/stage_graph.h"

#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <array>

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

std::vector<QPointF> stagePlaces(std::size_t count, double width, double rowHeight, int perRow) {
    std::vector<QPointF> places;
    const double column = width / std::max(1, std::min<int>(perRow, int(count)));
    for (std::size_t i = 0; i < count; ++i)
        places.emplace_back(column * (double(i % perRow) + 0.5), rowHeight * (double(i / perRow) + 0.5));
    return places;
}

StageGraph::StageGraph(QWidget *parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Stages"));
}

void StageGraph::setStages(std::vector<StageMark> stages) {
    m_stages = std::move(stages);
    if (m_current >= int(m_stages.size()))
        m_current = -1;
    QStringList words;
    for (const StageMark &stage : m_stages)
        words << QStringLiteral("%1: %2 %3").arg(stage.name, stateWord(stage.state), stage.note);
    setAccessibleDescription(words.join(QLatin1String("; ")));
    updateGeometry();
    update();
}

void StageGraph::setCurrent(int index) {
    if (index < 0 || index >= int(m_stages.size()) || index == m_current)
        return;
    m_current = index;
    update();
    Q_EMIT chosen(m_stages[index].id);
}

int StageGraph::perRow() const { return qBound(2, width() / Theme::of(this).px(96), 8); }

double StageGraph::rowHeight() const { return Theme::of(this).px(96); }

QSize StageGraph::sizeHint() const {
    const int rows = qMax(1, (int(m_stages.size()) + perRow() - 1) / perRow());
    return {Theme::of(this).px(640), int(rows * rowHeight())};
}

QSize StageGraph::minimumSizeHint() const { return {Theme::of(this).px(240), sizeHint().height()}; }

int StageGraph::at(const QPoint &point) const {
    const auto places = stagePlaces(m_stages.size(), width(), rowHeight(), perRow());
    for (std::size_t i = 0; i < places.size(); ++i)
        if (QRectF(places[i].x() - 40, places[i].y() - 40, 80, 80).contains(point))
            return int(i);
    return -1;
}

void StageGraph::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const double row = rowHeight(), glyph = theme.px(18);
    const auto places = stagePlaces(m_stages.size(), width(), row, perRow());
    for (std::size_t i = 0; i + 1 < places.size(); ++i) {
        const bool done = m_stages[i].state == State::Ok || m_stages[i].state == State::Warn;
        QPen pen(done ? t.ok : t.line2, 1.5, done ? Qt::SolidLine : Qt::CustomDashLine);
        if (!done)
            pen.setDashPattern({3, 3});
        painter.setPen(pen);
        const QPointF a = places[i], b = places[i + 1];
        if (qFuzzyCompare(a.y(), b.y())) {
            painter.drawLine(a, b);
            continue;
        }
        const double between = a.y() + row / 2, edge = width() - 6; // around the end of the row to the start of the next
        painter.drawPolyline(std::array{a, QPointF(edge, a.y()), QPointF(edge, between), QPointF(6, between), QPointF(6, b.y()), b}.data(), 6);
    }
    const double column = places.size() > 1 ? qAbs(places[1].x() - places[0].x()) : width();
    for (std::size_t i = 0; i < places.size(); ++i) {
        const StageMark &stage = m_stages[i];
        paintMark(painter, stage, places[i], glyph, int(i) == m_current && hasFocus(), this);
        const bool paused = stage.state == State::Paused, idle = stage.state == State::Waiting || stage.state == State::Skipped;
        painter.setFont(theme.font(TextRole::Label));
        painter.setPen(paused ? t.pau : stage.state == State::Bad ? t.bad : idle ? t.t2 : t.t1);
        drawLine(painter, QRectF(places[i].x() - column / 2 + 3, places[i].y() - theme.px(34), column - 6, theme.px(18)), Qt::AlignHCenter | Qt::AlignVCenter, stage.name);
        painter.setFont(theme.font(TextRole::Caption));
        painter.setPen(stage.slow ? t.warn : paused ? t.pau : stage.state == State::Bad ? t.bad : t.t3);
        drawLine(painter, QRectF(places[i].x() - column / 2 + 3, places[i].y() + theme.px(15), column - 6, theme.px(16)), Qt::AlignHCenter | Qt::AlignVCenter, stage.note);
        if (int(i) == m_current) {
            painter.setPen(QPen(t.acc, 2));
            painter.drawLine(QPointF(places[i].x() - theme.px(16), places[i].y() + theme.px(34)), QPointF(places[i].x() + theme.px(16), places[i].y() + theme.px(34)));
        }
    }
}

void StageGraph::mousePressEvent(QMouseEvent *event) { setCurrent(at(event->pos())); }

void StageGraph::keyPressEvent(QKeyEvent *event) {
    switch (event->key()) {
    case Qt::Key_Left: return setCurrent(m_current - 1);
    case Qt::Key_Right: return setCurrent(m_current + 1);
    case Qt::Key_Up: return setCurrent(m_current - perRow());
    case Qt::Key_Down: return setCurrent(m_current + perRow());
    case Qt::Key_Home: return setCurrent(0);
    case Qt::Key_End: return setCurrent(int(m_stages.size()) - 1);
    default: QWidget::keyPressEvent(event);
    }
}

bool StageGraph::event(QEvent *event) {
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        if (const int index = at(help->pos()); index >= 0)
            QToolTip::showText(help->globalPos(), QStringLiteral("%1 · %2").arg(m_stages[index].name, m_stages[index].toolTip.isEmpty() ? stateWord(m_stages[index].state) : m_stages[index].toolTip), this);
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
