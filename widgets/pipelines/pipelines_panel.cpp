// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/pipelines_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/table.h"
#include "widgets/pipelines/run_detail.h"
#include "widgets/pipelines/run_list.h"
#include "widgets/pipelines/run_log_card.h"
#include "widgets/pipelines/schedules_sheet.h"

#include <QKeyEvent>
#include <QRegularExpression>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

using pipelines::PipelineRun;

namespace {

/// What a snapshot has, as a feed would tell it.
fleet::PipelinesState stateOf(const fleet::Snapshot &snapshot) {
    fleet::PipelinesState state;
    state.pipelines = snapshot.pipelines;
    state.runs = snapshot.pipelineRuns;
    state.gates = snapshot.gates;
    state.schedules = snapshot.schedules;
    state.notices = snapshot.notices;
    fleet::SystemSight local;
    local.system = QStringLiteral("local");
    local.read = snapshot.read;
    state.systems.push_back(local);
    for (const PipelineRun &run : state.runs) {
        const auto known = std::find_if(state.systems.begin(), state.systems.end(), [&](const auto &sight) { return sight.connection == run.connection; });
        fleet::SystemSight sight;
        sight.connection = run.connection;
        sight.system = run.system;
        sight.read = run.read;
        if (known == state.systems.end())
            state.systems.push_back(std::move(sight));
        else if (!run.connection.isEmpty())
            known->read = std::max(known->read, run.read);
    }
    return state;
}

} // namespace

PipelinesPanel::PipelinesPanel(const PanelContext &context, QWidget *parent)
    : Panel(QStringLiteral("pipelines"), tr("Pipelines"), context, parent), m_state(new PanelState), m_runs(new RunListModel(this)) { // a button of another panel asks what may be done as soon as the commands are there
    addActions();
    buildDetail();
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
    if (m_feed)
        connect(m_feed.get(), &fleet::PipelineFeed::changed, this, [this] {
            m_data = m_feed->state();
            if (m_schedules)
                m_schedules->setState(m_data);
            showState();
        });
}

PipelinesPanel::~PipelinesPanel() = default;

void PipelinesPanel::buildDetail() {
    if (!context().fleet)
        return;
    m_feed = std::make_unique<fleet::PipelineFeed>(context().fleet->services(), context().fleet->pools());
    m_detail = std::make_unique<RunDetail>(context().fleet->services()->pipelines, context().fleet->pools().waiting);
    connect(m_detail.get(), &RunDetail::changed, this, &PipelinesPanel::showRun);
    connect(m_detail.get(), &RunDetail::becameAnother, this, [this](const QString &from, const QString &became) {
        if (from != m_run)
            return;
        m_wanted = became;
        chooseWanted();
    });
}

void PipelinesPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    if (!m_feed)
        m_data = std::make_shared<const fleet::PipelinesState>(stateOf(snapshot));
    showState();
}

void PipelinesPanel::showState() {
    m_runs->setNow(now());
    if (&m_runs->state() != m_data.get())
        m_runs->setRuns(m_data);
    m_list->viewport()->update(); // times go on
    const bool loading = m_feed && (!m_feed->isLoaded() || std::any_of(state().systems.begin(), state().systems.end(), [](const auto &s) { return s.reading && !s.read.isValid() && !s.problem; }));
    const bool troubled = std::any_of(state().systems.begin(), state().systems.end(), [](const auto &s) { return s.problem.has_value(); });
    if (state().pipelines.empty() && state().runs.empty() && m_run.isEmpty() && !troubled) {
        m_state->show(loading ? ScreenState::loading()
                              : ScreenState::empty(tr("No pipelines yet"), tr("A model with a recipe has one on this machine: train, gate, register, deploy. Jenkins, Actions, Kubeflow and Azure ML come with their connections."),
                                                   tr("Connections"), [this] { context().open(QStringLiteral("connections"), {}); }));
        return;
    }
    m_state->show(ScreenState::full());
    showSources();
    chooseWanted();
    chooseFirst();
    showRun();
    Q_EMIT headerChanged();
}

void PipelinesPanel::openAt(const QString &argument) {
    if (argument.isEmpty())
        return;
    m_wanted = argument;
    static const QRegularExpression localRun(QStringLiteral("-\\d+$"));
    if (chooseWanted() || !m_detail || !m_feed->isLoaded() || !(argument.contains(QLatin1Char(':')) || localRun.match(argument).hasMatch()))
        return;
    m_run = argument; // not in the list yet, or no longer
    m_detail->chooseId(argument);
    showRun();
}

/// A run's id; else the newest run of a pipeline or a model.
bool PipelinesPanel::chooseWanted() {
    if (m_wanted.isEmpty())
        return false;
    const PipelineRun *found = m_runs->find(m_wanted);
    for (const PipelineRun &run : state().runs)
        if (!found && (run.pipeline == m_wanted || (!run.model.isEmpty() && run.model == m_wanted)))
            found = &run;
    if (!found)
        return false;
    m_wanted.clear();
    choose(found->id);
    return true;
}

void PipelinesPanel::chooseFirst() {
    if (!m_run.isEmpty() && (run(m_run) || (m_detail && m_detail->id() == m_run && (m_detail->isReading() || m_detail->problem()))))
        return;
    const PipelineRun *first = nullptr;
    for (const PipelineRun &run : state().runs)
        if (run.state == pipelines::State::Paused) {
            first = &run;
            break;
        }
    if (!first && !state().runs.empty())
        first = &state().runs.front();
    if (first)
        choose(first->id);
    else
        m_run.clear();
}

void PipelinesPanel::choose(const QString &id) {
    if (const int row = m_runs->rowOf(id); row >= 0 && m_list->currentId() != id) {
        m_leaving = true;
        m_list->setCurrentIndex(m_runs->index(row));
        m_list->scrollTo(m_runs->index(row));
        m_leaving = false;
    }
    if (id == m_run)
        return;
    m_run = id;
    showRun();
    Q_EMIT headerChanged();
}

const PipelineRun *PipelinesPanel::run(const QString &id) const {
    if (m_detail && m_detail->id() == id && m_detail->run())
        return &*m_detail->run();
    return m_runs->find(id);
}

const fleet::SystemSight *PipelinesPanel::sight(const QString &connection) const {
    const auto it = std::find_if(state().systems.begin(), state().systems.end(), [&](const auto &s) { return s.connection == connection; });
    return it == state().systems.end() ? nullptr : &*it;
}

std::vector<PipelineRun> PipelinesPanel::earlier(const PipelineRun &run) const {
    constexpr std::size_t most = 40;
    std::vector<PipelineRun> out;
    for (const PipelineRun &other : state().runs)
        if (other.pipeline == run.pipeline && out.size() < most)
            out.push_back(other);
    return out;
}

void PipelinesPanel::refresh(const QString &connection) {
    if (m_feed)
        m_feed->refresh(connection);
    if (m_detail)
        m_detail->refresh();
}

void PipelinesPanel::showEvent(QShowEvent *event) {
    Panel::showEvent(event);
    if (!m_feed)
        return;
    m_feed->setActive(true);
    m_detail->setActive(true);
    m_log->setActive(true);
}

void PipelinesPanel::hideEvent(QHideEvent *event) {
    Panel::hideEvent(event);
    if (!m_feed)
        return;
    m_feed->setActive(false);
    m_detail->setActive(false);
    m_log->setActive(false);
}

QString PipelinesPanel::subject() const {
    const PipelineRun *r = run(m_run);
    return r ? m_runs->titleOf(*r) : title();
}

std::vector<HeaderBadge> PipelinesPanel::badges() const {
    std::vector<HeaderBadge> out;
    const auto add = [&](pipelines::State state, const QString &word) {
        if (const int n = m_runs->countOf(state))
            out.push_back({ui::stateOf(state), word.arg(n)});
    };
    add(pipelines::State::Paused, tr("%1 paused"));
    add(pipelines::State::Running, tr("%1 running"));
    add(pipelines::State::Failed, tr("%1 failed"));
    return out;
}

QString PipelinesPanel::currentArgument(const QString &actionId) const {
    const PipelineRun *r = run(m_run);
    if (actionId == QLatin1String("pipeline.start"))
        return r ? r->pipeline : state().pipelines.empty() ? QString() : state().pipelines.front().id;
    if (actionId == QLatin1String("pipeline.fix"))
        return state().notices.empty() ? QString() : state().notices.front().id;
    return m_run;
}

QWidget *PipelinesPanel::firstFocus() { return m_list; }

void PipelinesPanel::keyPressEvent(QKeyEvent *event) {
    if (event->key() == Qt::Key_Escape && focusWidget() != m_list)
        return m_list->setFocus(Qt::TabFocusReason);
    Panel::keyPressEvent(event);
}

} // namespace pilothouse::ui
