// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/secret_sources.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// The secrets of one source, by name. No value is in it.
class SecretModel : public RowsModel<fleet::SecretLine> {
    Q_OBJECT
public:
    enum ColumnIndex { Name, Keys, Age, UsedBy };
    explicit SecretModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const fleet::SecretLine &row) const override { return row.name; }
    QVariant cell(const fleet::SecretLine &row, int column, int role) const override;

private:
    QDateTime m_now;
};

} // namespace pilothouse::ui
