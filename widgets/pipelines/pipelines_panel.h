// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "widgets/base/panel.h"

class QLineEdit;

namespace pilothouse::ui {

class Button;
class Card;
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

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void addActions();
    QWidget *buildList();
    QWidget *buildRun();
    QWidget *buildLegend();
    void chooseStart(QWidget *below);
    Card *buildLog();
    Card *buildFacts();
    void showFacts(const pipelines::PipelineRun &run);
    void showLog();
    void fitLogTools();
    void showRun();
    void readLog();
    const pipelines::PipelineRun *run(const QString &id) const;

    fleet::Snapshot m_snapshot;
    QString m_run, m_stage, m_wanted;
    Task<QString> m_logTask;
    QStringList m_lines; ///< of the log, as shown
    PanelState *m_state;
    RunListModel *m_runs;
    FilterProxy *m_filter;
    List *m_list;
    SegmentedControl *m_states;
    Card *m_listCard, *m_head, *m_logCard, *m_timeCard, *m_gateCard;
    StateBadge *m_badge;
    Label *m_words, *m_gateText, *m_failure;
    SegmentedControl *m_logStage;
    QLineEdit *m_search;
    Button *m_warnings, *m_openModel;
    bool m_onlyWarnings = false;
    QWidget *m_legend;
    StageGraph *m_stages;
    LogView *m_log;
    PlotWidget *m_times;
    KeyValues *m_facts;
    std::vector<Button *> m_buttons;
    Button *m_review;
};

} // namespace pilothouse::ui
