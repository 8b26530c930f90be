// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/drift/drift.h"
#include "core/retrain/policy.h"
#include "widgets/base/cells.h"
#include "widgets/base/plot.h"

namespace pilothouse::ui {

/// Every input against the training data; the effect size decides, p-values are in the tooltip.
class FeatureModel : public RowsModel<drift::ColumnDrift> {
    Q_OBJECT
public:
    enum ColumnIndex { Feature, Psi, Shift, Js, Rows };
    explicit FeatureModel(QObject *parent = nullptr);

protected:
    QString key(const drift::ColumnDrift &row) const override { return row.name; }
    QVariant cell(const drift::ColumnDrift &row, int column, int role) const override;
};

/// The rules of a decision with the numbers they saw.
class RuleModel : public RowsModel<retrain::RuleOutcome> {
    Q_OBJECT
public:
    explicit RuleModel(QObject *parent = nullptr);

protected:
    QString key(const retrain::RuleOutcome &row) const override { return row.rule; }
    QVariant cell(const retrain::RuleOutcome &row, int column, int role) const override;
};

/// The decision log of a model, newest first.
class PolicyLogModel : public RowsModel<retrain::Decision> {
    Q_OBJECT
public:
    explicit PolicyLogModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const retrain::Decision &row) const override { return row.id; }
    QVariant cell(const retrain::Decision &row, int column, int role) const override;

private:
    QDateTime m_now;
};

/// "0.65 σ lower": which way a number moved and how far; empty for categories and without a spread.
QString shiftWords(const drift::ColumnDrift &column);

/// Both distributions of a column on the reference's bins: outlines for numbers, bars for categories. Pure.
PlotData distributionPlot(const drift::ColumnDrift &column);

} // namespace pilothouse::ui
