// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/run_filter.h"
#include "widgets/base/field.h"

#include <QAbstractListModel>
#include <QTimer>

#include <memory>

class QCompleter;

namespace pilothouse::ui {

/// What may stand at the cursor, for the list below the field.
class FilterCompletionModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setItems(std::vector<registry::FilterCompletions::Item> items);
    const std::vector<registry::FilterCompletions::Item> &items() const { return m_items; }
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_items.size()); }
    QVariant data(const QModelIndex &index, int role) const override;

private:
    std::vector<registry::FilterCompletions::Item> m_items;
};

/// The filter of a table of runs: judged while it is written, the wrong part underlined, with keys, operators and seen values offered below.
/// Ctrl Space or ↓ opens the offers, Tab takes the first, Enter the chosen one.
class RunFilterEdit : public FilterEdit {
    Q_OBJECT
public:
    explicit RunFilterEdit(QWidget *parent = nullptr);
    void setVocabulary(std::shared_ptr<const registry::RunVocabulary> known);
    const registry::RunFilter &filter() const { return m_filter; } ///< the last one that could be read
    QString problem() const { return m_problem; }                  ///< "column 3: …"; empty: none
    void judge(); ///< now, instead of a moment after the last key

Q_SIGNALS:
    void filterChanged();
    void problemChanged(const QString &problem);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override; ///< Tab takes an offer, before it moves the focus

private:
    void offer(bool asked);
    void take(const QString &text);
    void underline(std::optional<registry::TextSpan> wrong);
    std::shared_ptr<const registry::RunVocabulary> m_known;
    registry::RunFilter m_filter;
    registry::TextSpan m_replaces;
    FilterCompletionModel *m_offers;
    QCompleter *m_completer;
    QTimer m_settle; ///< one judgement for a burst of keys
    QString m_problem;
};

} // namespace pilothouse::ui
