// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/fleet.h"
#include "core/serving/log_reader.h"
#include "widgets/base/cells.h"
#include "widgets/base/plot.h"
#include "widgets/base/stage_graph.h"

namespace pilothouse::ui {

class RevisionModel : public RowsModel<cluster::Revision> {
    Q_OBJECT
public:
    enum ColumnIndex { Number, Version, Outcome, When, By, Reason };
    explicit RevisionModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const cluster::Revision &row) const override { return QString::number(row.revision); }
    QVariant cell(const cluster::Revision &row, int column, int role) const override;

private:
    QDateTime m_now;
};

class RolloutEventModel : public RowsModel<operations::JournalEntry> {
    Q_OBJECT
public:
    explicit RolloutEventModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const operations::JournalEntry &row) const override { return QString::number(row.sequence); }
    QVariant cell(const operations::JournalEntry &row, int column, int role) const override;

private:
    QDateTime m_now;
};

/// One figure of both sides of a rollout, or of the one version that answers.
struct SideLine {
    QString name, stable, canary;
    State stableState = State::None, canaryState = State::None;
};
class SideModel : public RowsModel<SideLine> {
    Q_OBJECT
public:
    explicit SideModel(QObject *parent = nullptr);
    void setSides(const cluster::RolloutStatus &status, const fleet::ModelRow &model, double maxErrorRate);

protected:
    QString key(const SideLine &row) const override { return row.name; }
    QVariant cell(const SideLine &row, int column, int role) const override;
};

/// The ladder of a rollout: its steps with their times, or, before the first, the steps the next version will take. Pure.
std::vector<StageMark> ladderOf(const cluster::RolloutStatus &status, const std::vector<int> &planned, const QDateTime &now);
/// "v3, 90 %" for the two sides of the traffic bar.
QString seenSplit(const cluster::RolloutStatus &status);

/// What the three charts draw of a version: the stable one in ink, the canary in accent, older ones grey. Pure.
struct TrafficRoles {
    int stable = 0, canary = 0; ///< revisions; 0 = none
};
enum class TrafficMetric { Requests, Errors, Loss };
/// @param limit  of the metric; NaN: none. A stretch without a request is 0 requests, and a gap in the other two.
PlotData trafficPlot(const serving::Traffic &traffic, TrafficMetric metric, const TrafficRoles &roles, const QString &unit, double limit);
std::vector<Legend::Entry> trafficLegend(const serving::Traffic &traffic, const TrafficRoles &roles);
/// "06:10:48  v2  200  0.3 ms"
QStringList requestLines(const serving::Traffic &traffic, const QDateTime &now);

} // namespace pilothouse::ui
