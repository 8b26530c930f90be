// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/cells.h"

#include <QListView>
#include <QSortFilterProxyModel>
#include <QTableView>

#include <functional>

namespace pilothouse::ui {

/// Filters by words (all must occur, any case) and an optional rule, and sorts by SortRole. Set on top of a model; a view
/// never filters by itself.
class FilterProxy : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit FilterProxy(QObject *parent = nullptr);
    void setWords(const QString &text);
    void setRule(std::function<bool(const QModelIndex &sourceRow)> rule); ///< gets column 0 of the source row

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    QStringList m_words;
    std::function<bool(const QModelIndex &)> m_rule;
};

/// Where the keyboard is in a list or table that has it: a ring round the chosen row, round the whole where none is in sight. After the view has painted itself.
void paintRowFocus(QAbstractItemView *view);

/// Our table: hairlines, 28 px header, 32 px rows, chosen row with accent bar. J K and arrows move, Enter opens, Ctrl C
/// copies the row as text. Column widths come from the model's Column table; columns with a dropOrder leave when it is narrow.
class Table : public QTableView {
    Q_OBJECT
public:
    enum RowHeight { Compact = 24, Normal = 32, TwoLine = 42 };
    explicit Table(QWidget *parent = nullptr);
    void setRowHeight(RowHeight height);
    void setModel(QAbstractItemModel *model) override;
    void reset() override; ///< the model may have other columns now
    QString currentId() const;         ///< IdRole of the chosen row
    void choose(const QString &id);    ///< selects the row with this id and scrolls to it
    int droppedColumns() const { return m_dropped; }
    void setNarrowWidth(int column, int width); ///< instead of the column table's; 0: as it says there
    QString rowText(int row) const;    ///< tab-separated, with second lines

Q_SIGNALS:
    void chosen(const QString &id);    ///< selection moved
    void opened(const QString &id);    ///< Enter or double-click
    void droppedChanged(int columns);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void fitColumns();
    void restyle();
    RowHeight m_rowHeight = Normal;
    int m_dropped = 0;
    QHash<int, int> m_widths;
};

/// A list of two-line rows with group headings (ListRowDelegate). Groups cannot be chosen.
class List : public QListView {
    Q_OBJECT
public:
    explicit List(QWidget *parent = nullptr);
    QString currentId() const;
    void choose(const QString &id);

Q_SIGNALS:
    void chosen(const QString &id);
    void opened(const QString &id);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
};

} // namespace pilothouse::ui
