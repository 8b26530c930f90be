// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// The fleet table: one model a line, from the snapshot. Formats, computes nothing.
class FleetModel : public RowsModel<fleet::ModelRow> {
    Q_OBJECT
public:
    enum ColumnIndex { Health, Name, Live, Quality, Drift, Newest, Pipeline, Rollout, Skew };
    explicit FleetModel(QObject *parent = nullptr);
    /// @param now ages are counted from it; cells that only aged are repainted, not signalled.
    void setSnapshot(const fleet::Snapshot &snapshot, const QDateTime &now);

protected:
    QString key(const fleet::ModelRow &row) const override { return row.name; }
    QVariant cell(const fleet::ModelRow &row, int column, int role) const override;

private:
    QVariant nameCell(const fleet::ModelRow &row, int role) const;
    QVariant liveCell(const fleet::ModelRow &row, int role) const;
    QVariant qualityCell(const fleet::ModelRow &row, int role) const;
    QVariant driftCell(const fleet::ModelRow &row, int role) const;
    QVariant newestCell(const fleet::ModelRow &row, int role) const;
    QVariant pipelineCell(const fleet::ModelRow &row, int role) const;
    QVariant rolloutCell(const fleet::ModelRow &row, int role) const;
    QVariant skewCell(const fleet::ModelRow &row, int role) const;
    QDateTime m_now;
};

/// The quality of a model as a cell: value, unit over limit, history.
MetricCell metricCellOf(const fleet::Quality &quality);
/// PSI as a cell: low, moderate from 0.10, high from 0.25.
EffectCell effectCellOf(double psi);

/// What the segments above the table count and let through.
enum class FleetFilter { All, NeedsMe, OverLimit, Late, Unknown };
bool passes(const fleet::ModelRow &row, FleetFilter filter);

} // namespace pilothouse::ui
