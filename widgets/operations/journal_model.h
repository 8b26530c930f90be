// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/cells.h"
#include "widgets/base/journal_text.h"

namespace pilothouse::ui {

/// The journal's lines, newest first.
class JournalModel : public RowsModel<operations::JournalEntry> {
    Q_OBJECT
public:
    enum ColumnIndex { Number, When, Who, Did, On, Change, Seal };
    explicit JournalModel(QObject *parent = nullptr);
    void setEntries(const std::vector<operations::JournalEntry> &entries, const QDateTime &now);

protected:
    QString key(const operations::JournalEntry &row) const override { return QString::number(row.sequence); }
    QVariant cell(const operations::JournalEntry &row, int column, int role) const override;
    /// A line is never rewritten; if its hash differs it is another line.
    bool same(const operations::JournalEntry &before, const operations::JournalEntry &after) const override { return before.hash == after.hash; }

private:
    QDateTime m_now;
};

/// The entry as the lines of the detail pane and of the clipboard.
QString entryText(const operations::JournalEntry &entry, const QDateTime &now);

} // namespace pilothouse::ui
