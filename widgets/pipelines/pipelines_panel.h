// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/pipeline_feed.h"
#include "core/fleet/run_chain.h"
#include "widgets/base/panel.h"

#include <QPointer>
#include <QTimer>

class QScrollArea;
class QStackedWidget;

namespace pilothouse::ui {

class Button;
class Card;
class FilterEdit;
class GateCard;
class Label;
class List;
class NextRunsCard;
class NoticeStrip;
class PanelState;
class PlotWidget;
class RunDetail;
class RunFacts;
class RunListModel;
class RunLogCard;
class SchedulesSheet;
class SegmentedControl;
class StageGraph;
class StateBadge;
class SystemsStrip;

/// Pipelines (board 05): runs of all systems left; stages, log, durations, facts and the gate of the chosen one right. The live state comes from a PipelineFeed while the panel is shown,
/// without a fleet from the snapshot. openAt() takes a run's id, a model's name or a pipeline's id (its newest run).
class PipelinesPanel : public Panel {
    Q_OBJECT
public:
    explicit PipelinesPanel(const PanelContext &context, QWidget *parent = nullptr);
    ~PipelinesPanel() override;
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    QStringList path() const override { return {title()}; }
    QString subject() const override;
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &actionId) const override;
    QWidget *firstFocus() override;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override; ///< Esc leads back to the runs

private:
    // The list: pipelines_list.cpp
    QWidget *buildList();
    void followList();
    void showState(); ///< another state is there
    void showSources();
    void chooseFirst();
    void choose(const QString &id);
    bool chooseWanted();
    void refresh(const QString &connection);
    // The chosen run: run_side.cpp
    QWidget *buildRun();
    Card *buildHead();
    QWidget *buildLegend();
    QWidget *buildRight();
    void buildDetail();
    void showRun();
    void showHead(const pipelines::PipelineRun &run);
    void showStages(const pipelines::PipelineRun &run);
    void showTimes(const pipelines::PipelineRun &run);
    void showRight(const pipelines::PipelineRun &run);
    void showPages();
    void fitStages();
    // What can be done: pipeline_actions.cpp
    void addActions();
    void addRunActions();
    void addViewActions();
    void startSheet(const QString &pipeline);
    QString runProblem(const QString &id, const char *verb) const;
    WriteGate runGate(const char *kind, const QString &id) const;
    void runDone(const QString &id, const QJsonObject &result);

    const fleet::PipelinesState &state() const { return *m_data; }
    const pipelines::PipelineRun *run(const QString &id) const; ///< as it is known best; null: not known
    const fleet::SystemSight *sight(const QString &connection) const;
    std::vector<pipelines::PipelineRun> earlier(const pipelines::PipelineRun &run) const;
    bool isNarrow() const;

    fleet::Snapshot m_snapshot;
    std::shared_ptr<const fleet::PipelinesState> m_data = std::make_shared<const fleet::PipelinesState>();
    std::unique_ptr<fleet::PipelineFeed> m_feed; ///< null: no fleet
    std::unique_ptr<RunDetail> m_detail;         ///< null: no fleet
    QString m_run, m_wanted;
    QString m_pageOf; ///< the run for which the page was chosen by itself
    bool m_leaving = false; ///< lines go: the view chooses a neighbour, nobody else did
    QTimer m_filterSoon;
    std::pair<QString, QDateTime> m_chainOf;
    fleet::RunChain m_chain;
    QPointer<SchedulesSheet> m_schedules;

    PanelState *m_state;
    RunListModel *m_runs;
    List *m_list;
    FilterEdit *m_filter;
    SegmentedControl *m_states;
    SystemsStrip *m_systems;
    SegmentedControl *m_timesOf; ///< of the whole run, or of one stage
    Card *m_listCard, *m_noticeCard, *m_head, *m_timeCard;
    NoticeStrip *m_notices;
    StateBadge *m_badge;
    Label *m_words;
    std::vector<Button *> m_buttons;
    QWidget *m_legend, *m_left, *m_right, *m_bottom;
    StageGraph *m_stages;
    QScrollArea *m_stageArea;
    RunLogCard *m_log;
    PlotWidget *m_times;
    NextRunsCard *m_next;
    SegmentedControl *m_pageChoice; ///< in the narrow window log or facts; with a gate also gate or facts
    QStackedWidget *m_pages;        ///< facts, gate
    RunFacts *m_facts;
    GateCard *m_gate;
};

} // namespace pilothouse::ui
