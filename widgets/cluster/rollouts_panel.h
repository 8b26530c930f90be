// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

namespace pilothouse::ui {

class Button;
class CanaryLadder;
class Card;
class FilterProxy;
class Label;
class Legend;
class List;
class PanelState;
class PlotWidget;
class RevisionModel;
class RolloutEventModel;
class StateBadge;
class Table;
class TrafficBar;
class WorkloadModel;

/// Rollouts (board 06): endpoints left; the chosen one's ladder, traffic, both sides in numbers, revisions and events.
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

private:
    void addActions();
    QWidget *buildList();
    QWidget *buildRollout();
    QWidget *buildCharts();
    void showRollout();
    const fleet::ModelRow *row(const QString &model) const;

    fleet::Snapshot m_snapshot;
    QString m_model;
    PanelState *m_state;
    WorkloadModel *m_workloads;
    List *m_list;
    Card *m_head, *m_requestsCard, *m_errorsCard, *m_lossCard, *m_revisionsCard, *m_eventsCard, *m_listCard;
    StateBadge *m_badge;
    CanaryLadder *m_ladder;
    TrafficBar *m_traffic;
    Label *m_verdict;
    PlotWidget *m_requests, *m_errors, *m_loss;
    RevisionModel *m_revisions;
    Table *m_revisionTable;
    RolloutEventModel *m_events;
    std::vector<Button *> m_buttons;
};

} // namespace pilothouse::ui
