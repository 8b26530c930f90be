// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rollouts/apply_folder.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// One object of an apply: what would become of it, and the lines that say so.
struct ApplyLine {
    QString object, place, word, second; ///< word: "create", "change" …; second: its images or what is in the way
    State state = State::None;
    QStringList diff;
    int added = 0, removed = 0;
    bool operator==(const ApplyLine &) const = default;
};
/// What changes first, in the order of the plan; what stays as it is comes last.
std::vector<ApplyLine> applyLines(const rollouts::ApplyPlan &plan);
/// "image app of Deployment api (api.yml:6): v1 → v2", a line for each that was filled in.
QStringList filledImageLines(const rollouts::ApplyPlan &plan);
/// "2 to create, 1 to change, 0 to delete, 3 unchanged"
QString applyCounts(const rollouts::ApplyPlan &plan);

class ApplyModel : public RowsModel<ApplyLine> {
    Q_OBJECT
public:
    enum ColumnIndex { Change, Object, Lines, Place };
    explicit ApplyModel(QObject *parent = nullptr);

protected:
    QString key(const ApplyLine &row) const override { return row.object; }
    QVariant cell(const ApplyLine &row, int column, int role) const override;
    bool same(const ApplyLine &before, const ApplyLine &after) const override { return before == after; }
};

} // namespace pilothouse::ui
