// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/pipelines_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/log_view.h"
#include "widgets/base/plot.h"
#include "widgets/base/run_verb.h"
#include "widgets/base/stage_graph.h"
#include "widgets/base/table.h"
#include "widgets/pipelines/run_list.h"

#include <QHBoxLayout>
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
    split->setSizes({320, 900});
    m_state->setContent(split);
    layout->addWidget(m_state);
}

QWidget *PipelinesPanel::buildList() {
    m_listCard = new Card(tr("Runs"));
    auto *start = new Button(actions(), QStringLiteral("pipeline.start"));
    start->setObjectName(QStringLiteral("pipelineStart"));
    m_listCard->addTool(start);
    m_buttons.push_back(start);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 12, 0, 0);
    m_states = new SegmentedControl;
    m_states->setObjectName(QStringLiteral("pipelineStates"));
    m_states->setAccessibleName(tr("Which runs"));
    auto *row = new QHBoxLayout;
    row->setContentsMargins(12, 0, 12, 0);
    row->addWidget(m_states);
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
        m_log->clear();
        showRun();
        Q_EMIT headerChanged();
    });
    return m_listCard;
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
    auto *cancel = new Button(actions(), QStringLiteral("pipeline.cancel"), ButtonKind::Danger);
    cancel->setObjectName(QStringLiteral("pipelineCancel"));
    m_head->addTool(cancel);
    m_buttons.push_back(cancel);
    m_stages = new StageGraph;
    m_stages->setObjectName(QStringLiteral("stageGraph"));
    m_head->setBody(m_stages, 12);
    connect(m_stages, &StageGraph::chosen, this, [this](const QString &stage) {
        m_stage = m_stage == stage ? QString() : stage;
        m_log->clear();
        showRun();
    });
    column->addWidget(m_head);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    auto *left = new QVBoxLayout;
    left->setSpacing(12);
    m_logCard = new Card(tr("Log"));
    m_log = new LogView;
    m_log->setObjectName(QStringLiteral("pipelineLog"));
    m_log->setAccessibleName(tr("Log of the run"));
    m_logCard->setBody(m_log);
    left->addWidget(m_logCard, 3);
    m_timeCard = new Card(tr("Stage times"));
    m_times = new PlotWidget;
    m_timeCard->setBody(m_times, 8);
    left->addWidget(m_timeCard, 2);
    row->addLayout(left, 1);
    m_gateCard = new Card(tr("This run"));
    m_gateCard->setFixedWidth(320);
    auto *inner = m_gateCard->bodyLayout();
    m_facts = new KeyValues;
    inner->addWidget(m_facts);
    m_failure = new Label({}, TextRole::Body, &Tokens::bad);
    m_failure->setWordWrap(true);
    inner->addWidget(m_failure);
    m_gateText = new Label({}, TextRole::Strong);
    m_gateText->setWordWrap(true);
    inner->addWidget(m_gateText);
    m_review = new Button(actions(), QStringLiteral("promotion.review"), ButtonKind::Primary);
    m_review->setObjectName(QStringLiteral("gateReview"));
    inner->addWidget(m_review);
    inner->addStretch(1);
    row->addWidget(m_gateCard);
    column->addLayout(row, 1);
    return widget;
}

void PipelinesPanel::addActions() {
    ActionSpec start;
    start.id = QStringLiteral("pipeline.start");
    start.text = tr("Start pipeline");
    start.icon = QStringLiteral("play");
    start.section = tr("Commands");
    start.panel = id();
    start.shortcut = QKeySequence(Qt::Key_S);
    start.blocked = [this](const QString &argument) {
        if (m_snapshot.role == workspace::Role::Viewer)
            return tr("Needs role operator.");
        if (argument.isEmpty())
            return tr("No model has a recipe.");
        for (const pipelines::PipelineRun &r : m_snapshot.pipelineRuns)
            if (r.pipeline == argument && (r.state == pipelines::State::Running || r.state == pipelines::State::Waiting))
                return tr("It is running.");
        return QString();
    };
    start.targets = [this] {
        std::vector<ActionTarget> out;
        for (const pipelines::Pipeline &p : m_snapshot.pipelines)
            out.push_back({p.id, tr("Start pipeline %1").arg(p.name), p.system});
        return out;
    };
    start.run = [this](const QString &pipeline, const QString &) {
        runVerb(context(), this, tr("Start pipeline %1").arg(pipeline), pipeline, {QStringLiteral("pipelines"), QStringLiteral("start"), pipeline}, tr("Pipeline %1 has started").arg(pipeline),
                [this, pipeline](const QJsonObject &) { m_wanted = pipeline; });
    };
    actions().add(start);
    ActionSpec cancel;
    cancel.id = QStringLiteral("pipeline.cancel");
    cancel.text = tr("Cancel run");
    cancel.icon = QStringLiteral("stop");
    cancel.section = tr("Commands");
    cancel.panel = id();
    cancel.inPalette = false;
    cancel.blocked = [this](const QString &argument) {
        const pipelines::PipelineRun *r = run(argument);
        if (m_snapshot.role == workspace::Role::Viewer)
            return tr("Needs role operator.");
        return r && !r->ended.isValid() ? QString() : tr("It has ended.");
    };
    cancel.danger = [this](const QString &argument) {
        const pipelines::PipelineRun *r = run(argument);
        return Danger{tr("Cancel run"), r && r->state == pipelines::State::Paused ? tr("The run ends here; nothing is deployed.") : tr("The training stops at its next checkpoint; nothing is deployed."),
                      tr("Start it again; a training goes on from its checkpoint."), {}, false};
    };
    cancel.run = [this](const QString &argument, const QString &) {
        runVerb(context(), this, tr("Cancel %1").arg(argument), {}, {QStringLiteral("pipelines"), QStringLiteral("cancel"), argument}, tr("Run %1 was cancelled").arg(argument));
    };
    actions().add(cancel);
    ActionSpec show;
    show.id = QStringLiteral("pipeline.show");
    show.text = tr("Show run");
    show.section = tr("Go to");
    show.inPalette = false;
    show.run = [this](const QString &argument, const QString &) { context().open(id(), argument); };
    actions().add(show);
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
    std::vector<SegmentedControl::Segment> segments{{QStringLiteral("all"), tr("All"), State::None}};
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
    m_head->setTitle(r->pipeline + QLatin1Char(' ') + r->id);
    m_head->setSubtitle(r->reason.isEmpty() ? tr("started by %1").arg(r->startedBy) : tr("started by %1, %2").arg(r->startedBy, r->reason));
    m_badge->setState(stateOf(r->state), pipelineWord(r->state));
    m_words->setText(r->started.isValid() ? runTime(double(r->started.msecsTo(r->ended.isValid() ? r->ended : now())) / 1000) : QString());
    m_stages->setStages(stageMarks(*r, now()));
    m_facts->setRows({{tr("Model"), r->model}, {tr("Started"), moment(r->started, now())}, {tr("Ended"), r->ended.isValid() ? moment(r->ended, now()) : QString()},
                      {tr("Version"), r->version ? QStringLiteral("v%1").arg(r->version) : QString()}, {tr("Its own word"), r->systemState, true}});
    m_failure->setText(r->error ? r->error->text() : QString());
    m_failure->setVisible(r->error.has_value());
    const bool waits = r->state == pipelines::State::Paused;
    QString request;
    for (const promotion::Request &p : m_snapshot.promotions)
        if (waits && p.model == r->model && p.version == r->version && p.state == promotion::RequestState::Pending)
            request = p.id;
    m_gateCard->setEdge(waits ? &Tokens::pau : &Tokens::line);
    m_gateText->setText(waits ? tr("Promote %1 v%2? The run goes on when it is decided.").arg(r->model).arg(r->version) : QString());
    m_gateText->setVisible(waits);
    m_review->setVisible(!request.isEmpty());
    m_review->setArgument(request);
    m_review->refresh();
    const QString stage = m_stage.isEmpty() ? (r->stages.empty() ? QString() : r->stages.front().name) : m_stage;
    m_timeCard->setTitle(tr("%1, last runs").arg(stage));
    m_times->setData(durationPlot(m_snapshot.pipelineRuns, r->pipeline, stage));
    m_logCard->setSubtitle(m_stage.isEmpty() ? tr("all stages") : m_stage);
    readLog();
}

void PipelinesPanel::readLog() {
    if (!context().fleet || m_logTask.isRunning())
        return;
    m_logTask = startTask<QString>(context().fleet->pools().waiting, [service = context().fleet->services()->pipelines, run = m_run, stage = m_stage](std::stop_token) { return service->log(run, stage); });
    deliver(m_logTask, this, [this, run = m_run, stage = m_stage](const Result<QString> &text) {
        if (run != m_run || stage != m_stage)
            return; // another one was chosen meanwhile
        if (text)
            m_log->setLines(text->split(QLatin1Char('\n'), Qt::SkipEmptyParts));
        else
            m_logCard->showState(ScreenState::failed(text.error()));
    });
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
    m_log->clear();
    m_list->choose(m_run);
    showRun();
}

QString PipelinesPanel::subject() const {
    const pipelines::PipelineRun *r = run(m_run);
    return r ? r->pipeline + QLatin1Char(' ') + r->id.right(6) : title();
}

std::vector<HeaderBadge> PipelinesPanel::badges() const {
    std::vector<HeaderBadge> out;
    const auto add = [&](pipelines::State state, const QString &word) {
        if (const auto n = std::count_if(m_snapshot.pipelineRuns.begin(), m_snapshot.pipelineRuns.end(), [&](const auto &r) { return r.state == state; }))
            out.push_back({stateOf(state), word.arg(n)});
    };
    add(pipelines::State::Paused, tr("%1 paused"));
    add(pipelines::State::Running, tr("%1 running"));
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
