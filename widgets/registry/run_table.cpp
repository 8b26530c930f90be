// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/run_table.h"

#include "widgets/registry/run_table_model.h"

#include <QHeaderView>
#include <QKeyEvent>

namespace pilothouse::ui {

RunTable::RunTable(QWidget *parent) : Table(parent) {
    setRowHeight(Compact);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setItemDelegate(new RunDelegate(this));
    horizontalHeader()->setSortIndicatorClearable(true); // the third click: newest first again
    connect(this, &QAbstractItemView::clicked, this, [this](const QModelIndex &index) {
        if (index.column() == RunTableModel::MarkColumn)
            Q_EMIT markWanted(index.data(IdRole).toString());
    });
}

void RunTable::keyPressEvent(QKeyEvent *event) {
    const bool plain = !(event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier));
    if (plain && (event->key() == Qt::Key_Space || event->key() == Qt::Key_X) && currentIndex().isValid()) {
        Q_EMIT markWanted(currentId());
        return;
    }
    if (event->matches(QKeySequence::Copy)) {
        Q_EMIT copyWanted();
        return;
    }
    Table::keyPressEvent(event);
}

void RunTable::scrollContentsBy(int dx, int dy) {
    Table::scrollContentsBy(dx, dy);
    if (dy != 0)
        Q_EMIT scrolled();
}

void RunTable::resizeEvent(QResizeEvent *event) {
    Table::resizeEvent(event);
    Q_EMIT scrolled();
}

} // namespace pilothouse::ui
