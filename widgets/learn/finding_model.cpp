// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/learn/finding_model.h"

namespace pilothouse::ui {

FindingModel::FindingModel(QObject *parent) : RowsModel(parent) {
    constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter;
    m_columns = {{tr("Check"), left, 92, tr("As the gates under “quality” name it"), 1}, {tr("Column"), left, 120, {}, 0}, {tr("Found"), left, 0, {}, 0}};
}

QVariant FindingModel::cell(const data::QualityFinding &row, int column, int role) const {
    const QString place = row.column.isEmpty() ? tr("whole file") : row.column;
    if (role == StateRole)
        return column == Column ? QVariant(int(State::Warn)) : QVariant();
    if (role == MutedRole)
        return column == Check;
    if (role == Qt::ToolTipRole)
        return QStringLiteral("%1: %2").arg(place, row.what);
    if (role == SortRole && column == Found)
        return row.value;
    if (role != Qt::DisplayRole && role != SortRole)
        return {};
    return column == Check ? row.check : column == Column ? place : row.what;
}

} // namespace pilothouse::ui
