// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/table.h"

#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScopedValueRollback>

namespace pilothouse::ui {
namespace {

/// Titles in the column role, sort mark, hairline below.
class Header final : public QHeaderView {
public:
    explicit Header(QWidget *parent) : QHeaderView(Qt::Horizontal, parent) {
        setHighlightSections(false);
        setSectionsClickable(true);
        setMinimumSectionSize(24);
    }
    QSize sizeHint() const override { return {QHeaderView::sizeHint().width(), Theme::of(this).px(28)}; }

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override {
        const Theme &theme = Theme::of(this);
        const Tokens &t = theme.tokens();
        painter->save();
        painter->fillRect(QRectF(rect.left(), rect.bottom(), rect.width(), 1), t.line);
        painter->setFont(theme.font(TextRole::Column));
        const bool sorted = isSortIndicatorShown() && sortIndicatorSection() == section;
        painter->setPen(sorted ? t.t1 : t.t3);
        const QRectF area = QRectF(rect).adjusted(theme.px(8), 0, -theme.px(8), 0);
        QString title = model()->headerData(section, Qt::Horizontal).toString();
        if (sorted && !title.isEmpty())
            title += sortIndicatorOrder() == Qt::AscendingOrder ? QStringLiteral(" ↑") : QStringLiteral(" ↓");
        const auto alignment = Qt::Alignment(model()->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole).toInt());
        drawLine(*painter, area, alignment | Qt::AlignVCenter, title);
        painter->restore();
    }
    void paintEvent(QPaintEvent *event) override {
        QHeaderView::paintEvent(event);
        QPainter painter(viewport()); // the line goes on where no section is
        painter.fillRect(QRect(0, viewport()->height() - 1, viewport()->width(), 1), tokens(this).line);
    }
};

/// Letters that move must not fall into the view's keyboard search.
int rowKey(const QKeyEvent *event) {
    if (event->modifiers() & ~Qt::KeypadModifier)
        return 0;
    return event->key() == Qt::Key_J ? Qt::Key_Down : event->key() == Qt::Key_K ? Qt::Key_Up : 0;
}

QModelIndex findId(const QAbstractItemModel *model, const QString &id) {
    for (int row = 0; model && row < model->rowCount(); ++row)
        if (const QModelIndex index = model->index(row, 0); index.data(IdRole).toString() == id)
            return index;
    return {};
}

} // namespace

FilterProxy::FilterProxy(QObject *parent) : QSortFilterProxyModel(parent) {
    setSortRole(SortRole);
    setDynamicSortFilter(true);
}

void FilterProxy::setWords(const QString &text) {
    m_words = text.toCaseFolded().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

void FilterProxy::setRule(std::function<bool(const QModelIndex &)> rule) {
    m_rule = std::move(rule);
    invalidateFilter();
}

bool FilterProxy::filterAcceptsRow(int row, const QModelIndex &parent) const {
    const QModelIndex first = sourceModel()->index(row, 0, parent);
    if (m_rule && !m_rule(first))
        return false;
    if (m_words.isEmpty())
        return true;
    QString text = first.data(FilterRole).toString();
    if (text.isEmpty())
        for (int column = 0; column < sourceModel()->columnCount(parent); ++column) {
            const QModelIndex cell = first.siblingAtColumn(column);
            text += cell.data(Qt::DisplayRole).toString() + QLatin1Char(' ') + cell.data(SecondRole).toString() + QLatin1Char(' ');
        }
    text = text.toCaseFolded();
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString &word) { return text.contains(word); });
}

bool FilterProxy::lessThan(const QModelIndex &left, const QModelIndex &right) const {
    const QVariant a = left.data(SortRole), b = right.data(SortRole);
    if (!a.isValid() || !b.isValid())
        return a.isValid() != b.isValid() ? !a.isValid() : left.data().toString().localeAwareCompare(right.data().toString()) < 0;
    return QVariant::compare(a, b) == QPartialOrdering::Less;
}

Table::Table(QWidget *parent) : QTableView(parent) {
    setHorizontalHeader(new Header(this));
    verticalHeader()->hide();
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setWordWrap(false);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    setCornerButtonEnabled(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setItemDelegate(new StateDelegate(this));
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setStretchLastSection(false);
    connect(this, &QAbstractItemView::doubleClicked, this, [this](const QModelIndex &index) {
        Q_EMIT opened(index.siblingAtColumn(0).data(IdRole).toString());
    });
    connect(&Theme::of(this), &Theme::changed, this, &Table::restyle);
    restyle();
}

void Table::restyle() {
    verticalHeader()->setMinimumSectionSize(16);
    verticalHeader()->setDefaultSectionSize(Theme::of(this).px(m_rowHeight));
    QPalette p = palette();
    p.setColor(QPalette::Base, Qt::transparent); // the card's ground
    viewport()->setPalette(p);
    viewport()->setAutoFillBackground(false);
    fitColumns();
}

void Table::setRowHeight(RowHeight height) {
    m_rowHeight = height;
    restyle();
}

void Table::setNarrowWidth(int column, int width) {
    if (m_widths.value(column) == width)
        return;
    if (width > 0)
        m_widths.insert(column, width);
    else
        m_widths.remove(column);
    fitColumns();
}

void Table::setModel(QAbstractItemModel *model) {
    QTableView::setModel(model);
    fitColumns();
}

void Table::reset() {
    QTableView::reset();
    fitColumns();
}

void Table::changeEvent(QEvent *event) {
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        fitColumns();
}

void Table::resizeEvent(QResizeEvent *event) {
    QTableView::resizeEvent(event);
    fitColumns();
}

void Table::fitColumns() {
    const QAbstractItemModel *source = model();
    while (const auto *proxy = qobject_cast<const QAbstractProxyModel *>(source))
        source = proxy->sourceModel();
    const auto *rows = qobject_cast<const RowsModelBase *>(source);
    if (!rows)
        return;
    const Theme &theme = Theme::of(this);
    std::vector<Column> columns = rows->columns();
    for (auto width = m_widths.begin(); width != m_widths.end(); ++width)
        if (width.key() < int(columns.size()))
            columns[std::size_t(width.key())].width = width.value();
    const int room = viewport()->width();
    constexpr int flexible = 140; // what a column of width 0 needs at least
    std::vector<bool> shown(columns.size(), true);
    const auto needed = [&] {
        int sum = 0;
        for (std::size_t i = 0; i < columns.size(); ++i)
            sum += shown[i] ? theme.px(columns[i].width ? columns[i].width : flexible) : 0;
        return sum;
    };
    int dropped = 0;
    for (int order = 1; needed() > room && order < 10; ++order)
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (columns[i].dropOrder == order && shown[i] && needed() > room) {
                shown[i] = false;
                ++dropped;
            }
    // What is left over goes to the columns of width 0, or to all in proportion.
    const int spare = room - needed();
    int flexibles = 0, whole = 0;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (shown[i])
            flexibles += columns[i].width == 0, whole += columns[i].width;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        setColumnHidden(int(i), !shown[i]);
        if (!shown[i])
            continue;
        int width = theme.px(columns[i].width ? columns[i].width : flexible);
        if (flexibles)
            width += columns[i].width ? 0 : qMax(0, spare) / flexibles;
        else if (spare > 0 && whole > 0 && columns[i].width > 40)
            width += int(qint64(spare) * columns[i].width / whole);
        setColumnWidth(int(i), width);
    }
    if (dropped != m_dropped) {
        m_dropped = dropped;
        Q_EMIT droppedChanged(dropped);
    }
}

void Table::keyPressEvent(QKeyEvent *event) {
    if (const int moved = rowKey(event)) {
        QKeyEvent arrow(event->type(), moved, Qt::NoModifier);
        return QTableView::keyPressEvent(&arrow);
    }
    if (event->matches(QKeySequence::Copy) && currentIndex().isValid()) {
        QApplication::clipboard()->setText(rowText(currentIndex().row()));
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && !event->modifiers() && currentIndex().isValid()) {
        Q_EMIT opened(currentId());
        return;
    }
    if (!event->text().isEmpty() && event->text().at(0).isPrint() && event->key() != Qt::Key_Space) {
        event->ignore(); // single letters are keys of the panel, not a search
        return;
    }
    QTableView::keyPressEvent(event);
}

QString Table::rowText(int row) const {
    QStringList parts;
    for (int column = 0; column < model()->columnCount(); ++column) {
        const QModelIndex cell = model()->index(row, column);
        QString text = cell.data(Qt::DisplayRole).toString();
        if (const QString second = cell.data(SecondRole).toString(); !second.isEmpty())
            text += QStringLiteral(" (%1)").arg(second);
        parts << text;
    }
    return parts.join(QLatin1Char('\t'));
}

QString Table::currentId() const { return currentIndex().isValid() ? currentIndex().siblingAtColumn(0).data(IdRole).toString() : QString(); }

void Table::choose(const QString &id) {
    if (const QModelIndex index = findId(model(), id); index.isValid() && id != currentId()) {
        setCurrentIndex(index);
        scrollTo(index);
    }
}

void Table::currentChanged(const QModelIndex &current, const QModelIndex &previous) {
    QTableView::currentChanged(current, previous);
    viewport()->update(); // the ring
    if (current.isValid() && (current.row() != previous.row() || !previous.isValid()))
        Q_EMIT chosen(current.siblingAtColumn(0).data(IdRole).toString());
}

void Table::paintEvent(QPaintEvent *event) {
    QTableView::paintEvent(event);
    paintRowFocus(this);
}

void paintRowFocus(QAbstractItemView *view) {
    if (!view->hasFocus())
        return;
    QStyleOption ring;
    ring.rect = view->visualRect(view->currentIndex());
    const QRect seen = view->viewport()->rect();
    if (const auto *table = qobject_cast<const QTableView *>(view); table && !ring.rect.isEmpty()) { // the row, not the cell
        ring.rect.setLeft(-table->horizontalHeader()->offset());
        ring.rect.setWidth(table->horizontalHeader()->length());
    }
    if (!view->currentIndex().isValid() || !ring.rect.intersects(seen))
        ring.rect = seen;
    ring.rect.setLeft(std::max(ring.rect.left(), 0)); // what is scrolled aside has no edge
    ring.rect.setRight(std::min(ring.rect.right(), seen.right()));
    QPainter painter(view->viewport());
    view->style()->drawPrimitive(QStyle::PE_FrameFocusRect, &ring, &painter, view);
}

List::List(QWidget *parent) : QListView(parent) {
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setItemDelegate(new ListRowDelegate(this));
    setResizeMode(Adjust);
    QPalette p = palette();
    p.setColor(QPalette::Base, Qt::transparent);
    viewport()->setPalette(p);
    viewport()->setAutoFillBackground(false);
    connect(this, &QAbstractItemView::doubleClicked, this, [this](const QModelIndex &index) { Q_EMIT opened(index.data(IdRole).toString()); });
    connect(&Theme::of(this), &Theme::changed, this, [this] { scheduleDelayedItemsLayout(); });
}

QString List::currentId() const { return currentIndex().isValid() ? currentIndex().data(IdRole).toString() : QString(); }

void List::choose(const QString &id) {
    if (const QModelIndex index = findId(model(), id); index.isValid() && id != currentId()) {
        setCurrentIndex(index);
        scrollTo(index);
    }
}

void List::resizeEvent(QResizeEvent *event) {
    QListView::resizeEvent(event);
    scheduleDelayedItemsLayout();
}

void List::keyPressEvent(QKeyEvent *event) {
    if (const int moved = rowKey(event)) {
        QKeyEvent arrow(event->type(), moved, Qt::NoModifier);
        return QListView::keyPressEvent(&arrow);
    }
    if (event->matches(QKeySequence::Copy) && currentIndex().isValid()) {
        const QModelIndex row = currentIndex();
        QApplication::clipboard()->setText(QStringList{row.data().toString(), row.data(SecondRole).toString(), row.data(RightRole).toString()}.join(QLatin1Char('\t')));
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && !event->modifiers() && currentIndex().isValid()) {
        Q_EMIT opened(currentId());
        return;
    }
    if (!event->text().isEmpty() && event->text().at(0).isPrint() && event->key() != Qt::Key_Space) {
        event->ignore();
        return;
    }
    QListView::keyPressEvent(event);
}

void List::paintEvent(QPaintEvent *event) {
    QListView::paintEvent(event);
    paintRowFocus(this);
}

void List::currentChanged(const QModelIndex &current, const QModelIndex &previous) {
    QListView::currentChanged(current, previous);
    viewport()->update();
    if (current.isValid() && !current.data(GroupRole).toBool())
        Q_EMIT chosen(current.data(IdRole).toString());
}

} // namespace pilothouse::ui
