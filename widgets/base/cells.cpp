// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/cells.h"

#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QAbstractItemView>
#include <QHeaderView>
#include <QPainter>
#include <QTableView>

#include <cmath>

namespace pilothouse::ui {
namespace {

constexpr int cellPadding = 8;

State stateAt(const QModelIndex &index, int role) { return State(index.data(role).toInt()); }

bool firstShownColumn(const QStyleOptionViewItem &option, const QModelIndex &index) {
    const auto *table = qobject_cast<const QTableView *>(option.widget);
    return !table || table->horizontalHeader()->visualIndex(index.column()) == 0;
}

void paintChips(QPainter &painter, const QStringList &chips, double x, double middle, double right, const QWidget *widget) {
    const Theme &theme = Theme::of(widget);
    painter.setFont(theme.font(TextRole::Caption));
    for (const QString &chip : chips) {
        const double width = widthOf(painter, chip) + theme.px(10), height = theme.px(17);
        if (x + width > right)
            return;
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.tokens().line2, 1));
        const QRectF box(x + 0.5, middle - height / 2 + 0.5, width - 1, height - 1);
        painter.drawRoundedRect(box, 4, 4);
        painter.setPen(theme.tokens().t2);
        drawLine(painter, box, Qt::AlignCenter, chip);
        x += width + theme.px(6);
    }
}

} // namespace

bool MetricCell::operator==(const MetricCell &other) const {
    const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    return kind == other.kind && value == other.value && unit == other.unit && limit == other.limit && note == other.note && min == other.min &&
           max == other.max && std::equal(points.begin(), points.end(), other.points.begin(), other.points.end(), same);
}

int RowsModelBase::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_columns.size()); }

QVariant RowsModelBase::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= int(m_columns.size()))
        return {};
    const Column &column = m_columns[section];
    switch (role) {
    case Qt::DisplayRole: return column.title;
    case Qt::TextAlignmentRole: return int(column.alignment);
    case Qt::ToolTipRole: return column.toolTip.isEmpty() ? QVariant() : column.toolTip;
    default: return {};
    }
}

void paintCellGround(QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index) {
    const Tokens &t = tokens(option.widget);
    const bool chosen = option.state & QStyle::State_Selected;
    if (chosen)
        painter.fillRect(option.rect, t.sel);
    else if (option.state & QStyle::State_MouseOver)
        painter.fillRect(option.rect, t.bg2);
    painter.fillRect(QRectF(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), t.line);
    if (chosen && firstShownColumn(option, index))
        painter.fillRect(QRectF(option.rect.left(), option.rect.top(), 3, option.rect.height()), t.acc);
}

void StateDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    painter->save();
    paintCellGround(*painter, option, index);
    const Theme &theme = Theme::of(option.widget);
    const Tokens &t = theme.tokens();
    const bool twoLines = option.rect.height() >= theme.px(40);
    const QString text = index.data(Qt::DisplayRole).toString(), second = index.data(SecondRole).toString();
    const auto alignment = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt());
    QRectF area = QRectF(option.rect).adjusted(theme.px(cellPadding), 0, -theme.px(cellPadding), -1);
    const bool stacked = twoLines && !second.isEmpty();
    const QRectF first = stacked ? QRectF(area.left(), area.top() + theme.px(3.5), area.width(), theme.px(18)) : area;
    double indent = 0;
    if (const State state = stateAt(index, StateRole); state != State::None) {
        const double side = theme.px(14);
        const double x = text.isEmpty() ? area.center().x() - side / 2 : area.left();
        paintState(*painter, QRectF(x, first.center().y() - side / 2, side, side), state, option.widget);
        indent = side + theme.px(7);
    }
    const double under = stateAt(index, StateRole) == State::Stale ? 0 : indent; // a clock belongs to the age, not to the limit below
    const bool mono = index.data(MonoRole).toBool(), strong = index.data(StrongRole).toBool();
    painter->setFont(theme.font(mono ? TextRole::Mono : strong ? TextRole::Title : TextRole::Body));
    const State textState = stateAt(index, TextStateRole);
    painter->setPen(textState != State::None ? t.*stateInk(textState) : index.data(MutedRole).toBool() ? t.t3 : t.t1);
    const QRectF line = first.adjusted(indent, 0, 0, 0);
    if (alignment & Qt::AlignRight)
        drawTabular(*painter, line, alignment, text);
    else
        drawLine(*painter, line, Qt::AlignLeft | Qt::AlignVCenter, text, mono ? Qt::ElideMiddle : Qt::ElideRight);
    double after = line.left() + widthOf(*painter, text) + theme.px(6);
    if (!second.isEmpty()) {
        const State secondState = stateAt(index, SecondStateRole);
        painter->setFont(theme.font(stacked ? TextRole::Caption : TextRole::Second));
        painter->setPen(secondState != State::None ? t.*stateInk(secondState) : t.t3);
        if (stacked)
            drawLine(*painter, QRectF(area.left() + under, first.bottom(), area.width() - under, theme.px(15)), alignment, second);
        else if (after < area.right())
            drawLine(*painter, QRectF(after, area.top(), area.right() - after, area.height()), Qt::AlignLeft | Qt::AlignVCenter, second);
        after += widthOf(*painter, second) + theme.px(6);
    }
    if (const QStringList chips = index.data(ChipRole).toStringList(); !chips.isEmpty())
        paintChips(*painter, chips, after, first.center().y(), area.right(), option.widget);
    painter->restore();
}

QSize StateDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const {
    const Theme &theme = Theme::of(option.widget);
    const double text = tabularWidth(theme.font(TextRole::Body), index.data(Qt::DisplayRole).toString());
    const double second = widthOf(theme.font(TextRole::Caption), index.data(SecondRole).toString());
    const double glyph = stateAt(index, StateRole) != State::None ? theme.px(21) : 0;
    return {int(qMax(text, second) + glyph) + theme.px(2 * cellPadding), theme.px(second > 0 ? 42 : 32)};
}

void GateDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    painter->save();
    paintCellGround(*painter, option, index);
    const Theme &theme = Theme::of(option.widget);
    const Tokens &t = theme.tokens();
    const auto gate = index.data(GateRole).value<GateCell>();
    const QRectF area = QRectF(option.rect).adjusted(theme.px(12), 0, -theme.px(12), -1);
    const double side = theme.px(14);
    paintState(*painter, QRectF(area.left(), area.center().y() - side / 2, side, side), gate.state, option.widget);
    painter->setFont(theme.font(TextRole::Title));
    const double valueWidth = qMin(area.width() / 2, tabularWidth(painter->font(), gate.value) + 1);
    painter->setPen(gate.state == State::Bad ? t.bad : t.t1);
    drawTabular(*painter, QRectF(area.right() - valueWidth, area.top(), valueWidth, area.height()), Qt::AlignRight | Qt::AlignVCenter, gate.value);
    QRectF words = area.adjusted(side + theme.px(8), 0, -valueWidth - theme.px(8), 0);
    painter->setFont(theme.font(TextRole::Body));
    painter->setPen(t.t1);
    drawLine(*painter, words, Qt::AlignLeft | Qt::AlignVCenter, gate.rule);
    words.setLeft(words.left() + widthOf(*painter, gate.rule) + theme.px(8));
    if (words.width() > theme.px(30)) {
        painter->setFont(theme.font(TextRole::Caption));
        painter->setPen(t.t3);
        drawLine(*painter, words, Qt::AlignLeft | Qt::AlignVCenter, gate.source);
    }
    painter->restore();
}

void ListRowDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    painter->save();
    const Theme &theme = Theme::of(option.widget);
    const Tokens &t = theme.tokens();
    const QString text = index.data(Qt::DisplayRole).toString(), right = index.data(RightRole).toString();
    QRectF area = QRectF(option.rect).adjusted(theme.px(12), 0, -theme.px(12), -1);
    if (index.data(GroupRole).toBool()) {
        painter->fillRect(option.rect, t.bg2);
        painter->fillRect(QRectF(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), t.line);
        painter->setFont(theme.font(TextRole::Column));
        painter->setPen(t.t3);
        drawLine(*painter, area, Qt::AlignLeft | Qt::AlignVCenter, text);
        drawLine(*painter, area, Qt::AlignRight | Qt::AlignVCenter, right);
        painter->restore();
        return;
    }
    paintCellGround(*painter, option, index);
    const QString second = index.data(SecondRole).toString(), rightSecond = index.data(RightSecondRole).toString();
    const QStringList chips = index.data(ChipRole).toStringList();
    const double lines = theme.px(18) + (second.isEmpty() ? 0 : theme.px(16)) + (chips.isEmpty() ? 0 : theme.px(20));
    double y = area.top() + (area.height() - lines) / 2;
    if (const State state = stateAt(index, StateRole); state != State::None) {
        const double side = theme.px(14);
        paintState(*painter, QRectF(area.left(), y + theme.px(2), side, side), state, option.widget);
        area.setLeft(area.left() + side + theme.px(9));
    }
    const auto pair = [&](const QString &left, const QString &atRight, double height, const QFont &font, const QFont &rightFont, const QColor &ink, const QColor &rightInk) {
        const double rightWidth = atRight.isEmpty() ? 0 : qMin(area.width() * 0.6, tabularWidth(rightFont, atRight) + 1);
        painter->setFont(rightFont);
        painter->setPen(rightInk);
        drawTabular(*painter, QRectF(area.right() - rightWidth, y, rightWidth, height), Qt::AlignRight | Qt::AlignVCenter, atRight);
        painter->setFont(font);
        painter->setPen(ink);
        drawLine(*painter, QRectF(area.left(), y, area.width() - rightWidth - (rightWidth > 0 ? theme.px(8) : 0), height), Qt::AlignLeft | Qt::AlignVCenter, left);
        y += height;
    };
    const State textState = stateAt(index, TextStateRole), secondState = stateAt(index, SecondStateRole), rightState = stateAt(index, RightStateRole);
    pair(text, right, theme.px(18), theme.font(TextRole::Strong), theme.font(TextRole::Second),
         textState != State::None ? t.*stateInk(textState) : index.data(MutedRole).toBool() ? t.t2 : t.t1, rightState != State::None ? t.*stateInk(rightState) : t.t3);
    if (!second.isEmpty() || !rightSecond.isEmpty())
        pair(second, rightSecond, theme.px(16), theme.font(TextRole::Second), theme.font(TextRole::Second),
             secondState != State::None ? t.*stateInk(secondState) : t.t2, t.t3);
    if (!chips.isEmpty())
        paintChips(*painter, chips, area.left(), y + theme.px(11), area.right(), option.widget);
    painter->restore();
}

QSize ListRowDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const {
    const Theme &theme = Theme::of(option.widget);
    if (index.data(GroupRole).toBool())
        return {80, theme.px(26)};
    int height = 36;
    if (!index.data(SecondRole).toString().isEmpty())
        height = 52;
    if (!index.data(ChipRole).toStringList().isEmpty())
        height += 14;
    return {80, theme.px(height)};
}

} // namespace pilothouse::ui
