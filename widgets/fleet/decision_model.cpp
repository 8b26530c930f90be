// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/decision_model.h"

#include "widgets/base/format.h"

namespace pilothouse::ui {

AlertDecisionModel::AlertDecisionModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("When"), Qt::AlignLeft | Qt::AlignVCenter, 90, {}, 0},
                 {tr("Decision"), Qt::AlignLeft | Qt::AlignVCenter, 196, {}, 0},
                 {tr("Because"), Qt::AlignLeft | Qt::AlignVCenter, 0, {}, 0}};
}

QVariant AlertDecisionModel::cell(const retrain::Decision &row, int column, int role) const {
    if (role == SortRole)
        return row.time;
    if (role == Qt::ToolTipRole) {
        QStringList lines;
        for (const retrain::RuleOutcome &rule : row.rules)
            lines << QStringLiteral("%1: %2 (%3)").arg(rule.rule, rule.numbers, rule.fired ? tr("fired") : rule.known ? tr("not fired") : tr("not known"));
        return lines.join(QLatin1Char('\n'));
    }
    switch (column) {
    case When: return role == Qt::DisplayRole ? QVariant(moment(row.time, m_now)) : QVariant();
    case Decision:
        if (role == StateRole)
            return int(row.kind == retrain::DecisionKind::Skipped ? State::Skipped : State::Ok);
        return role == Qt::DisplayRole ? QVariant(retrain::decisionName(row.kind)) : QVariant();
    case Reason: return role == Qt::DisplayRole ? QVariant(row.reason) : QVariant();
    default: return {};
    }
}

} // namespace pilothouse::ui
