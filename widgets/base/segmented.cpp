// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/button.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

namespace pilothouse::ui {

SegmentedControl::SegmentedControl(QWidget *parent) : QWidget(parent) {
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&Theme::of(this), &Theme::changed, this, [this] { updateGeometry(); });
}

void SegmentedControl::setSegments(std::vector<Segment> segments) {
    const QString kept = current();
    m_segments = std::move(segments);
    m_current = 0;
    for (int i = 0; i < int(m_segments.size()); ++i)
        if (m_segments[i].id == kept)
            m_current = i;
    if (!m_segments.empty())
        setAccessibleDescription(m_segments[m_current].text);
    updateGeometry();
    update();
}

QString SegmentedControl::current() const {
    return m_current < int(m_segments.size()) ? m_segments[m_current].id : QString();
}

void SegmentedControl::setCurrent(const QString &id) {
    for (int i = 0; i < int(m_segments.size()); ++i)
        if (m_segments[i].id == id)
            choose(i);
}

void SegmentedControl::setShort(bool glyphsOnly) {
    if (m_short == glyphsOnly)
        return;
    m_short = glyphsOnly;
    updateGeometry();
    update();
}

void SegmentedControl::choose(int index) {
    if (index < 0 || index >= int(m_segments.size()) || index == m_current)
        return;
    m_current = index;
    setAccessibleDescription(m_segments[index].text);
    update();
    Q_EMIT currentChanged(m_segments[index].id);
}

QString SegmentedControl::shownText(const Segment &segment) const {
    return m_short && segment.state != State::None ? segment.text.section(QLatin1Char(' '), -1) : segment.text;
}

std::vector<QRect> SegmentedControl::places() const {
    const Theme &theme = Theme::of(this);
    const QFont &font = theme.font(TextRole::Label);
    std::vector<QRect> rects;
    int x = 0;
    for (const Segment &segment : m_segments) {
        const int glyph = segment.state == State::None ? 0 : theme.px(12 + 6);
        const int wide = qRound(widthOf(font, shownText(segment))) + glyph + theme.px(18);
        rects.emplace_back(x, 0, wide, theme.px(26));
        x += wide;
    }
    return rects;
}

QSize SegmentedControl::sizeHint() const {
    const auto rects = places();
    return {rects.empty() ? 0 : rects.back().right() + 1, Theme::of(this).px(26)};
}

void SegmentedControl::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const auto rects = places();
    if (rects.empty())
        return;
    const QRectF whole(0.5, 0.5, rects.back().right(), rects.back().height() - 1);
    painter.setFont(theme.font(TextRole::Label));
    for (std::size_t i = 0; i < rects.size(); ++i) {
        const QRect &r = rects[i];
        if (int(i) == m_current) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.bg3);
            painter.drawRoundedRect(QRectF(r).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
        }
        if (i > 0) {
            painter.setPen(QPen(t.line2, 1));
            painter.drawLine(QPointF(r.left() + 0.5, 1), QPointF(r.left() + 0.5, r.height() - 1));
        }
        int x = r.left() + theme.px(9);
        if (m_segments[i].state != State::None) {
            const double side = theme.px(12);
            paintState(painter, QRectF(x, (r.height() - side) / 2, side, side), m_segments[i].state, this);
            x += theme.px(18);
        }
        painter.setPen(isEnabled() ? (int(i) == m_current ? t.t1 : t.t2) : t.t3);
        drawLine(painter, QRect(x, 0, r.right() - x, r.height()), Qt::AlignVCenter | Qt::AlignLeft, shownText(m_segments[i]));
    }
    painter.setPen(QPen(hasFocus() ? t.acc : t.line2, hasFocus() ? 2 : 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(hasFocus() ? whole.adjusted(0.5, 0.5, -0.5, -0.5) : whole, 6, 6);
}

void SegmentedControl::mousePressEvent(QMouseEvent *event) {
    const auto rects = places();
    for (std::size_t i = 0; i < rects.size(); ++i)
        if (rects[i].contains(event->pos()))
            choose(int(i));
}

void SegmentedControl::keyPressEvent(QKeyEvent *event) {
    if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Up)
        choose(m_current - 1);
    else if (event->key() == Qt::Key_Right || event->key() == Qt::Key_Down)
        choose(m_current + 1);
    else
        QWidget::keyPressEvent(event);
}

bool SegmentedControl::event(QEvent *event) {
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const auto rects = places();
        for (std::size_t i = 0; i < rects.size(); ++i)
            if (rects[i].contains(help->pos()))
                QToolTip::showText(help->globalPos(), m_segments[i].text, this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace pilothouse::ui
