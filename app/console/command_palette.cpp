// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/command_palette.h"

#include "widgets/base/button.h"
#include "widgets/base/cells.h"
#include "widgets/base/format.h"
#include "widgets/base/fuzzy.h"
#include "widgets/base/icons.h"
#include "widgets/base/table.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QElapsedTimer>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QPointer>

#include <algorithm>

namespace pilothouse::console {

using namespace ui;

namespace {

constexpr int blockedCost = 30; // less than what a word's start or a whole piece is worth: of matches of one kind those that can run come first
constexpr int mostLines = 200; // nobody scrolls further, and the first row must be there at once

/// Icon or state, text with the matched letters in accent, detail, keys.
class PaletteDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        return {100, Theme::of(option.widget).px(index.data(GroupRole).toBool() ? 32 : 36)};
    }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const Theme &theme = Theme::of(option.widget);
        const Tokens &t = theme.tokens();
        const QRectF area = QRectF(option.rect).adjusted(theme.px(16), 0, -theme.px(16), 0);
        const QString text = index.data().toString();
        if (index.data(GroupRole).toBool()) {
            painter->setFont(theme.font(TextRole::Label));
            painter->setPen(t.t3);
            drawLine(*painter, area, Qt::AlignLeft | Qt::AlignVCenter, text);
            painter->restore();
            return;
        }
        if (option.state & QStyle::State_Selected) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(t.sel);
            painter->drawRoundedRect(QRectF(option.rect).adjusted(theme.px(4), 0, -theme.px(4), 0), 6, 6);
        }
        const double side = theme.px(15);
        const QRectF glyph(area.left(), area.center().y() - side / 2, side, side);
        if (const State state = State(index.data(StateRole).toInt()); state != State::None)
            paintState(*painter, glyph, state, option.widget);
        else
            paintIcon(*painter, glyph, index.data(Qt::DecorationRole).toString(), t.t2);
        const QStringList keys = index.data(PaletteModel::KeysRole).toStringList();
        const double keyWidth = keys.isEmpty() ? 0 : paintKeys(painter, keys, area.right(), area.center().y(), t.t3, option.widget) + theme.px(10);
        const QString blocked = index.data(PaletteModel::BlockedRole).toString();
        painter->setFont(theme.font(TextRole::Body));
        const QFontMetricsF metrics(painter->font());
        double x = area.left() + side + theme.px(13);
        const double right = area.right() - keyWidth;
        const auto positions = index.data(PaletteModel::PositionsRole).toList();
        // Runs of matched and other letters, so that kerning inside a run stays.
        for (qsizetype from = 0; from < text.size() && x < right;) {
            const bool hit = positions.contains(int(from));
            qsizetype to = from + 1;
            while (to < text.size() && positions.contains(int(to)) == hit)
                ++to;
            const QString run = text.mid(from, to - from);
            painter->setPen(!blocked.isEmpty() ? t.t3 : hit ? t.acc : t.t1);
            drawLine(*painter, QRectF(x, area.top(), right - x, area.height()), Qt::AlignLeft | Qt::AlignVCenter, run);
            x += metrics.horizontalAdvance(run);
            from = to;
        }
        x += theme.px(12);
        painter->setFont(theme.font(TextRole::Second));
        painter->setPen(t.t3);
        if (x + 20 < right)
            drawLine(*painter, QRectF(x, area.top(), right - x, area.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     blocked.isEmpty() ? index.data(SecondRole).toString() : blocked);
        painter->restore();
    }
};

} // namespace

void PaletteModel::setItems(std::vector<PaletteItem> items) {
    m_items = std::move(items);
    setText({});
}

void PaletteModel::setText(const QString &text) {
    beginResetModel();
    m_lines.clear();
    m_found = 0;
    const QChar prefix = text.isEmpty() ? QChar() : text.front();
    const bool narrowed = prefix == QLatin1Char('>') || prefix == QLatin1Char('#') || prefix == QLatin1Char('@');
    const QString pattern = narrowed ? text.mid(1).trimmed() : text.trimmed();
    struct Hit {
        int item;
        FuzzyMatch match;
    };
    QStringList sections;
    QHash<QString, std::vector<Hit>> hits;
    for (int i = 0; i < int(m_items.size()); ++i) {
        const PaletteItem &item = m_items[std::size_t(i)];
        if (narrowed && item.prefix != prefix)
            continue;
        auto match = fuzzyMatch(pattern, item.text);
        if (!match) { // the detail counts too, less
            if (const auto second = fuzzyMatch(pattern, item.detail); second && second->score > 100)
                match = FuzzyMatch{second->score - 100, {}};
            else
                continue;
        }
        if (!item.blocked.isEmpty())
            match->score -= blockedCost;
        if (!sections.contains(item.section))
            sections << item.section;
        hits[item.section].push_back({i, std::move(*match)});
        ++m_found;
    }
    for (const QString &section : sections) {
        auto &list = hits[section];
        std::stable_sort(list.begin(), list.end(), [](const Hit &a, const Hit &b) { return a.match.score > b.match.score; });
        m_lines.push_back({-1, section, {}});
        for (Hit &hit : list)
            if (int(m_lines.size()) < mostLines)
                m_lines.push_back({hit.item, {}, std::move(hit.match.positions)});
    }
    endResetModel();
}

int PaletteModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_lines.size()); }

const PaletteItem *PaletteModel::item(const QModelIndex &index) const {
    if (!index.isValid() || index.row() >= int(m_lines.size()))
        return nullptr;
    const int at = m_lines[std::size_t(index.row())].item;
    return at < 0 ? nullptr : &m_items[std::size_t(at)];
}

QVariant PaletteModel::data(const QModelIndex &index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Line &line = m_lines[std::size_t(index.row())];
    const PaletteItem *found = item(index);
    if (!found)
        return role == Qt::DisplayRole ? QVariant(line.heading) : role == GroupRole ? QVariant(true) : QVariant();
    switch (role) {
    case Qt::DisplayRole: return found->text;
    case Qt::DecorationRole: return found->icon;
    case SecondRole: return found->detail;
    case StateRole: return int(found->state);
    case KeysRole: return found->keys;
    case BlockedRole: return found->blocked;
    case Qt::AccessibleTextRole: return QStringLiteral("%1, %2").arg(found->text, found->blocked.isEmpty() ? found->detail : found->blocked);
    case PositionsRole: {
        QVariantList positions;
        for (int position : line.positions)
            positions << position;
        return positions;
    }
    default: return {};
    }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex &index) const {
    if (!index.isValid())
        return {};
    return item(index) ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::ItemNeverHasChildren;
}

CommandPalette::CommandPalette(QWidget *window)
    : QWidget(window), m_window(window), m_edit(new QLineEdit(this)), m_list(new List(this)), m_count(new Label({}, TextRole::Second, &Tokens::t3, this)),
      m_model(new PaletteModel(this)) {
    setObjectName(QStringLiteral("palette"));
    setAccessibleName(tr("Command palette"));
    m_edit->setObjectName(QStringLiteral("paletteEdit"));
    m_edit->setAccessibleName(tr("Search or run a command"));
    m_edit->setPlaceholderText(tr("Search or run a command"));
    m_edit->setFrame(false);
    m_edit->setStyleSheet(QStringLiteral("QLineEdit, QLineEdit:focus { border: 0; background: transparent; }"));
    m_list->setObjectName(QStringLiteral("paletteList"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_count->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_edit->installEventFilter(this);
    window->installEventFilter(this);
    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_list, &QAbstractItemView::clicked, this, &CommandPalette::run);
    hide();
}

void CommandPalette::open(std::vector<PaletteItem> items, const QString &text) {
    m_before = m_window->focusWidget();
    m_model->setItems(std::move(items));
    m_edit->setText(text);
    search();
    place();
    show();
    raise();
    m_edit->setFocus();
    m_edit->end(false);
}

void CommandPalette::close() {
    if (!isVisible())
        return;
    hide();
    if (m_before)
        m_before->setFocus();
    m_before.clear();
    m_model->setItems({}); // closures of a snapshot that goes
}

void CommandPalette::search() {
    QElapsedTimer timer;
    timer.start();
    m_model->setText(m_edit->text());
    const qint64 spent = timer.elapsed();
    m_count->setText(tr("%n results in %1 ms", nullptr, m_model->found()).arg(qMax<qint64>(1, spent)));
    m_list->setCurrentIndex({});
    move(1);
    place();
}

void CommandPalette::place() {
    const Theme &theme = Theme::of(this);
    setGeometry(m_window->rect());
    const int width = qMin(theme.px(720), m_window->width() - theme.px(64)), head = theme.px(52), foot = theme.px(36);
    int lines = 0;
    for (int row = 0; row < m_model->rowCount() && lines < theme.px(470); ++row)
        lines += m_list->sizeHintForIndex(m_model->index(row, 0)).height();
    const int list = qMin(lines, m_window->height() - theme.px(120) - head - foot);
    m_box = QRect((m_window->width() - width) / 2, theme.px(104), width, head + list + foot + theme.px(8));
    if (m_box.bottom() > m_window->height() - 16)
        m_box.moveTop(qMax(8, m_window->height() - 16 - m_box.height()));
    m_edit->setFont(theme.font(TextRole::Screen));
    m_edit->setGeometry(m_box.left() + theme.px(36), m_box.top() + 1, width - theme.px(240), head - 2);
    m_count->setGeometry(m_box.right() - theme.px(216), m_box.top() + 1, theme.px(200), head - 2);
    m_list->setGeometry(m_box.left() + 1, m_box.top() + head + theme.px(4), width - 2, list);
    update();
}

void CommandPalette::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    QColor scrim = t.bg0;
    scrim.setAlphaF(0.66f);
    painter.fillRect(rect(), scrim);
    painter.setPen(QPen(t.line2, 1));
    painter.setBrush(t.bg2);
    painter.drawRoundedRect(QRectF(m_box).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
    const double head = theme.px(52), foot = theme.px(36), side = theme.px(16);
    paintIcon(painter, QRectF(m_box.left() + theme.px(16), m_box.top() + (head - side) / 2, side, side), QStringLiteral("search"), t.t2);
    painter.setPen(QPen(t.line, 1));
    painter.drawLine(QPointF(m_box.left() + 1, m_box.top() + head + 0.5), QPointF(m_box.right(), m_box.top() + head + 0.5));
    painter.drawLine(QPointF(m_box.left() + 1, m_box.bottom() - foot + 0.5), QPointF(m_box.right(), m_box.bottom() - foot + 0.5));
    double x = m_box.left() + theme.px(16);
    const double middle = m_box.bottom() - foot / 2;
    const std::pair<QStringList, QString> hints[] = {{{QStringLiteral("↑"), QStringLiteral("↓")}, tr("choose")}, {{QStringLiteral("↵")}, tr("run")},
                                                     {{QStringLiteral(">")}, tr("commands only")}, {{QStringLiteral("#")}, tr("runs")}, {{QStringLiteral("@")}, tr("endpoints")}};
    for (const auto &[keys, words] : hints) {
        const double width = paintKeys(nullptr, keys, 0, 0, {}, this);
        paintKeys(&painter, keys, x + width, middle, t.t3, this);
        x += width + theme.px(6);
        painter.setFont(theme.font(TextRole::Second));
        painter.setPen(t.t2);
        const double wide = widthOf(painter, words);
        drawLine(painter, QRectF(x, middle - 10, wide + 2, 20), Qt::AlignVCenter, words);
        x += wide + theme.px(16);
    }
}

void CommandPalette::mousePressEvent(QMouseEvent *event) {
    if (!m_box.contains(event->pos()))
        close();
}

void CommandPalette::move(int by) {
    const int rows = m_model->rowCount();
    int row = m_list->currentIndex().isValid() ? m_list->currentIndex().row() : -1;
    for (int step = 0; step < rows; ++step) {
        row = (row + by + rows) % rows;
        if (m_model->item(m_model->index(row, 0))) {
            m_list->setCurrentIndex(m_model->index(row, 0));
            if (row <= 1)
                m_list->scrollToTop(); // with its heading
            else
                m_list->scrollTo(m_list->currentIndex());
            return;
        }
    }
}

void CommandPalette::run() {
    const PaletteItem *item = m_model->item(m_list->currentIndex());
    if (!item || !item->blocked.isEmpty())
        return;
    const auto act = item->run; // the item goes with the close
    close();
    act();
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event) {
    if (watched == m_window && event->type() == QEvent::Resize && isVisible())
        place();
    if (watched != m_edit || event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    switch (static_cast<QKeyEvent *>(event)->key()) {
    case Qt::Key_Escape: close(); return true;
    case Qt::Key_Down: move(1); return true;
    case Qt::Key_Up: move(-1); return true;
    case Qt::Key_PageDown:
        for (int i = 0; i < 8; ++i)
            move(1);
        return true;
    case Qt::Key_PageUp:
        for (int i = 0; i < 8; ++i)
            move(-1);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: run(); return true;
    default: return QWidget::eventFilter(watched, event);
    }
}

} // namespace pilothouse::console
