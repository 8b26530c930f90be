// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/search_table.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// A trial with its place among those that went as far.
struct TrialLine {
    fleet::SearchTable::Trial trial;
    int rank = 0; ///< 1: the best; 0: failed
    bool best = false;
};
/// Best first: those with more rows before those with fewer, failed ones last.
std::vector<TrialLine> trialLines(const fleet::SearchTable &table);
QString parameterText(const QVariant &value); ///< 0.01234 as 0.0123, texts as they are
/// trial,round,estimator, a column for each drawn parameter, share,mean,std,first,seconds,error; numbers at full precision.
QByteArray trialsCsv(const std::vector<TrialLine> &lines);
/// estimator,parameter,share
QByteArray importanceCsv(const std::vector<fleet::SearchTable::Importance> &shares);

class TrialModel : public RowsModel<TrialLine> {
    Q_OBJECT
public:
    enum ColumnIndex { Trial, Parameters, Figure, Deviation, Rows, Time };
    explicit TrialModel(QObject *parent = nullptr);
    void setFigure(const QString &name); ///< above the means: "MAE"

protected:
    QString key(const TrialLine &row) const override { return QString::number(row.trial.number); }
    QVariant cell(const TrialLine &row, int column, int role) const override;
    bool same(const TrialLine &before, const TrialLine &after) const override { return before.trial == after.trial && before.rank == after.rank && before.best == after.best; }
};

} // namespace pilothouse::ui
