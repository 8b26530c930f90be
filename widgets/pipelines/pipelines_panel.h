// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "widgets/base/panel.h"

namespace pilothouse::ui {

class Button;
class Card;
class FilterEdit;
class FilterProxy;
class KeyValues;
class Label;
class List;
class LogView;
class PanelState;
class PlotWidget;
class RunListModel;
class SegmentedControl;
class StageGraph;
class StateBadge;

/// Pipelines (board 05): runs left; stages, log, durations and the gate of the chosen one right. openAt() takes a run id or a
/// model name (its newest run).
class PipelinesPanel : public Panel {
    Q_OBJECT
public:
    explicit PipelinesPanel(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    QStringList path() const override { return {title()}; }
    QString subject() const override;
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &actionId) const override;
    QWidget *firstFocus() override;

private:
    void addActions();
    QWidget *buildList();
    QWidget *buildRun();
    void showRun();
    void readLog();
    const pipelines::PipelineRun *run(const QString &id) const;

    fleet::Snapshot m_snapshot;
    QString m_run, m_stage, m_wanted;
    Task<QString> m_logTask;
    PanelState *m_state;
    RunListModel *m_runs;
    FilterProxy *m_filter;
    List *m_list;
    SegmentedControl *m_states;
    Card *m_listCard, *m_head, *m_logCard, *m_timeCard, *m_gateCard;
    StateBadge *m_badge;
    Label *m_words, *m_gateText, *m_failure;
    StageGraph *m_stages;
    LogView *m_log;
    PlotWidget *m_times;
    KeyValues *m_facts;
    std::vector<Button *> m_buttons;
    Button *m_review;
};

} // namespace pilothouse::ui
