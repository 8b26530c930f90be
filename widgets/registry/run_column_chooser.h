// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/run_columns.h"

#include <QAbstractListModel>
#include <QFrame>

class QListView;

namespace pilothouse::ui {

class FilterEdit;
class FilterProxy;

/// The columns that a table of runs can have, those it has first and checked.
class RunColumnModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void set(const std::vector<registry::RunColumn> &chosen, const registry::RunVocabulary &known);
    /// Offers a column that is no one else's, "metrics.loss@100"; nullopt: none.
    void setTyped(std::optional<registry::RunColumn> column);
    void toggle(int row);
    std::vector<registry::RunColumn> chosen() const;
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    QVariant data(const QModelIndex &index, int role) const override;

private:
    struct Row {
        registry::RunColumn column;
        bool chosen = false, typed = false;
    };
    std::vector<Row> m_rows;
};

/// A small window below a button: a field to search in, and the columns to check. Enter or Space checks; a metric's column at a step is written:
/// metrics.loss@100.
class RunColumnChooser : public QFrame {
    Q_OBJECT
public:
    explicit RunColumnChooser(QWidget *parent);
    void open(const std::vector<registry::RunColumn> &chosen, const registry::RunVocabulary &known, const QPoint &bottomRight);

Q_SIGNALS:
    void chosenChanged(const std::vector<registry::RunColumn> &columns);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override; ///< arrows and Enter in the field work on the list
    void paintEvent(QPaintEvent *event) override;

private:
    void toggle(const QModelIndex &index);
    RunColumnModel *m_model;
    FilterProxy *m_proxy;
    FilterEdit *m_words;
    QListView *m_list;
};

} // namespace pilothouse::ui
