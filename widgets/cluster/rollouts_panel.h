// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/workload_feed.h"
#include "core/serving/log_reader.h"
#include "core/telemetry/slo_reading.h"
#include "widgets/base/panel.h"

#include <QTimer>

class QStackedWidget;

namespace pilothouse::ui {

class Button;
class CanaryLadder;
class Card;
class FilterProxy;
class Label;
class LogView;
class Legend;
class List;
class PanelState;
class PlotWidget;
class RevisionModel;
class RolloutEventModel;
class SideModel;
class StateBadge;
class Table;
class TrafficBar;
class WorkloadListModel;
class WorkloadPage;

/// Rollouts (board 06): endpoints and the workloads of all clusters left. Right the chosen endpoint's ladder, traffic, charts out of its prediction log, both sides in
/// numbers, revisions, events and the newest requests; or the page of a workload.
/// openAt() takes a model name, or a WorkloadId's text.
class RolloutsPanel : public Panel {
    Q_OBJECT
public:
    explicit RolloutsPanel(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    QStringList path() const override;
    QString subject() const override;
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &actionId) const override;
    QWidget *firstFocus() override;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void addActions();
    QWidget *buildList();
    QWidget *buildRollout();
    QWidget *buildCharts();
    QWidget *buildTables();
    QWidget *buildLogs();
    void showRollout();
    void showButtons(const cluster::RolloutStatus &status);
    void showCharts();
    void readTraffic();
    // What is promised: rollouts_slo.cpp
    void readSlo(const workspace::Model &model);
    void showSlo();
    const fleet::ModelRow *row(const QString &model) const;
    // Clusters: rollouts_clusters.cpp
    void buildFeed();
    QWidget *buildPages(QWidget *endpoint);
    void addParts();
    void chooseLine(const QString &id); ///< of the list
    void showChosen();
    void chooseFirst();
    void showSight(const QString &connection);
    void showListSource();

    fleet::Snapshot m_snapshot;
    QString m_model, m_trafficOf; ///< m_trafficOf: the model that m_seen is about
    serving::Traffic m_seen;
    QDateTime m_readAt;
    Task<serving::Traffic> m_task;
    Task<telemetry::SloReading> m_readingSlo;
    std::optional<telemetry::SloReading> m_slo; ///< of m_sloOf, read at m_sloAt
    QString m_sloOf;
    QDateTime m_sloAt;
    QTimer m_charts;
    PanelState *m_state;
    WorkloadListModel *m_workloads;
    List *m_list;
    std::unique_ptr<fleet::WorkloadFeed> m_feed; ///< null: no cluster
    WorkloadPage *m_workloadPage = nullptr;  ///< null: no cluster
    PanelState *m_clusterPage;
    QStackedWidget *m_pages;
    QString m_chosen; ///< of the list: a model, a workload or a cluster
    bool m_leaving = false; ///< lines go: the view chooses a neighbour, nobody else did
    Card *m_head, *m_requestsCard, *m_errorsCard, *m_lossCard, *m_revisionsCard, *m_eventsCard, *m_listCard, *m_sidesCard, *m_requestLogCard;
    StateBadge *m_badge;
    CanaryLadder *m_ladder;
    TrafficBar *m_traffic;
    Label *m_verdict;
    PlotWidget *m_requests, *m_errors, *m_loss;
    Legend *m_legends[3];
    SideModel *m_sides;
    LogView *m_requestLog;
    QWidget *m_logs;
    RevisionModel *m_revisions;
    Table *m_revisionTable;
    RolloutEventModel *m_events;
    std::vector<Button *> m_buttons;
};

} // namespace pilothouse::ui
