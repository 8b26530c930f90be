// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/promotion/evidence.h"
#include "widgets/base/cells.h"

#include <QStyledItemDelegate>

namespace pilothouse::ui {

/// The metrics of both models on the same rows, one a line.
class ComparisonModel : public RowsModel<promotion::MetricComparison> {
    Q_OBJECT
public:
    enum ColumnIndex { Metric, Champion, Candidate, Change, Forest, Interval };
    explicit ComparisonModel(QObject *parent = nullptr);
    void setEvidence(const promotion::Evidence &evidence);

protected:
    QString key(const promotion::MetricComparison &row) const override { return row.metric; }
    QVariant cell(const promotion::MetricComparison &row, int column, int role) const override;
};

/// The gates of a promotion, one a line.
class GateModel : public RowsModel<promotion::GateResult> {
    Q_OBJECT
public:
    explicit GateModel(QObject *parent = nullptr);
    /// "5 pass, 1 warns, 1 waits"
    QString summary() const;

protected:
    QString key(const promotion::GateResult &row) const override { return row.rule; }
    QVariant cell(const promotion::GateResult &row, int column, int role) const override;
};

/// Where a change and its interval stand between −50 % and +50 % of the champion's value; beyond that an arrow and the number.
struct ForestMark {
    double low = 0, middle = 0, high = 0; ///< 0 … 1 across the column
    bool beyondLow = false, beyondHigh = false;
    int percent = 0; ///< shown when beyond
    State state = State::Unknown; ///< better ok, worse bad, else unknown
    bool valid = false;
};
ForestMark forestMark(const promotion::MetricComparison &metric);

/// Draws the forest mark of a ComparisonModel's row.
class ForestDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    ForestDelegate(const ComparisonModel &model, QObject *parent);
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    const ComparisonModel &m_model;
};

} // namespace pilothouse::ui
