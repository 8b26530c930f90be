// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/workload_metrics.h"
#include "widgets/base/panel.h"
#include "widgets/base/plot.h"

#include <QTimer>

namespace pilothouse::ui {

class Card;
class Legend;
class PlotWidget;

/// Requests/s, errors, latency and what is predicted (or its error) of a workload of a cluster, by revision, over the last hour; with a mark where a revision began. Read each
/// 15 s (logs of pods: each minute) on the waiting pool while it is to be seen; where a figure comes from nowhere, the card says why and what helps.
class WorkloadCharts : public QWidget {
    Q_OBJECT
public:
    explicit WorkloadCharts(const PanelContext &context, QWidget *parent = nullptr);
    void showWorkload(const fleet::Snapshot &snapshot, const QString &connection, const cluster::KubeRef &ref);
    void clear();
    void refresh(); ///< now
    /// What is drawn; for tests and for those who have read it elsewhere.
    void showMetrics(const fleet::WorkloadMetrics &metrics);

Q_SIGNALS:
    /// Requests by revision, 0 … 1, whenever they were read: for ArgoCard::setSeenShares(). Empty: none seen.
    void sharesSeen(const QMap<QString, double> &shares);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    struct Chart {
        Card *card = nullptr;
        PlotWidget *plot = nullptr;
        Legend *legend = nullptr;
    };
    Chart addChart(const QString &title, const char *name);
    void read();
    QDateTime now() const;
    PanelContext m_context;
    QWidget *m_all;
    Label *m_none; ///< instead of all, where nothing tells anything
    Label *m_note; ///< below all: what is missing of it, and whether what is promised is kept
    QString m_connection;
    cluster::KubeRef m_ref;
    double m_maxErrorRate = -1; ///< percent, of the model whose deployment it is; negative: none
    Chart m_requests, m_errors, m_latency, m_mix;
    std::optional<fleet::WorkloadMetrics> m_seen;
    Task<fleet::WorkloadMetrics> m_task;
    QTimer m_timer;
    int m_number = 0; ///< of the workload: an answer for another is old
};

/// The chart of some curves: the newest revision in accent, those before in ink, marks where one began. Pure.
PlotData metricsPlot(const std::vector<fleet::WorkloadMetrics::Curve> &curves, const fleet::WorkloadMetrics &metrics, const QString &unit);

} // namespace pilothouse::ui
