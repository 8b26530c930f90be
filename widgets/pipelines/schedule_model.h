// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/schedule.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// Schedules of all systems in a table.
class ScheduleModel : public RowsModel<pipelines::Schedule> {
    Q_OBJECT
public:
    enum Column { Name, System, When, Next, Last, Rules };
    explicit ScheduleModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const pipelines::Schedule &row) const override { return row.id; }
    QVariant cell(const pipelines::Schedule &row, int column, int role) const override;

private:
    QDateTime m_now;
};

/// "at most 1, no catch-up, limit 24 h". Pure.
QString scheduleRules(const pipelines::Schedule &schedule);
/// It should have begun by now, and no run is known that did. Pure.
bool isMissed(const pipelines::Schedule &schedule, const QDateTime &now);

} // namespace pilothouse::ui
