// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/rollouts_panel.h"

#include "core/fleet/live_quality.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/journal_text.h"
#include "widgets/base/log_view.h"
#include "widgets/base/plot.h"
#include "widgets/base/stage_graph.h"
#include "widgets/base/table.h"
#include "widgets/base/field.h"
#include "widgets/cluster/cluster_sheets.h"
#include "widgets/cluster/rollout_models.h"
#include "widgets/cluster/workload_list_model.h"
#include "widgets/cluster/workload_page.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

using cluster::RolloutPhase;

namespace {

/// A badge begins with a capital; a cell's second line does not.
QString badgeWord(RolloutPhase phase) {
    const QString word = rolloutWord(phase);
    return word.left(1).toUpper() + word.mid(1);
}

/// Where something moves now, else where a version came into service last.
QString mostRecent(const std::vector<fleet::ModelRow> &models) {
    const auto rank = [](const fleet::ModelRow &m) {
        const bool moving = m.rollout && m.rollout->canary && inProgress(*m.rollout);
        return std::pair(moving, m.revisions.empty() ? QDateTime::fromSecsSinceEpoch(0) : m.revisions.front().when);
    };
    return std::max_element(models.begin(), models.end(), [&](const auto &a, const auto &b) { return rank(a) < rank(b); })->name;
}

} // namespace

RolloutsPanel::RolloutsPanel(const PanelContext &context, QWidget *parent)
    : Panel(QStringLiteral("rollouts"), tr("Rollouts"), context, parent), m_state(new PanelState) {
    addActions();
    buildFeed();
    addClusterSheets(context, this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    auto *split = new QSplitter;
    split->setObjectName(QStringLiteral("rolloutsSplit"));
    split->setHandleWidth(12);
    split->addWidget(buildList());
    auto *side = new QWidget;
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(buildRollout());
    column->addWidget(buildCharts(), 4);
    column->addWidget(buildTables(), 4);
    column->addWidget(buildLogs(), 3);
    split->addWidget(buildPages(side));
    split->setStretchFactor(1, 1);
    split->setSizes({240, 900});
    m_charts.setSingleShot(true);
    connect(&m_charts, &QTimer::timeout, this, [this] {
        showCharts();
        readTraffic();
    });
    m_state->setContent(split);
    layout->addWidget(m_state);
}

QWidget *RolloutsPanel::buildTables() {
    auto *widget = new QWidget;
    auto *row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    m_sides = new SideModel(this);
    auto *sides = new Table;
    sides->setObjectName(QStringLiteral("rolloutSides"));
    sides->setAccessibleName(tr("Both sides in numbers"));
    sides->setRowHeight(Table::Compact);
    sides->setModel(m_sides);
    sides->setItemDelegate(new StateDelegate(sides));
    m_sidesCard = new Card(tr("Both sides"));
    m_sidesCard->setBody(sides);
    row->addWidget(m_sidesCard, 1);
    m_revisions = new RevisionModel(this);
    m_revisionTable = new Table;
    m_revisionTable->setObjectName(QStringLiteral("revisionTable"));
    m_revisionTable->setAccessibleName(tr("Revisions"));
    m_revisionTable->setModel(m_revisions);
    m_revisionTable->setItemDelegate(new StateDelegate(m_revisionTable));
    m_revisionsCard = new Card(tr("Revisions"));
    m_revisionsCard->setBody(m_revisionTable);
    auto *undo = new Button(actions(), QStringLiteral("rollout.undo"));
    undo->setObjectName(QStringLiteral("rolloutUndo"));
    m_revisionsCard->addTool(undo);
    m_buttons.push_back(undo);
    connect(m_revisionTable, &Table::chosen, this, [this] { showRollout(); });
    row->addWidget(m_revisionsCard, 1);
    return widget;
}

QWidget *RolloutsPanel::buildLogs() {
    m_logs = new QWidget;
    auto *row = new QHBoxLayout(m_logs);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    m_events = new RolloutEventModel(this);
    auto *events = new Table;
    events->setObjectName(QStringLiteral("rolloutEvents"));
    events->setAccessibleName(tr("Events of this endpoint, from the journal"));
    events->setRowHeight(Table::Compact);
    events->setModel(m_events);
    events->setItemDelegate(new StateDelegate(events));
    m_eventsCard = new Card(tr("Events"));
    m_eventsCard->setSubtitle(tr("from the journal"));
    m_eventsCard->setBody(events);
    row->addWidget(m_eventsCard, 3);
    m_requestLog = new LogView;
    m_requestLog->setObjectName(QStringLiteral("requestLog"));
    m_requestLog->setAccessibleName(tr("Newest requests"));
    m_requestLogCard = new Card(tr("Requests"));
    m_requestLogCard->setBody(m_requestLog);
    row->addWidget(m_requestLogCard, 2);
    return m_logs;
}

QWidget *RolloutsPanel::buildList() {
    m_listCard = new Card(m_feed ? tr("Workloads") : tr("Endpoints"));
    m_workloads = new WorkloadListModel(this);
    m_list = new List;
    m_list->setObjectName(QStringLiteral("workloadList"));
    m_list->setAccessibleName(m_listCard->title());
    // After the view has chosen a neighbour of a line that goes; before that is heard of.
    connect(m_workloads, &QAbstractItemModel::rowsAboutToBeRemoved, this, [this] { m_leaving = true; });
    m_list->setModel(m_workloads);
    connect(m_workloads, &QAbstractItemModel::rowsRemoved, this, [this] {
        m_leaving = false;
        if (m_list->currentId() != m_chosen)
            m_list->setCurrentIndex({});
    });
    connect(m_workloads, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &, int first, int last) {
        if (m_list->currentId() == m_chosen)
            return;
        for (int row = first; row <= last; ++row)
            if (const QModelIndex index = m_workloads->index(row, 0); index.data(IdRole).toString() == m_chosen)
                return m_list->setCurrentIndex(index);
    });
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *filter = new FilterEdit(tr("Filter, / to focus"));
    filter->setObjectName(QStringLiteral("workloadFilter"));
    filter->setAccessibleName(tr("Filter workloads"));
    if (!m_feed) // shown before it has a parent it would be a window of its own
        filter->hide();
    connect(filter, &QLineEdit::textChanged, m_workloads, &WorkloadListModel::setWords);
    auto *place = new QHBoxLayout;
    place->setContentsMargins(12, m_feed ? 10 : 0, 12, m_feed ? 10 : 0);
    place->addWidget(filter);
    column->addLayout(place);
    column->addWidget(m_list, 1);
    if (m_feed) {
        auto *apply = new Button(actions(), QStringLiteral("rollouts.apply"));
        apply->setObjectName(QStringLiteral("rolloutsApply"));
        apply->setWords(tr("Apply a folder…"));
        auto *below = new QHBoxLayout;
        below->setContentsMargins(12, 10, 12, 12);
        below->addWidget(apply);
        column->addLayout(below);
    }
    m_listCard->setBody(body);
    connect(m_list, &List::chosen, this, [this](const QString &id) {
        if (!m_leaving && !id.isEmpty() && id != m_chosen)
            chooseLine(id);
    });
    return m_listCard;
}

QWidget *RolloutsPanel::buildRollout() {
    m_head = new Card(QStringLiteral(" "));
    m_badge = new StateBadge;
    m_head->addTool(m_badge);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(10);
    auto *row = new QHBoxLayout;
    row->setSpacing(16);
    m_ladder = new CanaryLadder;
    m_ladder->setObjectName(QStringLiteral("canaryLadder"));
    row->addWidget(m_ladder, 1);
    auto *grid = new QGridLayout;
    grid->setSpacing(8);
    const struct {
        const char *id;
        ButtonKind kind;
        int line, place;
    } buttons[] = {{"rollout.promote", ButtonKind::Primary, 0, 0}, {"rollout.pause", ButtonKind::Plain, 0, 1}, {"rollout.abort", ButtonKind::Danger, 0, 2},
                   {"rollout.full", ButtonKind::Plain, 1, 0},      {"rollout.resume", ButtonKind::Plain, 0, 1}, {"rollout.start", ButtonKind::Plain, 1, 1}};
    for (const auto &b : buttons) {
        auto *button = new Button(actions(), QLatin1String(b.id), b.kind);
        button->setObjectName(QLatin1String(b.id));
        grid->addWidget(button, b.line, b.place);
        m_buttons.push_back(button);
    }
    row->addLayout(grid);
    column->addLayout(row);
    m_traffic = new TrafficBar;
    column->addWidget(m_traffic);
    m_verdict = new Label({}, TextRole::Body, &Tokens::t2);
    m_verdict->setObjectName(QStringLiteral("rolloutVerdict"));
    m_verdict->setWordWrap(true);
    column->addWidget(m_verdict);
    m_head->setBody(body);
    return m_head;
}

QWidget *RolloutsPanel::buildCharts() {
    auto *widget = new QWidget;
    auto *row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    int at = 0;
    const auto add = [&](Card *&card, PlotWidget *&plot, const QString &title, const char *name) {
        card = new Card(title);
        plot = new PlotWidget;
        plot->setObjectName(QLatin1String(name));
        card->addTool(m_legends[at++] = new Legend);
        card->setBody(plot, 8);
        row->addWidget(card, 1);
    };
    add(m_requestsCard, m_requests, tr("Requests/s"), "requestPlot");
    add(m_errorsCard, m_errors, tr("Errors, %"), "errorPlot");
    add(m_lossCard, m_loss, tr("Mean error"), "qualityPlot");
    const std::vector<PlotWidget *> plots{m_requests, m_errors, m_loss};
    for (PlotWidget *from : plots) // one crosshair for the screen
        for (PlotWidget *to : plots)
            if (from != to)
                connect(from, &PlotWidget::crosshairMoved, to, &PlotWidget::setCrosshair);
    return widget;
}

const fleet::ModelRow *RolloutsPanel::row(const QString &model) const {
    const auto it = std::find_if(m_snapshot.models.begin(), m_snapshot.models.end(), [&](const auto &m) { return m.name == model; });
    return it == m_snapshot.models.end() ? nullptr : &*it;
}

void RolloutsPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    if (snapshot.models.empty() && !m_feed) {
        m_state->show(ScreenState::empty(tr("Nothing is served"), tr("A model with a deployment in the workspace shows up here, and its canary when a promotion starts one."), tr("Models"),
                                         [this] { context().open(QStringLiteral("models"), {}); }));
        return;
    }
    m_state->show(ScreenState::full());
    m_workloads->setEndpoints(snapshot.models);
    if (!row(m_model))
        m_model = snapshot.models.empty() ? QString() : mostRecent(snapshot.models);
    if (m_chosen.isEmpty() || (!m_chosen.contains(QLatin1Char('|')) && !row(m_chosen)))
        m_chosen = m_model;
    if (m_list->currentId() != m_chosen)
        m_list->choose(m_chosen);
    showListSource();
    showRollout();
    showChosen();
    if (m_workloadPage)
        m_workloadPage->tick(snapshot);
    Q_EMIT headerChanged();
}

void RolloutsPanel::showRollout() {
    const fleet::ModelRow *m = row(m_model);
    if (!m)
        return;
    m_head->setTitle(m->name);
    const cluster::RolloutStatus status = m->rollout.value_or(cluster::RolloutStatus{});
    m_head->setSubtitle(status.url.isEmpty() ? status.target : status.target + QStringLiteral(" · ") + status.url);
    m_badge->setState(stateOf(status.phase), badgeWord(status.phase));
    if (m->seen.reachable)
        m_head->source()->setSource(m->seen.source, m->seen.time, Freshness::Live, 2);
    else
        m_head->source()->setDown(m->seen.source, m->seen.time, m->seen.problem);
    const workspace::Model *declared = context().fleet ? context().fleet->services()->workspace.model(m->name) : nullptr;
    std::vector<StageMark> steps = ladderOf(status, declared ? declared->deployment.steps : std::vector<int>(), now());
    m_ladder->setVisible(!steps.empty());
    m_ladder->setSteps(std::move(steps));
    const double share = status.canary ? status.wantedCanaryShare : 0;
    m_traffic->setVisible(status.stable.has_value());
    m_traffic->setShares(status.stable ? tr("v%1, %2").arg(status.stable->version).arg(percent(1 - share)) : tr("none"),
                         status.canary ? tr("v%1, %2").arg(status.canary->version).arg(percent(share)) : tr("canary"), share, seenSplit(status));
    m_verdict->setText(status.verdict.isEmpty() ? m->seen.problem : status.verdict);
    m_verdict->setVisible(!m_verdict->text().isEmpty());
    m_sides->setSides(status, *m, declared ? declared->deployment.maxErrorRate : 0.02);
    m_sidesCard->setTitle(status.canary ? tr("Both sides") : tr("What answers"));
    m_sidesCard->setSubtitle(status.canary ? tr("since this step began") : tr("since it took all traffic"));
    m_sidesCard->showState(status.stable ? ScreenState::full() : ScreenState::empty(tr("Nothing answers"), tr("A promotion takes the first version into service."), tr("Models"), [this] { context().open(QStringLiteral("models"), m_model); }));
    m_revisions->setNow(now());
    m_revisions->setRows(m->revisions);
    m_revisionsCard->showState(m->revisions.empty() ? ScreenState::empty(tr("No revision yet"), tr("Each version taken into service is kept here to go back to.")) : ScreenState::full());
    std::vector<operations::JournalEntry> events;
    for (const operations::JournalEntry &e : m_snapshot.journal)
        if (e.object.endsWith(QLatin1Char(' ') + m->name) || e.object.endsWith(QLatin1Char('/') + m->name))
            events.push_back(e);
    events = operationsOf(events);
    if (events.size() > 200)
        events.resize(200);
    m_events->setNow(now());
    m_events->setRows(events);
    m_eventsCard->showState(events.empty() ? ScreenState::empty(tr("No event yet"), tr("Every write to this endpoint is listed here.")) : ScreenState::full());
    showButtons(status);
    m_charts.start(); // an event of their own
}

/// The verbs of a canary stand here while one is on its way, "Serve" while nothing answers; else there is nothing to press.
void RolloutsPanel::showButtons(const cluster::RolloutStatus &status) {
    const bool paused = status.phase == RolloutPhase::Paused, onStep = status.canary && (paused || status.phase == RolloutPhase::Progressing);
    const fleet::ModelRow *m = row(m_model);
    for (Button *button : m_buttons) {
        const QString id = button->objectName();
        button->setArgument(id == QLatin1String("rolloutUndo") ? currentArgument(QStringLiteral("rollout.undo")) : m_model);
        button->refresh();
        button->setVisible(id == QLatin1String("rolloutUndo")      ? m && m->revisions.size() > 1
                           : id == QLatin1String("rollout.start")  ? status.phase == RolloutPhase::None || status.phase == RolloutPhase::Unreachable
                           : id == QLatin1String("rollout.pause")  ? onStep && !paused
                           : id == QLatin1String("rollout.resume") ? onStep && paused
                                                                   : onStep);
    }
}

void RolloutsPanel::showCharts() {
    const fleet::ModelRow *m = row(m_model);
    if (!m)
        return;
    const serving::Traffic none;
    const serving::Traffic &traffic = m_trafficOf == m_model ? m_seen : none;
    const cluster::RolloutStatus status = m->rollout.value_or(cluster::RolloutStatus{});
    const TrafficRoles roles{status.stable ? status.stable->revision : 0, status.canary ? status.canary->revision : 0};
    const workspace::Model *declared = context().fleet ? context().fleet->services()->workspace.model(m->name) : nullptr;
    const double errorLimit = (declared ? declared->deployment.maxErrorRate : 0.02) * 100;
    const double lossLimit = m->quality.metric == QLatin1String("mae") && m->quality.max ? *m->quality.max : std::nan("");
    m_requests->setData(trafficPlot(traffic, TrafficMetric::Requests, roles, tr("1/s"), std::nan("")));
    m_errors->setData(trafficPlot(traffic, TrafficMetric::Errors, roles, QStringLiteral("%"), errorLimit));
    showSlo();
    PlotData loss = trafficPlot(traffic, TrafficMetric::Loss, roles, m->unit, lossLimit);
    const bool labelled = !loss.series.empty();
    m_loss->setData(std::move(loss));
    m_lossCard->setTitle(m->unit.isEmpty() ? tr("Mean error") : tr("Mean error, %1").arg(m->unit));
    const ScreenState waiting = ScreenState::empty(tr("No traffic seen yet"), tr("The curves begin when the endpoint is asked."));
    ScreenState offer = waiting; // the demo's own traffic can be had here
    if (actions().find(QStringLiteral("demo.start")) && actions().blocked(QStringLiteral("demo.start")).isEmpty()) {
        offer.button = tr("Start demo traffic");
        offer.act = [this] { actions().trigger(QStringLiteral("demo.start")); };
    }
    const bool asked = !traffic.buckets.empty();
    for (Card *card : {m_requestsCard, m_errorsCard, m_lossCard}) {
        card->showState(asked ? ScreenState::full() : card == m_requestsCard ? offer : waiting);
        card->source()->setSource(tr("log"), m_readAt, Freshness::Polled, 5);
        card->source()->setVisible(asked && width() >= theme().px(1100)); // in the narrow window the title needs the room
    }
    if (asked && !labelled)
        m_lossCard->showState(ScreenState::empty(tr("No label yet"), tr("The error is known when what was measured comes back.")));
    for (Legend *legend : m_legends)
        legend->setEntries(trafficLegend(traffic, roles));
    m_requestLogCard->setSubtitle(asked ? tr("newest %1, last %2").arg(traffic.newest.size()).arg(moment(traffic.to, now())) : QString());
    m_requestLog->setLines(requestLines(traffic, now()));
    m_requestLogCard->showState(asked ? ScreenState::full() : ScreenState::empty(tr("No request yet"), tr("What was asked last, who answered and how fast.")));
}

void RolloutsPanel::readTraffic() {
    const workspace::Model *declared = context().fleet ? context().fleet->services()->workspace.model(m_model) : nullptr;
    if (!declared || m_task.isRunning())
        return;
    m_task = startTask<serving::Traffic>(context().fleet->pools().waiting,
                                         [services = context().fleet->services(), model = *declared](std::stop_token) { return fleet::trafficOf(*services, model); });
    readSlo(*declared);
    deliver(m_task, this, [this, model = m_model](const Result<serving::Traffic> &traffic) {
        if (!traffic) { // the last known goes on; the card says why it is old
            m_requestsCard->source()->setDown(tr("log"), m_seen.to, traffic.error().text());
            return;
        }
        m_seen = *traffic;
        m_readAt = now();
        m_trafficOf = model;
        showCharts();
        if (model != m_model)
            readTraffic(); // another one was chosen meanwhile
    });
}

/// Below 720 px of window the last row would leave the charts no room.
void RolloutsPanel::resizeEvent(QResizeEvent *event) {
    Panel::resizeEvent(event);
    m_logs->setVisible(height() >= theme().px(600));
}

QString RolloutsPanel::currentArgument(const QString &actionId) const {
    if (actionId.startsWith(QLatin1String("workload.")) || actionId.startsWith(QLatin1String("pod.")))
        return m_workloadPage ? m_workloadPage->argumentOf(actionId) : QString();
    if (m_chosen.contains(QLatin1Char('|')))
        return {}; // keys of endpoints act on none while a workload is shown
    if (actionId == QLatin1String("rollout.undo")) {
        const QString revision = m_revisionTable->currentId();
        return revision.isEmpty() ? QString() : m_model + QLatin1Char('/') + revision;
    }
    return m_model;
}

QWidget *RolloutsPanel::firstFocus() { return m_list; }

} // namespace pilothouse::ui
