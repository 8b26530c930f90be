// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/inbox_list.h"

#include "widgets/base/button.h"
#include "widgets/base/format.h"
#include "widgets/base/icons.h"
#include "widgets/base/table.h"
#include "widgets/base/text.h"

#include <QKeyEvent>
#include <QPainter>
#include <QTextLayout>

#include <algorithm>

namespace pilothouse::ui {
namespace {

QString groupTitle(fleet::InboxGroup group) {
    switch (group) {
    case fleet::InboxGroup::Decision: return InboxList::tr("Waiting for a decision");
    case fleet::InboxGroup::Broken: return InboxList::tr("Broken or late");
    case fleet::InboxGroup::Soon: return InboxList::tr("Soon");
    case fleet::InboxGroup::Handled: return InboxList::tr("Handled today");
    }
    return {};
}

/// Lines of a sentence at a width, at most three; the last one is elided.
QStringList wrapped(const QString &text, const QFont &font, double width) {
    QStringList lines;
    QTextLayout layout(text, font);
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid() && lines.size() < 3; line = layout.createLine()) {
        line.setLineWidth(width);
        lines << text.mid(line.textStart(), line.textLength()).trimmed();
        if (lines.size() == 3 && line.textStart() + line.textLength() < text.size())
            lines.last() = QFontMetricsF(font).elidedText(text.mid(line.textStart()), Qt::ElideRight, width);
    }
    layout.endLayout();
    return lines;
}

struct ItemLayout {
    QRectF glyph, title, right;
    std::vector<QRectF> lines;
    QRectF button;
    QStringList words;
    double height = 0;
};

ItemLayout layoutOf(const InboxLine &line, const QString &since, const QRectF &rect, const Theme &theme) {
    ItemLayout out;
    const double left = rect.left() + theme.px(12), side = theme.px(14), indent = theme.px(36);
    double y = rect.top() + theme.px(10);
    out.glyph = QRectF(left, y + theme.px(1), side, side);
    const double rightWidth = tabularWidth(theme.font(TextRole::Second), since) + 2;
    out.right = QRectF(rect.right() - theme.px(12) - rightWidth, y, rightWidth, theme.px(18));
    out.title = QRectF(rect.left() + indent, y, out.right.left() - rect.left() - indent - theme.px(8), theme.px(18));
    y += theme.px(18);
    const double width = rect.width() - indent - theme.px(12);
    out.words = wrapped(line.item.sentence, theme.font(TextRole::Second), width);
    for (qsizetype i = 0; i < out.words.size(); ++i, y += theme.px(16))
        out.lines.emplace_back(rect.left() + indent, y, width, theme.px(16));
    const QString verb = inboxVerb(line.item.action);
    if (line.item.group != fleet::InboxGroup::Handled && !verb.isEmpty()) {
        y += theme.px(6);
        const double wide = widthOf(theme.font(TextRole::Strong), verb) + theme.px(22) + theme.px(26);
        out.button = QRectF(rect.left() + indent, y, wide, theme.px(24));
        y += theme.px(24);
    }
    out.height = y - rect.top() + theme.px(10);
    return out;
}

class InboxDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        const auto *list = static_cast<const InboxList *>(option.widget);
        const Theme &theme = Theme::of(list);
        const InboxLine *line = list->items().line(index);
        if (!line || line->heading)
            return {80, theme.px(26)};
        const double width = list->viewport()->width();
        return {80, int(layoutOf(*line, index.data(RightRole).toString(), QRectF(0, 0, width, 0), theme).height)};
    }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        const auto *list = static_cast<const InboxList *>(option.widget);
        const Theme &theme = Theme::of(list);
        const Tokens &t = theme.tokens();
        const InboxLine *line = list->items().line(index);
        if (!line)
            return;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (line->heading) {
            painter->fillRect(option.rect, t.bg2);
            painter->fillRect(QRectF(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), t.line);
            painter->setFont(theme.font(TextRole::Column));
            painter->setPen(t.t3);
            const QRectF area = QRectF(option.rect).adjusted(theme.px(12), 0, -theme.px(12), 0);
            drawLine(*painter, area, Qt::AlignLeft | Qt::AlignVCenter, line->title);
            drawLine(*painter, area, Qt::AlignRight | Qt::AlignVCenter, QString::number(line->count));
            painter->restore();
            return;
        }
        paintCellGround(*painter, option, index);
        const QString since = index.data(RightRole).toString();
        const ItemLayout places = layoutOf(*line, since, option.rect, theme);
        const bool handled = line->item.group == fleet::InboxGroup::Handled;
        paintState(*painter, places.glyph, stateOf(line->item.state), list);
        painter->setFont(theme.font(TextRole::Strong));
        painter->setPen(handled ? t.t2 : t.t1);
        drawLine(*painter, places.title, Qt::AlignLeft | Qt::AlignVCenter, line->item.title);
        painter->setFont(theme.font(TextRole::Second));
        painter->setPen(t.t3);
        drawTabular(*painter, places.right, Qt::AlignRight | Qt::AlignVCenter, since);
        painter->setPen(t.t2);
        for (std::size_t i = 0; i < places.lines.size(); ++i)
            drawLine(*painter, places.lines[i], Qt::AlignLeft | Qt::AlignVCenter, places.words[qsizetype(i)]);
        if (!places.button.isEmpty())
            paintButton(*painter, places.button, inboxVerb(line->item.action), option.state & QStyle::State_Selected, theme, list);
        painter->restore();
    }

private:
    static void paintButton(QPainter &painter, const QRectF &box, const QString &verb, bool chosen, const Theme &theme, const QWidget *widget) {
        const Tokens &t = theme.tokens();
        painter.setPen(QPen(chosen ? t.acc : t.line2, 1));
        painter.setBrush(chosen ? t.acc : t.btn);
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        const QColor ink = chosen ? t.accOn : t.t1;
        painter.setFont(theme.font(TextRole::Strong));
        painter.setPen(ink);
        drawLine(painter, box.adjusted(theme.px(10), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, verb);
        if (chosen)
            paintKeys(&painter, {QStringLiteral("↵")}, box.right() - theme.px(6), box.center().y(), ink, widget);
        else
            paintIcon(painter, QRectF(box.right() - theme.px(20), box.center().y() - theme.px(6), theme.px(12), theme.px(12)), QStringLiteral("chevron-right"), t.t3);
    }
};

} // namespace

QString inboxVerb(const QString &actionId) {
    using Q = QLatin1String;
    if (actionId == Q("promotion.review"))
        return InboxList::tr("Review evidence");
    if (actionId.startsWith(Q("rollout.")))
        return InboxList::tr("Open rollout");
    if (actionId == Q("train.resumeRun"))
        return InboxList::tr("Go on");
    if (actionId.startsWith(Q("train.")))
        return InboxList::tr("Train…");
    if (actionId.startsWith(Q("drift.")))
        return InboxList::tr("Why did it drift?");
    if (actionId.startsWith(Q("pipeline.")))
        return InboxList::tr("Open run");
    if (actionId == Q("alert.silence"))
        return InboxList::tr("Silence…");
    if (actionId == Q("alert.endSilence"))
        return InboxList::tr("End silence");
    if (actionId.startsWith(Q("retrain.")))
        return InboxList::tr("Retrain");
    if (actionId == Q("registry.sync"))
        return InboxList::tr("Send now");
    if (actionId.startsWith(Q("journal.")))
        return InboxList::tr("Open journal");
    return actionId.isEmpty() ? QString() : InboxList::tr("Open");
}

QString InboxModel::lineKey(const InboxLine &line) { return line.heading ? QLatin1Char('\n') + line.title : line.item.id; }

void InboxModel::setItems(const std::vector<fleet::InboxItem> &items, const QDateTime &now) {
    std::vector<InboxLine> lines;
    m_now = now;
    m_open = 0;
    for (auto group : {fleet::InboxGroup::Decision, fleet::InboxGroup::Broken, fleet::InboxGroup::Soon, fleet::InboxGroup::Handled}) {
        const std::size_t head = lines.size();
        for (const fleet::InboxItem &item : items)
            if (item.group == group) {
                if (lines.size() == head)
                    lines.push_back({true, groupTitle(group), 0, {}});
                lines.push_back({false, {}, 0, item});
                ++lines[head].count;
                m_open += group != fleet::InboxGroup::Handled;
            }
    }
    // The usual update changes words only: the same keys in the same order.
    if (lines.size() == m_lines.size() && std::equal(lines.begin(), lines.end(), m_lines.begin(), [](const InboxLine &a, const InboxLine &b) { return lineKey(a) == lineKey(b); })) {
        m_lines = std::move(lines);
        if (!m_lines.empty())
            Q_EMIT dataChanged(index(0), index(int(m_lines.size()) - 1));
        return;
    }
    std::size_t same = 0, tail = 0;
    while (same < std::min(lines.size(), m_lines.size()) && lineKey(lines[same]) == lineKey(m_lines[same]))
        ++same;
    while (tail < std::min(lines.size(), m_lines.size()) - same && lineKey(lines[lines.size() - 1 - tail]) == lineKey(m_lines[m_lines.size() - 1 - tail]))
        ++tail;
    if (m_lines.size() > same + tail) {
        beginRemoveRows({}, int(same), int(m_lines.size() - tail) - 1);
        m_lines.erase(m_lines.begin() + qsizetype(same), m_lines.end() - qsizetype(tail));
        endRemoveRows();
    }
    if (lines.size() > same + tail) {
        beginInsertRows({}, int(same), int(lines.size() - tail) - 1);
        m_lines.insert(m_lines.begin() + qsizetype(same), lines.begin() + qsizetype(same), lines.end() - qsizetype(tail));
        endInsertRows();
    }
    m_lines = std::move(lines);
    if (!m_lines.empty())
        Q_EMIT dataChanged(index(0), index(int(m_lines.size()) - 1));
}

const InboxLine *InboxModel::line(const QModelIndex &index) const {
    return index.isValid() && index.row() < int(m_lines.size()) ? &m_lines[std::size_t(index.row())] : nullptr;
}

QVariant InboxModel::data(const QModelIndex &index, int role) const {
    const InboxLine *at = line(index);
    if (!at)
        return {};
    switch (role) {
    case Qt::DisplayRole: return at->heading ? at->title : at->item.title;
    case GroupRole: return at->heading;
    case SecondRole: return at->item.sentence;
    case StateRole: return at->heading ? 0 : int(stateOf(at->item.state));
    case RightRole: return at->heading ? QString::number(at->count) : at->item.group == fleet::InboxGroup::Handled ? moment(at->item.since, m_now) : age(at->item.since, m_now);
    case IdRole: return at->item.id;
    case Qt::ToolTipRole: return at->heading ? QString() : at->item.sentence;
    case Qt::AccessibleTextRole:
        return at->heading ? QStringLiteral("%1: %2").arg(at->title).arg(at->count)
                           : QStringLiteral("%1, %2, %3").arg(stateWord(stateOf(at->item.state)), at->item.title, at->item.sentence);
    default: return {};
    }
}

Qt::ItemFlags InboxModel::flags(const QModelIndex &index) const {
    const InboxLine *at = line(index);
    if (!at)
        return {};
    return !at->heading ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::ItemNeverHasChildren;
}

InboxList::InboxList(QWidget *parent) : QListView(parent), m_model(new InboxModel(this)) {
    setObjectName(QStringLiteral("inbox"));
    setAccessibleName(tr("Needs me now"));
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEditTriggers(NoEditTriggers);
    setMouseTracking(true);
    setResizeMode(Adjust);
    setModel(m_model);
    setItemDelegate(new InboxDelegate(this));
    QPalette p = palette();
    p.setColor(QPalette::Base, Qt::transparent);
    viewport()->setPalette(p);
    viewport()->setAutoFillBackground(false);
    connect(&Theme::of(this), &Theme::changed, this, [this] { scheduleDelayedItemsLayout(); });
}

void InboxList::setItems(const std::vector<fleet::InboxItem> &items, const QDateTime &now) {
    m_model->setItems(items, now);
    if (!currentIndex().isValid() && m_model->rowCount() > 1)
        setCurrentIndex(m_model->index(1)); // below the first heading
}

void InboxList::resizeEvent(QResizeEvent *event) {
    QListView::resizeEvent(event);
    scheduleDelayedItemsLayout();
}

void InboxList::paintEvent(QPaintEvent *event) {
    QListView::paintEvent(event);
    paintRowFocus(this);
}

void InboxList::currentChanged(const QModelIndex &current, const QModelIndex &previous) {
    QListView::currentChanged(current, previous);
    viewport()->update(); // the ring
}

void InboxList::keyPressEvent(QKeyEvent *event) {
    const InboxLine *at = m_model->line(currentIndex());
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && at && !at->heading) {
        Q_EMIT acted(at->item.action, at->item.argument);
        return;
    }
    if (event->key() == Qt::Key_J || event->key() == Qt::Key_K) {
        QKeyEvent arrow(event->type(), event->key() == Qt::Key_J ? Qt::Key_Down : Qt::Key_Up, Qt::NoModifier);
        return QListView::keyPressEvent(&arrow);
    }
    if (!event->text().isEmpty() && event->text().at(0).isPrint())
        return event->ignore();
    QListView::keyPressEvent(event);
}

void InboxList::mouseReleaseEvent(QMouseEvent *event) {
    QListView::mouseReleaseEvent(event);
    const QModelIndex index = indexAt(event->pos());
    const InboxLine *at = m_model->line(index);
    if (!at || at->heading)
        return;
    if (layoutOf(*at, index.data(RightRole).toString(), visualRect(index), Theme::of(this)).button.contains(event->position()))
        Q_EMIT acted(at->item.action, at->item.argument);
}

} // namespace pilothouse::ui
