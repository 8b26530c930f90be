// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/slices.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// The metric of both models in groups of the rows, one group a line.
class SliceModel : public RowsModel<metrics::PairedSlice> {
    Q_OBJECT
public:
    enum ColumnIndex { Group, Rows, Champion, Candidate, Change, Interval };
    explicit SliceModel(QObject *parent = nullptr);
    /// "1 worse, 3 better of 12"
    QString summary() const;

protected:
    QString key(const metrics::PairedSlice &row) const override { return row.by + QLatin1Char('=') + row.name; }
    QVariant cell(const metrics::PairedSlice &row, int column, int role) const override;
};

} // namespace pilothouse::ui
