// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/live_bar.h"

#include "widgets/base/format.h"
#include "widgets/base/text.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace pilothouse::ui {

namespace {

QString versionText(const fleet::LiveSpan &span) { return span.version ? QStringLiteral("v%1").arg(*span.version) : LiveBar::tr("nothing"); }

} // namespace

LiveBar::LiveBar(QWidget *parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Live versions over time"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void LiveBar::setHistory(const fleet::History &history) {
    m_history = history;
    m_to = history.read;
    const QDateTime first = history.live.empty() ? m_to.addDays(-1) : history.live.back().from;
    m_from = first.addSecs(-std::max<qint64>(10, first.secsTo(m_to) / 40)); // a little of the time before
    update();
}

void LiveBar::setTime(const QDateTime &time) {
    m_time = time;
    const fleet::LiveSpan *span = fleet::spanAt(m_history, time);
    setAccessibleDescription(fleet::spanSentence(m_history, span, time));
    update();
}

QSize LiveBar::sizeHint() const { return {Theme::of(this).px(320), Theme::of(this).px(46)}; }

double LiveBar::xOf(const QDateTime &time) const {
    const double length = double(std::max<qint64>(1, m_from.msecsTo(m_to)));
    return 1 + (width() - 2) * std::clamp(double(m_from.msecsTo(time)) / length, 0.0, 1.0);
}

QDateTime LiveBar::timeAt(double x) const {
    const double share = width() > 2 ? std::clamp((x - 1) / (width() - 2), 0.0, 1.0) : 0;
    return m_from.addMSecs(qint64(share * double(m_from.msecsTo(m_to))));
}

void LiveBar::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const double tall = theme.px(24), axisTop = tall + theme.px(4);
    const QColor inks[] = {t.s1, t.s2, t.s3, t.s4, t.s5};
    painter.setFont(theme.font(TextRole::Caption));
    for (const fleet::LiveSpan &span : m_history.live) {
        const double left = xOf(span.from), right = span.to.isValid() ? xOf(span.to) : width() - 1.0;
        const QRectF box(left, 1, std::max(2.0, right - left - 1), tall - 2);
        QColor ground = span.version ? inks[std::size_t(*span.version) % std::size(inks)] : t.bg2;
        ground.setAlphaF(span.version ? 0.28 : 1);
        painter.setPen(span.outside ? QPen(t.warn, 1.5, Qt::DashLine) : QPen(t.line2, 1));
        painter.setBrush(ground);
        painter.drawRoundedRect(box, 3, 3);
        painter.setPen(t.t1);
        if (box.width() > 24)
            drawLine(painter, box.adjusted(6, 0, -2, 0), Qt::AlignLeft | Qt::AlignVCenter, versionText(span));
    }
    painter.setPen(t.t3);
    const QRectF axis(0, axisTop, width(), theme.px(16));
    if (m_from.isValid()) {
        drawTabular(painter, axis, Qt::AlignLeft | Qt::AlignVCenter, moment(m_from, m_to));
        drawLine(painter, axis, Qt::AlignRight | Qt::AlignVCenter, tr("now"));
    }
    if (m_time.isValid() && m_time >= m_from && m_time <= m_to) {
        const double x = xOf(m_time);
        painter.setPen(QPen(t.acc, 2));
        painter.drawLine(QPointF(x, 0), QPointF(x, tall));
    }
    if (hasFocus()) {
        painter.setPen(QPen(t.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void LiveBar::mousePressEvent(QMouseEvent *event) { Q_EMIT timeChosen(timeAt(event->position().x())); }

void LiveBar::keyPressEvent(QKeyEvent *event) {
    const int by = event->key() == Qt::Key_Left ? -1 : event->key() == Qt::Key_Right ? 1 : 0;
    if (by == 0 || !m_time.isValid())
        return QWidget::keyPressEvent(event);
    QDateTime next = m_time.addMSecs(by * std::max<qint64>(60'000, m_from.msecsTo(m_to) / 100));
    if (event->modifiers() & Qt::ControlModifier) { // where the next or this stretch begins
        next = by > 0 ? m_to : m_from;
        for (const fleet::LiveSpan &span : m_history.live) {
            if (by > 0 && span.from > m_time && span.from < next)
                next = span.from;
            if (by < 0 && span.from < m_time && span.from > next)
                next = span.from;
        }
    }
    Q_EMIT timeChosen(std::clamp(next, m_from, m_to));
}

bool LiveBar::event(QEvent *event) {
    if (event->type() == QEvent::ToolTip && m_from.isValid()) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QDateTime time = timeAt(help->pos().x());
        QToolTip::showText(help->globalPos(), fleet::spanSentence(m_history, fleet::spanAt(m_history, time), time), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace pilothouse::ui
