// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/fleet.h"
#include "widgets/base/cells.h"
#include "widgets/base/plot.h"
#include "widgets/base/stage_graph.h"

namespace pilothouse::ui {

/// What is served, one line a model with a deployment.
class WorkloadModel : public RowsModel<fleet::ModelRow> {
    Q_OBJECT
public:
    explicit WorkloadModel(QObject *parent = nullptr);

protected:
    QString key(const fleet::ModelRow &row) const override { return row.name; }
    QVariant cell(const fleet::ModelRow &row, int column, int role) const override;
};

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

/// The ladder of a rollout: its steps with their times. Pure.
std::vector<StageMark> ladderOf(const cluster::RolloutStatus &status, const QDateTime &now);
/// "v3, 90 %" for the two sides of the traffic bar.
QString seenSplit(const cluster::RolloutStatus &status);
/// The three charts of a rollout out of its trace: requests per second, errors in %, mean error. Pure.
PlotData requestPlot(const std::vector<fleet::TracePoint> &trace, const QString &stable, const QString &canary);
PlotData errorPlot(const std::vector<fleet::TracePoint> &trace, const QString &stable, const QString &canary, double abortAbove);
PlotData lossPlot(const std::vector<fleet::TracePoint> &trace, const QString &stable, const QString &canary, const QString &unit);

} // namespace pilothouse::ui
