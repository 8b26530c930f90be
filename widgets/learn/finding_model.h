// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/quality.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// What the quality report of a data file found, a line each; the checks by the words that a recipe's `quality: {gates: …}` takes.
class FindingModel : public RowsModel<data::QualityFinding> {
    Q_OBJECT
public:
    enum ColumnIndex { Check, Column, Found };
    explicit FindingModel(QObject *parent = nullptr);

protected:
    QString key(const data::QualityFinding &row) const override { return row.check + QLatin1Char('/') + row.column; }
    QVariant cell(const data::QualityFinding &row, int column, int role) const override;
};

} // namespace pilothouse::ui
