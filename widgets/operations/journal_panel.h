// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "widgets/base/panel.h"

namespace pilothouse::ui {

class Button;
class Card;
class FilterEdit;
class FilterProxy;
class JournalModel;
class LiveView;
class LogView;
class SegmentedControl;
class StateBadge;
class Table;

/// Board 08, right: every write with who, what, before and after, the seal of the chain, and what was live at a time.
/// "journal.export" belongs to the window, because a file is written.
class JournalPanel : public Panel {
    Q_OBJECT
public:
    explicit JournalPanel(const PanelContext &context);
    ~JournalPanel() override;
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override; ///< a number, an operation id, or words to filter by
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &actionId) const override;
    QWidget *firstFocus() override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *buildTable();
    QWidget *buildDetail();
    void addActions();
    void addWays();
    void showEntry();
    void showWays();
    /// The lines of the chosen row's operation, newest first; empty where it has none.
    std::vector<operations::JournalEntry> linesOf(const QString &operation) const;
    QString chosenOperation() const;
    void verify();
    QString textOf(const operations::JournalEntry &entry) const;
    std::vector<operations::JournalEntry> m_entries; ///< as they stand in the file, newest first
    operations::JournalCheck m_check;
    JournalModel *m_model;
    FilterProxy *m_filter;
    FilterEdit *m_words;
    SegmentedControl *m_mode;
    Table *m_table;
    Card *m_tableCard, *m_detailCard, *m_liveCard;
    Button *m_undo = nullptr, *m_continue = nullptr; ///< of the chosen operation
    StateBadge *m_seal;
    LogView *m_detail;
    LiveView *m_live;
    qint64 m_newest = -1;
    Task<operations::JournalCheck> m_verify;
};

} // namespace pilothouse::ui
