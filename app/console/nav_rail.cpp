// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/nav_rail.h"

#include "widgets/base/icons.h"
#include "widgets/base/text.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QPainter>

namespace pilothouse::console {

using namespace ui;

class RailItem : public QAbstractButton {
public:
    RailItem(const PanelEntry &entry, NavRail *rail) : QAbstractButton(rail), m_icon(entry.icon) {
        setObjectName(QStringLiteral("rail:") + entry.id);
        setProperty("panel", entry.id);
        setText(entry.title);
        setCheckable(true);
        setAutoExclusive(true);
        setFocusPolicy(Qt::TabFocus);
        setToolTip(NavRail::tr("%1 (G %2)").arg(entry.title, entry.key));
        setAttribute(Qt::WA_Hover);
    }
    void setCount(int count, State state) {
        if (count == m_count && state == m_state)
            return;
        m_count = count;
        m_state = state;
        setAccessibleDescription(count > 0 ? QString::number(count) : QString());
        update();
    }
    void setNarrow(bool narrow) {
        m_narrow = narrow;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Theme &theme = Theme::of(this);
        const Tokens &t = theme.tokens();
        const QRectF box = QRectF(rect()).adjusted(theme.px(6), 0, -theme.px(6), 0);
        if (isChecked() || underMouse()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(isChecked() ? t.nav : t.bg3);
            painter.drawRoundedRect(box, 6, 6);
        }
        if (isChecked())
            painter.fillRect(QRectF(0, theme.px(10), 3, height() - theme.px(20)), t.acc);
        if (hasFocus()) {
            painter.setPen(QPen(t.acc, 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 5, 5);
        }
        const double side = theme.px(20), top = m_narrow ? (height() - side) / 2 : theme.px(9);
        const QRectF glyph((width() - side) / 2, top, side, side);
        paintIcon(painter, glyph, m_icon, isChecked() ? t.acc : t.t2);
        if (!m_narrow) {
            painter.setFont(theme.font(TextRole::Caption));
            painter.setPen(isChecked() ? t.t1 : t.t2);
            drawLine(painter, QRectF(2, theme.px(32), width() - 4, theme.px(16)), Qt::AlignCenter, text());
        }
        const QPointF corner(glyph.right() + 1, glyph.top() + 1);
        if (m_state != State::None) {
            const double mark = theme.px(12);
            paintState(painter, QRectF(corner.x() - 2, corner.y() - mark / 2, mark, mark), m_state, this);
        } else if (m_count > 0) {
            painter.setFont(theme.font(TextRole::Column));
            const QString digits = m_count > 99 ? QStringLiteral("99+") : QString::number(m_count);
            const double wide = qMax<double>(theme.px(16), widthOf(painter, digits) + theme.px(8)), tall = theme.px(16);
            const QRectF badge(corner.x() - wide / 2 + 2, corner.y() - tall / 2, wide, tall);
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.t1);
            painter.drawRoundedRect(badge, tall / 2, tall / 2);
            painter.setPen(t.bg0);
            drawLine(painter, badge, Qt::AlignCenter, digits);
        }
    }

private:
    QString m_icon;
    int m_count = 0;
    State m_state = State::None;
    bool m_narrow = false;
};

NavRail::NavRail(const std::vector<PanelEntry> &entries, QWidget *parent) : QWidget(parent) {
    setObjectName(QStringLiteral("rail"));
    setAccessibleName(tr("Screens"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 1, 6);
    column->setSpacing(0);
    column->addSpacing(Theme::of(this).px(48));
    bool foot = false;
    for (const PanelEntry &entry : entries) {
        if (entry.atFoot && !foot) {
            column->addStretch(1);
            foot = true;
        }
        auto *item = new RailItem(entry, this);
        m_items.push_back(item);
        column->addWidget(item);
        connect(item, &QAbstractButton::clicked, this, [this, id = entry.id] { Q_EMIT chosen(id); });
    }
    connect(&Theme::of(this), &Theme::changed, this, &NavRail::relayout);
    relayout();
}

void NavRail::relayout() {
    const Theme &theme = Theme::of(this);
    setFixedWidth(theme.px(m_narrow ? 48 : 72));
    for (RailItem *item : m_items) {
        item->setNarrow(m_narrow);
        // Eleven items must fit the minimum window of 640 px.
        item->setFixedHeight(theme.px(m_narrow ? 44 : 56));
    }
}

void NavRail::setNarrow(bool narrow) {
    if (narrow == m_narrow)
        return;
    m_narrow = narrow;
    relayout();
}

void NavRail::setCurrent(const QString &id) {
    for (RailItem *item : m_items)
        if (item->property("panel").toString() == id)
            item->setChecked(true);
}

void NavRail::setCount(const QString &id, int count, State state) {
    for (RailItem *item : m_items)
        if (item->property("panel").toString() == id)
            item->setCount(count, state);
}

void NavRail::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.fillRect(QRect(width() - 1, 0, 1, height()), t.line);
    const double side = theme.px(24);
    paintIcon(painter, QRectF((width() - 1 - side) / 2, (theme.px(48) - side) / 2, side, side), QStringLiteral("logo"), t.acc);
}

void NavRail::keyPressEvent(QKeyEvent *event) {
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (step == 0)
        return QWidget::keyPressEvent(event);
    for (std::size_t i = 0; i < m_items.size(); ++i)
        if (m_items[i]->hasFocus()) {
            m_items[(i + m_items.size() + std::size_t(step)) % m_items.size()]->setFocus(Qt::TabFocusReason);
            return;
        }
}

} // namespace pilothouse::console
