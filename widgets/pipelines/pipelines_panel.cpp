// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/pipelines_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/log_view.h"
#include "widgets/base/plot.h"
#include "widgets/base/stage_graph.h"
#include "widgets/base/table.h"
#include "widgets/pipelines/run_list.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {
PipelinesPanel::PipelinesPanel(const PanelContext &context, QWidget *parent)
    : Panel(QStringLiteral("pipelines"), tr("Pipelines"), context, parent), m_state(new PanelState) {
    addActions();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    auto *split = new QSplitter;
    split->setObjectName(QStringLiteral("pipelinesSplit"));
    split->setHandleWidth(12);
    split->addWidget(buildList());
    split->addWidget(buildRun());
    split->setStretchFactor(1, 1);
    split->setSizes({320, 960});
    m_state->setContent(split);
    layout->addWidget(m_state);
}

QWidget *PipelinesPanel::buildList() {
    m_listCard = new Card(tr("Runs"));
    auto *start = new Button(tr("Start…"));
    start->setObjectName(QStringLiteral("pipelineStart"));
    start->setGlyph(QStringLiteral("play"));
    connect(start, &QAbstractButton::clicked, this, [this, start] { chooseStart(start); });
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 12, 0, 0);
    m_states = new SegmentedControl;
    m_states->setObjectName(QStringLiteral("pipelineStates"));
    m_states->setAccessibleName(tr("Which runs"));
    auto *row = new QHBoxLayout;
    row->setContentsMargins(12, 0, 12, 0);
    row->addWidget(m_states);
    row->addWidget(start);
    row->addStretch(1);
    column->addLayout(row);
    m_runs = new RunListModel(this);
    m_filter = new FilterProxy(this);
    m_filter->setSourceModel(m_runs);
    m_list = new List;
    m_list->setObjectName(QStringLiteral("pipelineRuns"));
    m_list->setAccessibleName(tr("Pipeline runs, newest first"));
    m_list->setModel(m_filter);
    column->addWidget(m_list, 1);
    m_listCard->setBody(body);
    connect(m_states, &SegmentedControl::currentChanged, this, [this](const QString &id) {
        m_filter->setRule([this, id](const QModelIndex &index) { return id == QLatin1String("all") || pipelines::stateName(m_runs->row(index.row()).state) == id; });
    });
    connect(m_list, &List::chosen, this, [this](const QString &id) {
        if (id.isEmpty() || id == m_run)
            return;
        m_run = id;
        m_stage.clear();
        m_logStage->setCurrent(QStringLiteral("*"));
        m_lines.clear();
        m_log->clear();
        showRun();
        Q_EMIT headerChanged();
    });
    return m_listCard;
}

/// Each pipeline of the workspace, also those that never ran.
void PipelinesPanel::chooseStart(QWidget *below) {
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const pipelines::Pipeline &pipeline : m_snapshot.pipelines) {
        const QString reason = actions().blocked(QStringLiteral("pipeline.start"), pipeline.id);
        QAction *line = menu->addAction(reason.isEmpty() ? pipeline.name : QStringLiteral("%1   %2").arg(pipeline.name, reason));
        line->setEnabled(reason.isEmpty());
        connect(line, &QAction::triggered, this, [this, id = pipeline.id] { actions().trigger(QStringLiteral("pipeline.start"), id); });
    }
    menu->popup(below->mapToGlobal(QPoint(0, below->height() + 2)));
}

QWidget *PipelinesPanel::buildRun() {
    auto *widget = new QWidget;
    auto *column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    m_head = new Card(QStringLiteral(" "));
    m_badge = new StateBadge;
    m_words = new Label({}, TextRole::Second, &Tokens::t2);
    m_head->addTool(m_badge);
    m_head->addTool(m_words);
    auto *again = new Button(actions(), QStringLiteral("pipeline.start"), ButtonKind::Ghost);
    again->setObjectName(QStringLiteral("pipelineAgain"));
    again->setGlyph(QStringLiteral("refresh"));
    again->setWords(tr("Run again"));
    auto *cancel = new Button(actions(), QStringLiteral("pipeline.cancel"), ButtonKind::Danger);
    cancel->setObjectName(QStringLiteral("pipelineCancel"));
    for (Button *button : {again, cancel}) {
        m_head->addTool(button);
        m_buttons.push_back(button);
    }
    m_stages = new StageGraph;
    m_stages->setObjectName(QStringLiteral("stageGraph"));
    m_head->setBody(m_stages, 12);
    connect(m_stages, &StageGraph::chosen, this, [this](const QString &stage) { m_logStage->setCurrent(stage); });
    column->addWidget(m_head);
    column->addWidget(m_legend = buildLegend());
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    auto *left = new QVBoxLayout;
    left->setSpacing(12);
    left->addWidget(buildLog(), 3);
    m_timeCard = new Card(tr("Stage times"));
    m_times = new PlotWidget;
    m_timeCard->setBody(m_times, 8);
    left->addWidget(m_timeCard, 2);
    row->addLayout(left, 1);
    row->addWidget(buildFacts());
    column->addLayout(row, 1);
    return widget;
}

const pipelines::PipelineRun *PipelinesPanel::run(const QString &id) const {
    const auto it = std::find_if(m_snapshot.pipelineRuns.begin(), m_snapshot.pipelineRuns.end(), [&](const auto &r) { return r.id == id; });
    return it == m_snapshot.pipelineRuns.end() ? nullptr : &*it;
}

void PipelinesPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    const auto having = [&](pipelines::State state) { return std::count_if(snapshot.pipelineRuns.begin(), snapshot.pipelineRuns.end(), [&](const auto &r) { return r.state == state; }); };
    if (snapshot.pipelines.empty() && snapshot.pipelineRuns.empty()) {
        m_state->show(ScreenState::empty(tr("No pipelines yet"), tr("A model with a recipe has one on this machine: train, gate, register, deploy. Jenkins, Actions and Kubeflow come with their connections."),
                                         tr("Connections"), [this] { context().open(QStringLiteral("connections"), {}); }));
        return;
    }
    m_state->show(ScreenState::full());
    std::vector<SegmentedControl::Segment> segments{{QStringLiteral("all"), tr("All %1").arg(snapshot.pipelineRuns.size()), State::None}};
    for (const pipelines::State state : {pipelines::State::Paused, pipelines::State::Running, pipelines::State::Failed})
        if (const auto n = having(state))
            segments.push_back({pipelines::stateName(state), QString::number(n), stateOf(state)});
    m_states->setSegments(std::move(segments));
    m_runs->setNow(now());
    m_runs->setRows(snapshot.pipelineRuns);
    m_listCard->setSubtitle(count(m_runs->rowCount()));
    m_listCard->source()->setSource(tr("local"), snapshot.read, Freshness::Polled, 2);
    if (!m_wanted.isEmpty())
        openAt(std::exchange(m_wanted, {}));
    if (!run(m_run))
        m_run = snapshot.pipelineRuns.empty() ? QString() : snapshot.pipelineRuns.front().id;
    if (m_list->currentId() != m_run)
        m_list->choose(m_run);
    showRun();
    Q_EMIT headerChanged();
}

void PipelinesPanel::showRun() {
    const pipelines::PipelineRun *r = run(m_run);
    for (Button *button : m_buttons) {
        button->setArgument(currentArgument(button->objectName() == QLatin1String("pipelineCancel") ? QStringLiteral("pipeline.cancel") : QStringLiteral("pipeline.start")));
        button->refresh();
    }
    if (!r) {
        const ScreenState none = ScreenState::empty(tr("No run yet"), tr("Start a pipeline and its stages show up here."));
        for (Card *card : {m_head, m_logCard, m_timeCard, m_gateCard})
            card->showState(none);
        return;
    }
    for (Card *card : {m_head, m_logCard, m_timeCard, m_gateCard})
        card->showState(ScreenState::full());
    m_head->setTitle(runTitle(*r));
    m_head->setSubtitle(tr("started by %1").arg(r->startedBy));
    m_badge->setState(stateOf(r->state), pipelineWord(r->state));
    double usual = 0;
    for (const pipelines::Stage &stage : r->stages)
        usual += stage.medianSeconds;
    const QString took = r->started.isValid() ? runTime(double(r->started.msecsTo(r->ended.isValid() ? r->ended : now())) / 1000) : QString();
    const QString soFar = r->ended.isValid() ? took : tr("%1 so far").arg(took);
    m_words->setText(took.isEmpty() || usual <= 0 ? soFar : tr("%1, usual %2").arg(soFar, runTime(usual)));
    m_stages->setStages(stageMarks(*r, now()));
    std::vector<SegmentedControl::Segment> segments{{QStringLiteral("*"), tr("All stages"), State::None}};
    for (const pipelines::Stage &stage : r->stages)
        segments.push_back({stage.name, stage.name, State::None});
    m_logStage->setSegments(std::move(segments));
    if (m_logStage->current() == QLatin1String("*"))
        m_stage.clear();
    fitLogTools();
    for (Button *button : m_buttons) {
        if (button->objectName() == QLatin1String("pipelineCancel"))
            button->setVisible(!r->ended.isValid());
        if (button->objectName() == QLatin1String("pipelineAgain"))
            button->setVisible(r->ended.isValid());
    }
    showFacts(*r);
    // The first that took longest says most when none is chosen.
    QString stage = m_stage;
    double longest = -1;
    for (const pipelines::Stage &s : r->stages)
        if (const double seconds = stageSeconds(s, now()); m_stage.isEmpty() && seconds > longest) {
            longest = seconds;
            stage = s.name;
        }
    m_timeCard->setTitle(tr("%1, last runs").arg(stage.left(1).toUpper() + stage.mid(1)));
    PlotData times = durationPlot(m_snapshot.pipelineRuns, r->pipeline, stage, r->id);
    m_timeCard->showState(times.series.empty() ? ScreenState::empty(tr("No finished stage yet"), tr("How long it took in the last twelve runs.")) : ScreenState::full());
    m_times->setData(std::move(times));
    readLog();
}

/// Board 12: the narrow window keeps the log and drops what the stages' own clicks do as well.
void PipelinesPanel::resizeEvent(QResizeEvent *event) {
    Panel::resizeEvent(event);
    m_gateCard->setFixedWidth(theme().px(width() >= theme().px(1200) ? 320 : 240));
    m_legend->setVisible(height() >= theme().px(700));
    QMetaObject::invokeMethod(this, &PipelinesPanel::fitLogTools, Qt::QueuedConnection); // the card has its new width then
}

void PipelinesPanel::openAt(const QString &argument) {
    if (argument.isEmpty())
        return;
    const auto it = std::find_if(m_snapshot.pipelineRuns.begin(), m_snapshot.pipelineRuns.end(), [&](const auto &r) { return r.id == argument || r.model == argument || r.pipeline == argument; });
    if (it == m_snapshot.pipelineRuns.end()) {
        m_wanted = m_snapshot.read.isValid() ? QString() : argument;
        return;
    }
    m_run = it->id;
    m_stage.clear();
    m_logStage->setCurrent(QStringLiteral("*"));
    m_log->clear();
    m_list->choose(m_run);
    showRun();
}

QString PipelinesPanel::subject() const {
    const pipelines::PipelineRun *r = run(m_run);
    return r ? runTitle(*r) : title();
}

std::vector<HeaderBadge> PipelinesPanel::badges() const {
    std::vector<HeaderBadge> out;
    const auto add = [&](pipelines::State state, const QString &word) {
        if (const auto n = std::count_if(m_snapshot.pipelineRuns.begin(), m_snapshot.pipelineRuns.end(), [&](const auto &r) { return r.state == state; }))
            out.push_back({stateOf(state), word.arg(n)});
    };
    add(pipelines::State::Paused, tr("%1 paused"));
    add(pipelines::State::Running, tr("%1 running"));
    add(pipelines::State::Failed, tr("%1 failed"));
    return out;
}

QString PipelinesPanel::currentArgument(const QString &actionId) const {
    const pipelines::PipelineRun *r = run(m_run);
    if (actionId == QLatin1String("pipeline.start"))
        return r ? r->pipeline : m_snapshot.pipelines.empty() ? QString() : m_snapshot.pipelines.front().id;
    return m_run;
}

QWidget *PipelinesPanel::firstFocus() { return m_list; }

} // namespace pilothouse::ui
