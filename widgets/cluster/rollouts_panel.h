// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/serving/log_reader.h"
#include "widgets/base/panel.h"

#include <QTimer>

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
class WorkloadModel;

/// Rollouts (board 06): endpoints left; the chosen one's ladder, traffic, charts out of its prediction log, both sides in
/// numbers, revisions, events and the newest requests.
/// openAt() takes a model name.
class RolloutsPanel : public Panel {
    Q_OBJECT
public:
    explicit RolloutsPanel(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    QStringList path() const override { return {title()}; }
    QString subject() const override { return m_model.isEmpty() ? title() : m_model; }
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &actionId) const override;
    QWidget *firstFocus() override;

protected:
    void resizeEvent(QResizeEvent *event) override;

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
    const fleet::ModelRow *row(const QString &model) const;

    fleet::Snapshot m_snapshot;
    QString m_model, m_trafficOf; ///< m_trafficOf: the model that m_seen is about
    serving::Traffic m_seen;
    QDateTime m_readAt;
    Task<serving::Traffic> m_task;
    QTimer m_charts;
    PanelState *m_state;
    WorkloadModel *m_workloads;
    List *m_list;
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
