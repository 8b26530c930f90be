// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/history.h"
#include "widgets/base/panel.h"

#include <QDateTimeEdit>

namespace pilothouse::ui {

class Card;
class FilterEdit;
class FilterProxy;
class HistoryModel;
class KeyValues;
class Label;
class LiveBar;
class SegmentedControl;
class Table;

/// The life of one model: what was live when, with a question for one moment, and every change with who, why and where it is known from.
class HistoryView : public QWidget {
    Q_OBJECT
public:
    HistoryView(const PanelContext &context, QWidget *parent = nullptr);
    ~HistoryView() override;
    /// Asks on a pool; what is shown stays until the answer is there, if it is of the same model.
    void setModel(const QString &name); ///< as the workspace calls it, or a registered name
    void refresh();
    void setHistory(const fleet::History &history);
    QString model() const { return m_model; }
    /// The promotion that the chosen change belongs to; empty: none.
    QString chosenPromotion() const;
    QWidget *firstFocus() const;

Q_SIGNALS:
    void openPromotion(const QString &id);

private:
    QWidget *buildLive();
    QWidget *buildChanges();
    QWidget *buildDetail();
    void answer();
    void showChange();
    PanelContext m_context;
    QString m_model;
    fleet::History m_history;
    Task<fleet::History> m_task;
    Card *m_liveCard = nullptr, *m_card = nullptr, *m_detailCard = nullptr;
    LiveBar *m_bar = nullptr;
    QDateTimeEdit *m_when = nullptr;
    Label *m_words = nullptr;
    SegmentedControl *m_kinds = nullptr;
    FilterEdit *m_filterEdit = nullptr;
    FilterProxy *m_filter = nullptr;
    HistoryModel *m_changes = nullptr;
    Table *m_table = nullptr;
    KeyValues *m_facts = nullptr;
    bool m_atNow = true; ///< nobody chose a moment yet: the question follows the clock
};

} // namespace pilothouse::ui
