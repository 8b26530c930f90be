// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// What the policy decided, with its numbers: why it did or did not fire.
class AlertDecisionModel : public RowsModel<retrain::Decision> {
    Q_OBJECT
public:
    enum ColumnIndex { When, Decision, Reason };
    explicit AlertDecisionModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const retrain::Decision &row) const override { return row.id; }
    QVariant cell(const retrain::Decision &row, int column, int role) const override;

private:
    QDateTime m_now;
};

} // namespace pilothouse::ui
