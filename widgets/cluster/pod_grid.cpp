// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/pod_grid.h"

#include "widgets/base/format.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"
#include "widgets/cluster/workload_models.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

namespace pilothouse::ui {

using cluster::PodRow;

PodGrid::PodGrid(QWidget *parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    connect(&Theme::of(this), &Theme::changed, this, [this] { place(); });
}

void PodGrid::setPods(std::vector<fleet::PodSight> pods, qint64 current, const QDateTime &now) {
    m_pods = std::move(pods);
    m_revision = current;
    m_now = now;
    place();
}

void PodGrid::setNow(const QDateTime &now) {
    m_now = now;
    viewport()->update();
}

void PodGrid::choose(const QString &name) {
    if (m_current == name)
        return;
    m_current = name;
    viewport()->update();
    Q_EMIT chosen(name);
}

void PodGrid::place() {
    const Theme &theme = Theme::of(this);
    const int margin = theme.px(12), gap = theme.px(6), width = std::max(1, viewport()->width() - 2 * margin);
    m_columns = std::max(1, (width + gap) / (theme.px(200) + gap));
    const int cell = (width - (m_columns - 1) * gap) / m_columns, height = theme.px(44);
    m_boxes.clear();
    int y = theme.px(6);
    for (std::size_t i = 0; i < m_pods.size();) {
        std::size_t end = i, ready = 0;
        for (; end < m_pods.size() && m_pods[end].hash == m_pods[i].hash; ++end)
            if (const auto *p = m_pods[end].row->as<PodRow>())
                ready += p->isReady;
        const qint64 revision = m_pods[i].revision;
        const QString name = revision > 0 ? (revision == m_revision ? tr("Revision %1, current").arg(revision) : tr("Revision %1").arg(revision)) : m_pods[i].hash.isEmpty() ? tr("Pods") : tr("Template %1").arg(m_pods[i].hash);
        m_boxes.push_back({QRect(margin, y, width, theme.px(22)), -1, name, tr("%1 of %2 ready").arg(ready).arg(end - i)});
        y += theme.px(26);
        for (std::size_t at = i; at < end; ++at) {
            const int column = int(at - i) % m_columns;
            m_boxes.push_back({QRect(margin + column * (cell + gap), y, cell, height), int(at), {}, {}});
            if (column == m_columns - 1 || at + 1 == end)
                y += height + gap;
        }
        i = end;
    }
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(theme.px(24));
    verticalScrollBar()->setRange(0, std::max(0, y - viewport()->height()));
    viewport()->update();
}

void PodGrid::paintEvent(QPaintEvent *) {
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.translate(0, -verticalScrollBar()->value());
    const QRect seen = viewport()->rect().translated(0, verticalScrollBar()->value());
    const auto first = std::lower_bound(m_boxes.begin(), m_boxes.end(), seen.top(), [](const Box &box, int y) { return box.rect.bottom() < y; });
    for (auto it = first; it != m_boxes.end() && it->rect.top() <= seen.bottom(); ++it) {
        if (it->pod < 0) {
            painter.setFont(theme.font(TextRole::Second));
            painter.setPen(t.t1);
            drawLine(painter, it->rect, Qt::AlignLeft | Qt::AlignVCenter, it->text);
            painter.setPen(t.t3);
            drawLine(painter, it->rect, Qt::AlignRight | Qt::AlignVCenter, it->right);
            continue;
        }
        const fleet::PodSight &pod = m_pods[std::size_t(it->pod)];
        const auto *p = pod.row->as<PodRow>();
        const bool current = pod.row->name == m_current;
        const State state = podStateOf(pod);
        const QRectF box = QRectF(it->rect).adjusted(0.5, 0.5, -0.5, -0.5);
        painter.setPen(current ? t.acc : state == State::Bad ? t.bad : t.line2);
        painter.setBrush(current ? t.sel : t.bg2);
        painter.drawRoundedRect(box, theme.px(5), theme.px(5));
        QRectF line = box.adjusted(theme.px(9), theme.px(4), -theme.px(9), 0);
        line.setHeight(theme.px(18));
        paintState(painter, QRectF(line.left(), line.top() + theme.px(2), theme.px(14), theme.px(14)), state, this);
        line.setLeft(line.left() + theme.px(21));
        painter.setFont(theme.font(TextRole::Second));
        painter.setPen(t.t3);
        const QString old = age(QDateTime::fromSecsSinceEpoch(pod.row->created), m_now);
        drawTabular(painter, line, Qt::AlignRight | Qt::AlignVCenter, old);
        painter.setFont(theme.font(TextRole::Mono));
        painter.setPen(t.t1);
        const QString shortName = pod.row->name.section(QLatin1Char('-'), -2);
        drawLine(painter, line.adjusted(0, 0, -theme.px(54), 0), Qt::AlignLeft | Qt::AlignVCenter, shortName, Qt::ElideLeft);
        QRectF under = box.adjusted(theme.px(9), theme.px(22), -theme.px(9), -theme.px(3));
        painter.setFont(theme.font(TextRole::Caption));
        const bool said = state == State::Bad || state == State::Warn || state == State::Running;
        QString right = p && p->restarts > 0 ? tr("%n restarts", nullptr, p->restarts) : pod.cpu >= 0 ? tr("%1 cpu").arg(cpuText(pod)) : p ? QStringLiteral("%1/%2").arg(p->ready).arg(p->total) : QString();
        painter.setPen(t.t2);
        drawTabular(painter, under, Qt::AlignRight | Qt::AlignVCenter, right);
        painter.setPen(said ? t.*stateInk(state) : t.t3);
        drawLine(painter, under.adjusted(0, 0, -widthOf(theme.font(TextRole::Caption), right) - theme.px(8), 0), Qt::AlignLeft | Qt::AlignVCenter,
                 said ? pod.reason.word : pod.row->deleted > 0 ? tr("ends") : p ? p->node : QString());
    }
}

void PodGrid::resizeEvent(QResizeEvent *event) {
    QAbstractScrollArea::resizeEvent(event);
    place();
}

const PodGrid::Box *PodGrid::boxAt(const QPoint &point) const {
    const QPoint at = point + QPoint(0, verticalScrollBar()->value());
    for (const Box &box : m_boxes)
        if (box.pod >= 0 && box.rect.contains(at))
            return &box;
    return nullptr;
}

void PodGrid::mousePressEvent(QMouseEvent *event) {
    if (const Box *box = boxAt(event->pos()))
        choose(m_pods[std::size_t(box->pod)].row->name);
}

void PodGrid::mouseDoubleClickEvent(QMouseEvent *event) {
    if (const Box *box = boxAt(event->pos()))
        Q_EMIT opened(m_pods[std::size_t(box->pod)].row->name);
}

void PodGrid::contextMenuEvent(QContextMenuEvent *event) {
    if (const Box *box = boxAt(event->pos()))
        choose(m_pods[std::size_t(box->pod)].row->name);
    event->ignore(); // the page has the menu
}

bool PodGrid::viewportEvent(QEvent *event) {
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const Box *box = boxAt(help->pos());
        if (box) {
            const fleet::PodSight &pod = m_pods[std::size_t(box->pod)];
            QToolTip::showText(help->globalPos(), QStringList{pod.row->name, pod.reason.sentence, pod.reason.remedy}.join(QLatin1Char('\n')).trimmed(), this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void PodGrid::step(int by) {
    int at = -1;
    for (std::size_t i = 0; i < m_pods.size(); ++i)
        if (m_pods[i].row->name == m_current)
            at = int(i);
    if (m_pods.empty())
        return;
    at = std::clamp(at < 0 ? 0 : at + by, 0, int(m_pods.size()) - 1);
    choose(m_pods[std::size_t(at)].row->name);
    for (const Box &box : m_boxes)
        if (box.pod == at) {
            const int top = verticalScrollBar()->value();
            verticalScrollBar()->setValue(std::clamp(top, box.rect.bottom() - viewport()->height() + 8, std::max(box.rect.bottom() - viewport()->height() + 8, box.rect.top() - 8)));
        }
}

void PodGrid::keyPressEvent(QKeyEvent *event) {
    switch (event->key()) {
    case Qt::Key_Right: return step(1);
    case Qt::Key_Left: return step(-1);
    case Qt::Key_Down:
    case Qt::Key_J: return step(m_current.isEmpty() ? 0 : m_columns);
    case Qt::Key_Up:
    case Qt::Key_K: return step(-m_columns);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!m_current.isEmpty())
            Q_EMIT opened(m_current);
        return;
    default: event->ignore();
    }
}

} // namespace pilothouse::ui
