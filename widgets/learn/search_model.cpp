// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/learn/search_model.h"

#include "core/data/csv_field.h"
#include "widgets/base/format.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace pilothouse::ui {

std::vector<TrialLine> trialLines(const fleet::SearchTable &table) {
    std::vector<TrialLine> lines;
    for (std::size_t i = 0; i < table.trials.size(); ++i)
        lines.push_back({table.trials[i], 0, int(i) == table.best});
    std::stable_sort(lines.begin(), lines.end(), [&](const TrialLine &a, const TrialLine &b) {
        const bool x = std::isnan(a.trial.mean), y = std::isnan(b.trial.mean);
        if (x || y)
            return y && !x;
        if (a.trial.share != b.trial.share)
            return a.trial.share > b.trial.share;
        return table.largerIsBetter ? a.trial.mean > b.trial.mean : a.trial.mean < b.trial.mean;
    });
    int rank = 0;
    for (TrialLine &line : lines)
        if (!std::isnan(line.trial.mean))
            line.rank = ++rank;
    return lines;
}

QString parameterText(const QVariant &value) {
    if (value.typeId() == QMetaType::Double && value.toDouble() != std::floor(value.toDouble()))
        return std::abs(value.toDouble()) < 1e-4 ? QString::number(value.toDouble(), 'g', 3) : number(value.toDouble());
    return value.toString();
}

QByteArray trialsCsv(const std::vector<TrialLine> &lines) {
    std::set<QString> parameters;
    for (const TrialLine &line : lines)
        for (auto it = line.trial.searched.begin(); it != line.trial.searched.end(); ++it)
            parameters.insert(it.key());
    QByteArray csv = "trial,round,estimator";
    for (const QString &name : parameters)
        csv += ',' + data::csvField(name);
    csv += ",share,mean,std,first,seconds,error\n";
    for (const TrialLine &line : lines) {
        const fleet::SearchTable::Trial &trial = line.trial;
        csv += QByteArray::number(trial.number) + ',' + QByteArray::number(trial.round) + ',' + data::csvField(trial.estimator);
        for (const QString &name : parameters) {
            const QVariant value = trial.searched.value(name);
            csv += ',' + (value.typeId() == QMetaType::Double ? data::csvNumber(value.toDouble()) : data::csvField(value.toString()));
        }
        for (const double figure : {trial.share, trial.mean, trial.deviation, trial.first, trial.seconds})
            csv += ',' + data::csvNumber(figure);
        csv += ',' + data::csvField(trial.error) + '\n';
    }
    return csv;
}

QByteArray importanceCsv(const std::vector<fleet::SearchTable::Importance> &shares) {
    QByteArray csv = "estimator,parameter,share\n";
    for (const auto &one : shares)
        csv += data::csvField(one.estimator) + ',' + data::csvField(one.parameter) + ',' + data::csvNumber(one.share) + '\n';
    return csv;
}

TrialModel::TrialModel(QObject *parent) : RowsModel(parent) {
    const Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;
    m_columns = {{tr("Trial"), right, 52, {}, 0}, {tr("Parameters"), left, 0, {}, 0},          {tr("Mean"), right, 84, tr("Of the metric over the folds"), 0},
                 {tr("±"), right, 64, tr("Standard deviation over the folds"), 1}, {tr("Rows"), right, 56, tr("Share of the training rows in its last round"), 3}, {tr("Time"), right, 70, {}, 2}};
}

void TrialModel::setFigure(const QString &name) {
    m_columns[Figure].title = name;
    Q_EMIT headerDataChanged(Qt::Horizontal, Figure, Figure);
}

QVariant TrialModel::cell(const TrialLine &line, int column, int role) const {
    const fleet::SearchTable::Trial &trial = line.trial;
    if (role == StateRole)
        return column == Parameters && !trial.error.isEmpty() ? QVariant(int(State::Bad)) : QVariant();
    if (role == ChipRole)
        return column == Parameters && line.best ? QVariant(QStringList{tr("best")}) : QVariant();
    if (role == StrongRole)
        return column == Figure;
    if (role == MutedRole)
        return column >= Deviation || column == Trial;
    if (role == Qt::ToolTipRole && !trial.error.isEmpty())
        return trial.error;
    if (role == SortRole)
        switch (column) {
        case Trial: return trial.number;
        case Figure: return trial.mean;
        case Deviation: return trial.deviation;
        case Rows: return trial.share;
        case Time: return trial.seconds;
        default: break;
        }
    if (role != Qt::DisplayRole && role != SortRole)
        return {};
    switch (column) {
    case Trial: return QString::number(trial.number);
    case Parameters: {
        QStringList words{trial.estimator};
        for (auto it = trial.searched.begin(); it != trial.searched.end(); ++it)
            words << QStringLiteral("%1 %2").arg(it.key(), parameterText(it.value()));
        if (!trial.error.isEmpty())
            words << trial.error;
        return words.join(QStringLiteral(" · "));
    }
    case Figure: return number(trial.mean, 4);
    case Deviation: return number(trial.deviation, 2);
    case Rows: return percent(trial.share, trial.share < 0.1 ? 1 : 0);
    case Time: return runTime(trial.seconds);
    default: return {};
    }
}

} // namespace pilothouse::ui
