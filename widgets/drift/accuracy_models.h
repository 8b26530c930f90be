// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/accuracy_why.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// Inputs that moved and that the model looks at, the likeliest cause first.
class CauseModel : public RowsModel<learn::AccuracyCause> {
    Q_OBJECT
public:
    explicit CauseModel(QObject *parent = nullptr);

protected:
    QString key(const learn::AccuracyCause &row) const override { return row.feature; }
    QVariant cell(const learn::AccuracyCause &row, int column, int role) const override;
};

/// Labelled rows with the largest error.
class LookModel : public RowsModel<fleet::AccuracyWhy::Look> {
    Q_OBJECT
public:
    explicit LookModel(QObject *parent = nullptr);

protected:
    QString key(const fleet::AccuracyWhy::Look &row) const override;
    QVariant cell(const fleet::AccuracyWhy::Look &row, int column, int role) const override;
};

} // namespace pilothouse::ui
