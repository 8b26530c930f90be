// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/run_diff_model.h"

#include "widgets/base/format.h"

#include <cmath>

namespace pilothouse::ui {

using registry::ComparedRow;

RunDiffModel::RunDiffModel(QObject *parent) : RowsModel(parent) { setComparison({}); }

QString RunDiffModel::kindText(ComparedRow::Kind kind) { return kind == ComparedRow::Param ? tr("parameter") : kind == ComparedRow::Metric ? tr("metric") : tr("tag"); }

void RunDiffModel::setComparison(const registry::RunComparison &comparison) {
    QStringList before, after;
    for (std::size_t i = FirstRun; i < m_columns.size(); ++i)
        before << m_columns[i].toolTip;
    std::vector<Column> columns{{tr("Name"), Qt::AlignLeft | Qt::AlignVCenter, comparison.runs.size() > 5 ? 200 : 0}, {tr("Kind"), Qt::AlignLeft | Qt::AlignVCenter, 84}};
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const registry::Run &run = comparison.runs[i];
        columns.push_back({comparison.runName(i), Qt::AlignRight | Qt::AlignVCenter, 116, QStringLiteral("%1 · %2").arg(run.id, run.experiment)});
        after << columns.back().toolTip;
    }
    if (before != after || m_columns.empty()) { // the columns are other runs now
        beginResetModel();
        m_columns = std::move(columns);
        endResetModel();
    }
    setRows(comparison.rows);
}

QVariant RunDiffModel::cell(const ComparedRow &row, int column, int role) const {
    if (column == Name)
        return role == Qt::DisplayRole || role == SortRole || role == Qt::ToolTipRole ? QVariant(row.name) : role == StrongRole ? QVariant(row.differs) : role == FilterRole ? QVariant(row.name) : QVariant();
    if (column == Kind)
        return role == Qt::DisplayRole ? QVariant(kindText(row.kind)) : role == SortRole ? QVariant(int(row.kind)) : role == MutedRole ? QVariant(true) : QVariant();
    const auto run = std::size_t(column - FirstRun);
    if (run >= row.texts.size())
        return {};
    const auto &text = row.texts[run];
    const bool figure = row.kind == ComparedRow::Metric && std::isfinite(row.numbers[run]);
    switch (role) {
    case Qt::DisplayRole: return !text ? tr("none") : figure ? (row.numbers[run] != 0 && std::abs(row.numbers[run]) < 1e-3 ? QString::number(row.numbers[run], 'g', 4) : number(row.numbers[run], 5)) : *text;
    case Qt::ToolTipRole: return text ? QVariant(*text) : QVariant();
    case MutedRole: return !text || !row.differs;
    case SortRole: return row.numeric ? QVariant(row.numbers[run]) : QVariant(text.value_or(QString()));
    default: return {};
    }
}

QByteArray comparisonCsv(const registry::RunComparison &comparison, bool onlyDifferences) {
    const auto field = [](const QString &text) {
        QByteArray out = text.toUtf8();
        if (out.contains(',') || out.contains('"') || out.contains('\n') || out.contains('\r'))
            out = '"' + out.replace("\"", "\"\"") + '"';
        return out;
    };
    static constexpr const char *kinds[] = {"param", "metric", "tag"};
    QByteArray out("kind,name,differs");
    for (const registry::Run &run : comparison.runs)
        out += ',' + field(run.id);
    out += '\n';
    for (const ComparedRow &row : comparison.rows) {
        if (onlyDifferences && !row.differs)
            continue;
        out += QByteArray(kinds[row.kind]) + ',' + field(row.name) + ',' + (row.differs ? "yes" : "no");
        for (const auto &text : row.texts)
            out += ',' + (text ? field(*text) : QByteArray());
        out += '\n';
    }
    return out;
}

} // namespace pilothouse::ui
