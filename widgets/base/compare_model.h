// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/registry.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// Settings and figures of a few runs side by side; a row differs when not all values are the same.
struct CompareRow {
    QString name;
    QStringList values;
    bool differs = false;
};
std::vector<CompareRow> compareRuns(const std::vector<const registry::Run *> &runs);

/// The chosen runs side by side, one setting or figure a line; what differs comes first and stands out.
class CompareModel : public RowsModel<CompareRow> {
    Q_OBJECT
public:
    explicit CompareModel(QObject *parent = nullptr) : RowsModel(parent) { setRuns({}); }
    /// @param names  above the columns; empty: the runs' own
    void setRuns(const std::vector<const registry::Run *> &runs, const QStringList &names = {}) {
        beginResetModel(); // the columns are other runs now
        m_columns = {{tr("Setting"), Qt::AlignLeft | Qt::AlignVCenter, 0, {}, 0}};
        for (const registry::Run *run : runs)
            m_columns.push_back({!names.isEmpty() ? names.value(qsizetype(m_columns.size()) - 1) : run->name.isEmpty() ? run->id.left(8) : run->name, Qt::AlignRight | Qt::AlignVCenter, 96, run->id, 0});
        endResetModel();
        setRows(compareRuns(runs));
    }

protected:
    QString key(const CompareRow &row) const override { return row.name; }
    QVariant cell(const CompareRow &row, int column, int role) const override {
        if (role == Qt::DisplayRole)
            return column == 0 ? row.name : row.values.value(column - 1);
        if (role == TextStateRole)
            return row.differs && column > 0 ? QVariant(int(State::Running)) : QVariant();
        if (role == MutedRole)
            return !row.differs && row.values.size() > 1;
        return {};
    }
};

} // namespace pilothouse::ui
