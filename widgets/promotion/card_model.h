// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/promotion/card_diff.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// The champion's model card against the candidate's, one changed line a row.
class CardModel : public RowsModel<promotion::CardLine> {
    Q_OBJECT
public:
    explicit CardModel(QObject *parent = nullptr);
    /// "3 lines gone, 4 new"
    QString summary() const;

protected:
    QString key(const promotion::CardLine &row) const override { return QString::number(int(row.kind)) + row.text; }
    QVariant cell(const promotion::CardLine &row, int column, int role) const override;
};

} // namespace pilothouse::ui
