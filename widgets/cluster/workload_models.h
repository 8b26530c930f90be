// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/workload.h"
#include "core/fleet/workload_follow.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

State podStateOf(const fleet::PodSight &pod);
/// "41 % cpu" of what was asked for, "35m cpu" where nothing was asked for; empty: not measured.
QString cpuText(const fleet::PodSight &pod);
QString memoryText(const fleet::PodSight &pod);

/// The pods of a workload, newest revision first.
class PodModel : public RowsModel<fleet::PodSight> {
    Q_OBJECT
public:
    enum ColumnIndex { Name, Ready, Why, Restarts, Age, Node, Cpu, Memory, Revision };
    explicit PodModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now); ///< ages are told anew

protected:
    QString key(const fleet::PodSight &row) const override { return row.row->name; }
    QVariant cell(const fleet::PodSight &row, int column, int role) const override;
    bool same(const fleet::PodSight &a, const fleet::PodSight &b) const override;

private:
    QDateTime m_now;
};

/// The revisions of a workload, newest first, with what brought them about.
class WorkloadRevisionModel : public RowsModel<cluster::WorkloadRevision> {
    Q_OBJECT
public:
    enum ColumnIndex { Number, Image, Commit, When, By, Cause };
    explicit WorkloadRevisionModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const cluster::WorkloadRevision &row) const override { return QString::number(row.revision); }
    QVariant cell(const cluster::WorkloadRevision &row, int column, int role) const override;

private:
    QDateTime m_now;
};

/// Events about a workload, its replica sets and pods, newest first. A warning is told apart at a glance.
class KubeEventModel : public RowsModel<cluster::KubeRowPtr> {
    Q_OBJECT
public:
    enum ColumnIndex { When, Object, What };
    explicit KubeEventModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const cluster::KubeRowPtr &row) const override { return row->id; }
    QVariant cell(const cluster::KubeRowPtr &row, int column, int role) const override;
    bool same(const cluster::KubeRowPtr &a, const cluster::KubeRowPtr &b) const override { return a->version == b->version; }

private:
    QDateTime m_now;
};

} // namespace pilothouse::ui
