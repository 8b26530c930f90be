// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/rollouts_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/plot.h"
#include "widgets/base/run_verb.h"
#include "widgets/base/stage_graph.h"
#include "widgets/base/table.h"
#include "widgets/cluster/rollout_models.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

using cluster::RolloutPhase;

RolloutsPanel::RolloutsPanel(const PanelContext &context, QWidget *parent)
    : Panel(QStringLiteral("rollouts"), tr("Rollouts"), context, parent), m_state(new PanelState) {
    addActions();
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
    column->addWidget(buildCharts(), 3);
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
    m_events = new RolloutEventModel(this);
    auto *events = new Table;
    events->setObjectName(QStringLiteral("rolloutEvents"));
    events->setAccessibleName(tr("Events of this endpoint, from the journal"));
    events->setModel(m_events);
    events->setItemDelegate(new StateDelegate(events));
    m_eventsCard = new Card(tr("Events"));
    m_eventsCard->setSubtitle(tr("from the journal"));
    m_eventsCard->setBody(events);
    auto *bottom = new QHBoxLayout;
    bottom->setSpacing(12);
    bottom->addWidget(m_revisionsCard, 1);
    bottom->addWidget(m_eventsCard, 1);
    column->addLayout(bottom, 3);
    split->addWidget(side);
    split->setStretchFactor(1, 1);
    split->setSizes({240, 900});
    m_state->setContent(split);
    layout->addWidget(m_state);
}

QWidget *RolloutsPanel::buildList() {
    m_listCard = new Card(tr("Endpoints"));
    m_workloads = new WorkloadModel(this);
    m_list = new List;
    m_list->setObjectName(QStringLiteral("workloadList"));
    m_list->setAccessibleName(tr("Endpoints"));
    m_list->setModel(m_workloads);
    m_listCard->setBody(m_list);
    connect(m_list, &List::chosen, this, [this](const QString &id) {
        if (id.isEmpty() || id == m_model)
            return;
        m_model = id;
        showRollout();
        Q_EMIT headerChanged();
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
    const auto add = [&](Card *&card, PlotWidget *&plot, const QString &title, const char *name) {
        card = new Card(title);
        plot = new PlotWidget;
        plot->setObjectName(QLatin1String(name));
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

void RolloutsPanel::addActions() {
    const auto targets = [this](std::function<bool(const fleet::ModelRow &)> fits, const QString &verb) {
        return [this, fits, verb] {
            std::vector<ActionTarget> out;
            for (const fleet::ModelRow &m : m_snapshot.models)
                if (fits(m))
                    out.push_back({m.name, verb.arg(m.name), m.rollout ? rolloutWord(m.rollout->phase) : QString()});
            return out;
        };
    };
    const auto add = [this, targets](const QString &actionId, const QString &text, const QString &icon, const QKeySequence &key, std::function<bool(const fleet::ModelRow &)> fits,
                                     const QString &why, std::function<Danger(const QString &)> danger, const QStringList &verb, const QString &done) {
        ActionSpec spec;
        spec.id = actionId;
        spec.text = text;
        spec.icon = icon;
        spec.section = tr("Commands");
        spec.panel = id();
        spec.shortcut = key;
        spec.targets = targets(fits, text + QStringLiteral(" %1"));
        spec.blocked = [this, fits, why](const QString &model) {
            if (m_snapshot.role == workspace::Role::Viewer)
                return tr("Needs role operator.");
            const fleet::ModelRow *m = row(model);
            return m && fits(*m) ? QString() : why;
        };
        spec.danger = std::move(danger);
        spec.run = [this, verb, text, done](const QString &model, const QString &comment) {
            QStringList arguments = verb;
            arguments.insert(2, model);
            if (!comment.isEmpty())
                arguments << QStringLiteral("--reason") << comment;
            runVerb(context(), this, text + QLatin1Char(' ') + model, model, arguments, done.arg(model));
        };
        actions().add(spec);
    };
    const auto onStep = [](const fleet::ModelRow &m) { return m.rollout && m.rollout->canary && (m.rollout->phase == RolloutPhase::Progressing || m.rollout->phase == RolloutPhase::Paused); };
    const auto verb = [](const char *name) { return QStringList{QStringLiteral("rollouts"), QLatin1String(name)}; };
    add(QStringLiteral("rollout.promote"), tr("Promote to next step"), QStringLiteral("promote"), Qt::Key_P, onStep, tr("No canary is on its way."), {}, verb("promote"), tr("%1 goes to the next step"));
    add(QStringLiteral("rollout.full"), tr("Promote fully"), {}, {}, onStep, tr("No canary is on its way."),
        [this](const QString &model) {
            const fleet::ModelRow *m = row(model);
            return Danger{tr("Promote fully"), tr("Version %1 gets all traffic of %2 now, without the steps in between.").arg(m && m->rollout && m->rollout->canary ? m->rollout->canary->version : 0).arg(model),
                          tr("Undo to the revision before."), {}, false};
        },
        verb("promote") << QStringLiteral("--full"), tr("%1 is at 100 %"));
    add(QStringLiteral("rollout.pause"), tr("Pause"), QStringLiteral("pause"), {}, [](const fleet::ModelRow &m) { return m.rollout && m.rollout->phase == RolloutPhase::Progressing; },
        tr("Nothing is moving."), {}, verb("pause"), tr("Canary of %1 is paused"));
    add(QStringLiteral("rollout.resume"), tr("Resume"), QStringLiteral("play"), {}, [](const fleet::ModelRow &m) { return m.rollout && m.rollout->phase == RolloutPhase::Paused; },
        tr("It is not paused."), {}, verb("resume"), tr("Canary of %1 goes on"));
    add(QStringLiteral("rollout.abort"), tr("Abort"), QStringLiteral("cross"), {}, onStep, tr("No canary is on its way."),
        [this](const QString &model) {
            const fleet::ModelRow *m = row(model);
            return Danger{tr("Abort canary"), tr("All traffic of %1 returns to version %2, and the alias with it.").arg(model).arg(m && m->rollout && m->rollout->stable ? m->rollout->stable->version : 0),
                          tr("Promote the version again to come back."), {}, false};
        },
        verb("abort"), tr("Canary of %1 was aborted"));
    add(QStringLiteral("rollout.start"), tr("Serve champion"), QStringLiteral("play"), QKeySequence(Qt::Key_S),
        [](const fleet::ModelRow &m) { return m.liveVersion && (!m.rollout || m.rollout->phase == RolloutPhase::None || m.rollout->phase == RolloutPhase::Unreachable); },
        tr("It is served, or no version is live yet."), {}, verb("start"), tr("%1 is served"));
    ActionSpec undo;
    undo.id = QStringLiteral("rollout.undo");
    undo.text = tr("Undo to revision");
    undo.icon = QStringLiteral("undo");
    undo.section = tr("Commands");
    undo.panel = id();
    undo.shortcut = QKeySequence(Qt::Key_U);
    undo.inPalette = false;
    undo.blocked = [this](const QString &argument) {
        const fleet::ModelRow *m = row(argument.section(QLatin1Char('/'), 0, 0));
        const int revision = argument.section(QLatin1Char('/'), 1).toInt();
        if (m_snapshot.role == workspace::Role::Viewer)
            return tr("Needs role operator.");
        if (!m || !m->rollout || !m->rollout->stable || revision == 0)
            return tr("Choose an earlier revision.");
        return revision == m->rollout->stable->revision ? tr("It has all traffic already.") : QString();
    };
    undo.danger = [](const QString &argument) {
        return Danger{tr("Undo to revision %1").arg(argument.section(QLatin1Char('/'), 1)), tr("Revision %1 gets all traffic of %2 at once.").arg(argument.section(QLatin1Char('/'), 1), argument.section(QLatin1Char('/'), 0, 0)),
                      tr("Undo to the present revision comes back."), {}, false};
    };
    undo.run = [this](const QString &argument, const QString &) {
        const QString model = argument.section(QLatin1Char('/'), 0, 0), revision = argument.section(QLatin1Char('/'), 1);
        runVerb(context(), this, tr("Undo %1 to revision %2").arg(model, revision), model, {QStringLiteral("rollouts"), QStringLiteral("undo"), model, QStringLiteral("--to"), revision},
                tr("%1 is back at revision %2").arg(model, revision));
    };
    actions().add(undo);
    ActionSpec show;
    show.id = QStringLiteral("rollout.show");
    show.text = tr("Show rollout");
    show.section = tr("Go to");
    show.targets = targets([](const fleet::ModelRow &) { return true; }, tr("Show rollout of %1"));
    show.run = [this](const QString &model, const QString &) { context().open(id(), model); };
    actions().add(show);
}

const fleet::ModelRow *RolloutsPanel::row(const QString &model) const {
    const auto it = std::find_if(m_snapshot.models.begin(), m_snapshot.models.end(), [&](const auto &m) { return m.name == model; });
    return it == m_snapshot.models.end() ? nullptr : &*it;
}

void RolloutsPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    if (snapshot.models.empty()) {
        m_state->show(ScreenState::empty(tr("Nothing is served"), tr("A model with a deployment in the workspace shows up here, and its canary when a promotion starts one."), tr("Models"),
                                         [this] { context().open(QStringLiteral("models"), {}); }));
        return;
    }
    m_state->show(ScreenState::full());
    m_workloads->setRows(snapshot.models);
    if (!row(m_model))
        m_model = snapshot.models.front().name;
    if (m_list->currentId() != m_model)
        m_list->choose(m_model);
    m_listCard->source()->setSource(tr("local"), snapshot.read, Freshness::Polled, 2);
    showRollout();
    Q_EMIT headerChanged();
}

void RolloutsPanel::showRollout() {
    const fleet::ModelRow *m = row(m_model);
    if (!m)
        return;
    m_head->setTitle(m->name);
    const cluster::RolloutStatus status = m->rollout.value_or(cluster::RolloutStatus{});
    m_head->setSubtitle(status.url.isEmpty() ? status.target : status.target + QStringLiteral(" · ") + status.url);
    m_badge->setState(stateOf(status.phase), rolloutWord(status.phase));
    if (m->seen.reachable)
        m_head->source()->setSource(m->seen.source, m->seen.time, Freshness::Live, 2);
    else
        m_head->source()->setDown(m->seen.source, m->seen.time, m->seen.problem);
    m_ladder->setSteps(ladderOf(status, now()));
    const QString stable = status.stable ? tr("v%1").arg(status.stable->version) : tr("none"), canary = status.canary ? tr("v%1").arg(status.canary->version) : tr("canary");
    m_traffic->setVisible(status.stable.has_value());
    m_traffic->setShares(stable, canary, status.canary ? status.wantedCanaryShare : 0, seenSplit(status));
    m_verdict->setText(status.verdict.isEmpty() ? m->seen.problem : status.verdict);
    m_verdict->setVisible(!m_verdict->text().isEmpty());
    static const std::vector<fleet::TracePoint> none;
    const auto &trace = context().fleet ? context().fleet->trace(m->name) : none;
    const workspace::Model *declared = context().fleet ? context().fleet->services()->workspace.model(m->name) : nullptr;
    const ScreenState waiting = ScreenState::empty(tr("No traffic seen yet"), tr("The curves begin when the endpoint is asked."));
    for (Card *card : {m_requestsCard, m_errorsCard, m_lossCard}) {
        card->showState(trace.size() > 1 ? ScreenState::full() : waiting);
        card->source()->setSource(m->seen.source, m->seen.time, Freshness::Live, 2);
    }
    m_requests->setData(requestPlot(trace, stable, canary));
    m_errors->setData(errorPlot(trace, stable, canary, declared ? declared->deployment.maxErrorRate : 0.02));
    m_loss->setData(lossPlot(trace, stable, canary, m->unit));
    m_lossCard->setTitle(m->unit.isEmpty() ? tr("Mean error") : tr("Mean error, %1").arg(m->unit));
    m_revisions->setNow(now());
    m_revisions->setRows(m->revisions);
    m_revisionsCard->showState(m->revisions.empty() ? ScreenState::empty(tr("No revision yet"), tr("Each version taken into service is kept here to go back to.")) : ScreenState::full());
    std::vector<operations::JournalEntry> events;
    for (const operations::JournalEntry &e : m_snapshot.journal)
        if (e.object.endsWith(QLatin1Char(' ') + m->name) || e.object.endsWith(QLatin1Char('/') + m->name))
            events.push_back(e);
    if (events.size() > 200)
        events.resize(200);
    m_events->setNow(now());
    m_events->setRows(events);
    m_eventsCard->showState(events.empty() ? ScreenState::empty(tr("No event yet"), tr("Every write to this endpoint is listed here.")) : ScreenState::full());
    for (Button *button : m_buttons) {
        button->setArgument(button->objectName() == QLatin1String("rolloutUndo") ? currentArgument(QStringLiteral("rollout.undo")) : m_model);
        button->refresh();
    }
    const bool paused = status.phase == RolloutPhase::Paused;
    for (Button *button : m_buttons) {
        if (button->objectName() == QLatin1String("rollout.pause"))
            button->setVisible(!paused);
        if (button->objectName() == QLatin1String("rollout.resume"))
            button->setVisible(paused);
    }
}

void RolloutsPanel::openAt(const QString &argument) {
    if (argument.isEmpty())
        return;
    m_model = argument;
    m_list->choose(argument);
    showRollout();
}

std::vector<HeaderBadge> RolloutsPanel::badges() const {
    const fleet::ModelRow *m = row(m_model);
    if (!m || !m->rollout)
        return {};
    return {{stateOf(m->rollout->phase), rolloutWord(m->rollout->phase)}};
}

QString RolloutsPanel::currentArgument(const QString &actionId) const {
    if (actionId == QLatin1String("rollout.undo")) {
        const QString revision = m_revisionTable->currentId();
        return revision.isEmpty() ? QString() : m_model + QLatin1Char('/') + revision;
    }
    return m_model;
}

QWidget *RolloutsPanel::firstFocus() { return m_list; }

} // namespace pilothouse::ui
