// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/history.h"
#include "widgets/base/cells.h"
#include "widgets/base/card.h"

namespace pilothouse::ui {

/// A change with a key that stays the same from one reading to the next.
struct HistoryLine {
    QString id;
    fleet::Change change;
};
std::vector<HistoryLine> historyLines(const fleet::History &history);

/// Which changes are listed.
enum class HistoryFilter { All, Versions, Decisions, Promotions, Aliases, Service };
bool passes(fleet::ChangeKind kind, HistoryFilter filter);
State stateOfChange(fleet::ChangeKind kind);

/// The changes of one model, newest first.
class HistoryModel : public RowsModel<HistoryLine> {
    Q_OBJECT
public:
    enum ColumnIndex { When, Kind, What, Who, Source };
    explicit HistoryModel(QObject *parent = nullptr);
    void setHistory(const fleet::History &history, const QDateTime &now);

protected:
    QString key(const HistoryLine &row) const override { return row.id; }
    QVariant cell(const HistoryLine &row, int column, int role) const override;
    bool same(const HistoryLine &before, const HistoryLine &after) const override;

private:
    QDateTime m_now;
};

/// Everything of a change, for the pane beside the list.
std::vector<KeyValues::Row> changeFacts(const fleet::Change &change);

} // namespace pilothouse::ui
