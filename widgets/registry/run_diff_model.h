// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/run_comparison.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// Parameters, metrics and tags of the compared runs, one a line and a column a run. What differs stands out.
class RunDiffModel : public RowsModel<registry::ComparedRow> {
    Q_OBJECT
public:
    enum FixedColumn { Name, Kind, FirstRun };
    explicit RunDiffModel(QObject *parent = nullptr);
    void setComparison(const registry::RunComparison &comparison);
    static QString kindText(registry::ComparedRow::Kind kind);

protected:
    QString key(const registry::ComparedRow &row) const override { return QStringLiteral("%1/%2").arg(int(row.kind)).arg(row.name); }
    QVariant cell(const registry::ComparedRow &row, int column, int role) const override;
};

/// The same as a CSV file: kind, name, differs, a column a run; values as logged.
QByteArray comparisonCsv(const registry::RunComparison &comparison, bool onlyDifferences);

} // namespace pilothouse::ui
