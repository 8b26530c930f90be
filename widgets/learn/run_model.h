// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"
#include "core/workspace/workspace.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// One run of the registry with the version made of it.
struct RunLine {
    registry::Run run;
    QStringList chips; ///< "v4", "champion"
    QString selectMetric;
    std::optional<double> selected;
};
std::vector<RunLine> runLines(const fleet::Snapshot &snapshot, const QString &model);
/// The unit of a metric as the workspace's watches of the model say it: that of the metric itself, of an error in the target (mae, rmse …) also
/// that of another such error of the same target; "" where nobody says it.
QString metricUnit(const std::vector<workspace::Model::Watch> &watches, const QString &metric);
/// "MAE, k$", or the name alone.
QString withUnit(const QString &name, const QString &unit);

class RunModel : public RowsModel<RunLine> {
    Q_OBJECT
public:
    enum ColumnIndex { Name, Estimator, Selected, R2, Duration, When, By };
    explicit RunModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const RunLine &row) const override { return row.run.id; }
    QVariant cell(const RunLine &row, int column, int role) const override;
    bool same(const RunLine &before, const RunLine &after) const override {
        return before.run.status == after.run.status && before.run.ended == after.run.ended && before.run.metrics == after.run.metrics && before.run.params == after.run.params &&
               before.run.tags == after.run.tags && before.run.error == after.run.error && before.chips == after.chips && before.selectMetric == after.selectMetric && before.selected == after.selected;
    }

private:
    QDateTime m_now;
};

} // namespace pilothouse::ui
