// SPDX-License-Identifier: GPL-3.0-or-later
// The right side of the Pipelines panel: the chosen run.
#include "widgets/pipelines/pipelines_panel.h"

#include "core/pipelines/stage_medians.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/plot.h"
#include "widgets/base/table.h"
#include "widgets/pipelines/gate_card.h"
#include "widgets/pipelines/next_runs_card.h"
#include "widgets/pipelines/pipeline_strips.h"
#include "widgets/pipelines/run_detail.h"
#include "widgets/pipelines/run_facts.h"
#include "widgets/pipelines/run_list.h"
#include "widgets/pipelines/run_log_card.h"
#include "widgets/pipelines/stage_marks.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QResizeEvent>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pilothouse::ui {

using pipelines::PipelineRun;
using Q = QLatin1String;

namespace {

pipelines::Gate gateOf(const promotion::Request &request, const PipelineRun &run, const QString &message) {
    pipelines::Gate gate;
    gate.id = gate.promotion = request.id;
    gate.run = run.id;
    gate.pipeline = run.pipeline;
    gate.connection = run.connection;
    gate.system = run.system;
    gate.model = request.model;
    gate.candidate = QString::number(request.version);
    for (const pipelines::Stage &stage : run.stages)
        if (stage.state == pipelines::State::Paused) {
            gate.stage = stage.name;
            gate.since = stage.started;
        }
    gate.message = message;
    return gate;
}

} // namespace

QWidget *PipelinesPanel::buildRun() {
    auto *widget = new QWidget;
    auto *column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    m_notices = new NoticeStrip(context());
    m_noticeCard = new Card;
    m_noticeCard->setBody(m_notices);
    m_noticeCard->hide();
    column->addWidget(m_noticeCard);
    column->addWidget(buildHead());
    column->addWidget(m_legend = buildLegend());
    m_left = new QWidget;
    auto *left = new QVBoxLayout(m_left);
    left->setContentsMargins(0, 0, 0, 0);
    left->setSpacing(12);
    m_log = new RunLogCard(context());
    left->addWidget(m_log, 3);
    m_bottom = new QWidget;
    auto *bottom = new QHBoxLayout(m_bottom);
    bottom->setContentsMargins(0, 0, 0, 0);
    bottom->setSpacing(12);
    m_timeCard = new Card(tr("Stage times"));
    m_times = new PlotWidget;
    m_times->setObjectName(QStringLiteral("stageTimes"));
    m_timeCard->setBody(m_times, 8);
    m_timesOf = new SegmentedControl;
    m_timesOf->setObjectName(QStringLiteral("timesOf"));
    m_timesOf->setAccessibleName(tr("What the times are of"));
    m_timesOf->setSegments({{QStringLiteral("run"), tr("Whole run")}, {QStringLiteral("stage"), tr("Stage")}});
    m_timesOf->setCurrent(QStringLiteral("stage"));
    connect(m_timesOf, &SegmentedControl::currentChanged, this, &PipelinesPanel::showRun);
    m_timeCard->addTool(m_timesOf);
    bottom->addWidget(m_timeCard, 3);
    m_next = new NextRunsCard;
    m_next->setObjectName(QStringLiteral("nextRuns"));
    bottom->addWidget(m_next, 2);
    left->addWidget(m_bottom, 2);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(m_left, 1);
    row->addWidget(buildRight());
    column->addLayout(row, 1);
    connect(m_log, &RunLogCard::stageChanged, this, [this](const QString &stage) {
        m_stages->showCurrent(stage);
        showRun();
    });
    connect(m_next, &NextRunsCard::opened, this, [this] { actions().trigger(QStringLiteral("pipeline.schedules")); });
    return widget;
}

Card *PipelinesPanel::buildHead() {
    m_head = new Card(QStringLiteral(" "));
    m_badge = new StateBadge;
    m_words = new Label({}, TextRole::Second, &Tokens::t2);
    m_words->setObjectName(QStringLiteral("runTook"));
    m_head->addTool(m_badge);
    m_head->addTool(m_words);
    m_pageChoice = new SegmentedControl;
    m_pageChoice->setObjectName(QStringLiteral("runPage"));
    m_pageChoice->setAccessibleName(tr("What is shown of the run"));
    m_pageChoice->hide();
    connect(m_pageChoice, &SegmentedControl::currentChanged, this, &PipelinesPanel::showPages);
    m_head->addTool(m_pageChoice);
    const struct {
        const char *action, *name;
        ButtonKind kind;
    } buttons[] = {{"pipeline.again", "pipelineAgain", ButtonKind::Ghost}, {"pipeline.cancel", "pipelineCancel", ButtonKind::Danger}};
    for (const auto &b : buttons) {
        auto *button = new Button(actions(), Q(b.action), b.kind);
        button->setObjectName(Q(b.name));
        m_head->addTool(button);
        m_buttons.push_back(button);
    }
    auto *more = new Button({}, ButtonKind::Ghost);
    more->setObjectName(QStringLiteral("pipelineMore"));
    more->setGlyph(QStringLiteral("more"));
    more->setAccessibleName(tr("More for this run"));
    more->setToolTip(tr("More for this run"));
    m_head->addTool(more);
    connect(more, &QAbstractButton::clicked, this, [this, more] {
        QMenu *menu = actions().menu({Q("pipeline.failed"), Q("pipeline.force"), Q("-"), Q("pipeline.open"), Q("pipeline.copy"), Q("-"), Q("pipeline.schedules")}, m_run, this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->popup(more->mapToGlobal(QPoint(0, more->height() + 2)));
    });
    m_stages = new StageGraph;
    m_stages->setObjectName(QStringLiteral("stageGraph"));
    m_stageArea = new QScrollArea;
    m_stageArea->setFrameShape(QFrame::NoFrame);
    m_stageArea->setWidgetResizable(true);
    m_stageArea->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_stageArea->setWidget(m_stages);
    m_stageArea->setFocusPolicy(Qt::NoFocus);
    for (QWidget *ground : {m_stageArea->viewport(), static_cast<QWidget *>(m_stages)})
        ground->setAutoFillBackground(false);
    m_head->setBody(m_stageArea, 8);
    connect(m_stages, &StageGraph::chosen, this, [this](const QString &stage) {
        m_log->setStage(stage);
        showRun();
    });
    connect(m_stages, &StageGraph::attemptChosen, this, [this](const QString &stage, const QString &attempt) { m_log->setAttempt(stage, attempt); });
    return m_head;
}

/// What the glyphs mean, once; the stages themselves say it in words to a screen reader.
QWidget *PipelinesPanel::buildLegend() {
    auto *card = new Card;
    auto *frame = new QWidget;
    auto *row = new QHBoxLayout(frame);
    row->setContentsMargins(12, 7, 12, 7);
    row->setSpacing(6);
    const std::pair<State, QString> entries[] = {{State::Waiting, tr("Waiting")}, {State::Running, tr("Running")}, {State::Paused, tr("Paused")}, {State::Ok, tr("Passed")},
                                                 {State::Warn, tr("Passed with warnings")}, {State::Bad, tr("Failed")}, {State::Skipped, tr("Cancelled, skipped")}, {State::Unknown, tr("Unknown")}};
    for (const auto &[state, words] : entries) {
        row->addWidget(new StateGlyph(state, 14));
        row->addWidget(new Label(words, TextRole::Second, &Tokens::t2));
        row->addSpacing(8);
    }
    row->addStretch(1);
    auto *hint = new Label(tr("system's own word on hover"), TextRole::Caption, &Tokens::t3);
    hint->setElide(Qt::ElideRight);
    row->addWidget(hint);
    card->setBody(frame);
    return card;
}

QWidget *PipelinesPanel::buildRight() {
    m_right = new QWidget;
    auto *column = new QVBoxLayout(m_right);
    column->setContentsMargins(0, 0, 0, 0);
    m_pages = new QStackedWidget;
    m_facts = new RunFacts(context());
    m_gate = new GateCard(context());
    m_pages->addWidget(m_facts);
    m_pages->addWidget(m_gate);
    column->addWidget(m_pages);
    connect(m_gate, &GateCard::answered, this, &PipelinesPanel::refresh);
    return m_right;
}

bool PipelinesPanel::isNarrow() const { return width() < theme().px(1200); }

void PipelinesPanel::showRun() {
    const PipelineRun *listed = m_runs->find(m_run);
    if (m_detail && listed)
        m_detail->choose(*listed, earlier(*listed));
    const PipelineRun *r = run(m_run);
    for (Button *button : m_buttons) {
        button->setArgument(button->objectName() == Q("pipelineStart") ? currentArgument(QStringLiteral("pipeline.start")) : m_run);
        button->refresh();
    }
    m_notices->setNotices(state().notices, r ? r->pipeline : QString(), now());
    m_noticeCard->setVisible(!state().notices.empty());
    m_next->setSchedules(state().schedules, now());
    const bool failed = !r && m_detail && m_detail->id() == m_run && m_detail->problem();
    if (!r) {
        const ScreenState none = failed ? ScreenState::failed(*m_detail->problem(), tr("Try again"), [this] { m_detail->refresh(); })
                                 : m_detail && m_detail->isReading() ? ScreenState::loading()
                                                                     : ScreenState::empty(tr("No run yet"), tr("Start a pipeline and its stages show up here."));
        m_head->setTitle(m_run.isEmpty() ? tr("Run") : m_run);
        m_head->setSubtitle({});
        m_badge->setState(State::None);
        m_words->setText({});
        m_log->clear();
        for (Card *card : std::initializer_list<Card *>{m_head, m_log, m_timeCard, m_facts})
            card->showState(none);
        m_pages->setCurrentWidget(m_facts);
        fitStages();
        return;
    }
    for (Card *card : std::initializer_list<Card *>{m_log, m_facts})
        card->showState(ScreenState::full());
    showHead(*r);
    showStages(*r);
    m_log->setRun(*r);
    showTimes(*r);
    showRight(*r);
    showPages();
}

void PipelinesPanel::showHead(const PipelineRun &r) {
    m_head->setTitle(m_runs->titleOf(r));
    m_head->setSubtitle(isNarrow() ? QString() : startedWords(r));
    m_badge->setState(stateOf(r.state), pipelineWord(r.state));
    m_badge->setToolTip(r.systemState);
    std::vector<double> passed;
    for (const PipelineRun &other : state().runs)
        if (other.pipeline == r.pipeline && other.id != r.id && pipelines::hasPassed(other.state) && passed.size() < 20)
            if (const auto seconds = pipelines::secondsOf(other.started, other.ended))
                passed.push_back(*seconds);
    const double seconds = runSeconds(r, now());
    const QString took = std::isfinite(seconds) ? runTime(seconds) : QString();
    const QString soFar = took.isEmpty() || pipelines::hasEnded(r.state) ? took : tr("%1 so far").arg(took);
    const auto usual = pipelines::median(std::move(passed));
    m_words->setText(soFar.isEmpty() || !usual ? soFar : tr("%1, usual %2").arg(soFar, runTime(*usual)));
    m_words->setVisible(width() >= theme().px(1100));
    for (Button *button : m_buttons) {
        if (button->objectName() == Q("pipelineCancel"))
            button->setVisible(!pipelines::hasEnded(r.state));
        if (button->objectName() == Q("pipelineAgain"))
            button->setVisible(pipelines::hasEnded(r.state));
    }
    const fleet::SystemSight *seen = sight(r.connection);
    const QString word = seen ? sightWord(*seen, state()) : systemWord(r.system);
    const auto &own = m_detail && m_detail->id() == r.id ? m_detail->problem() : std::optional<Error>();
    const std::optional<Error> &problem = seen && seen->problem ? seen->problem : own;
    const QDateTime read = r.read.isValid() ? r.read : seen ? seen->read : m_snapshot.read;
    if (problem) {
        m_head->source()->setDown(word, read, problem->text());
        m_head->showState(read.isValid() ? ScreenState::stale(read, problem->hint.isEmpty() ? problem->what : problem->what + QLatin1Char(' ') + problem->hint, tr("Try again"), [this, connection = r.connection] { refresh(connection); })
                                         : ScreenState::full());
    } else {
        const bool ended = pipelines::hasEnded(r.state); // what has ended does not grow old
        m_head->source()->setSource(word, seen && seen->read.isValid() ? std::max(seen->read, read) : read, Freshness::Polled, ended ? 0 : 60);
        const bool waits = r.state == pipelines::State::Waiting, reading = m_detail && m_detail->isReading();
        m_head->showState(!r.stages.empty() ? ScreenState::full()
                          : waits           ? ScreenState::empty(tr("It has not begun"), runSentence(r))
                          : reading         ? ScreenState::loading()
                                            : ScreenState::empty(tr("No stages"), tr("%1 names none of this run.").arg(word)));
    }
}

void PipelinesPanel::showStages(const PipelineRun &r) {
    m_stages->setStages(stageMarks(r, now()));
    if (m_log->stage().isEmpty())
        m_stages->showCurrent({});
    fitStages();
}

/// As much of the graph as the panel can spare; the rest scrolls.
void PipelinesPanel::fitStages() {
    const int most = std::max(theme().px(104), height() * 35 / 100);
    m_stageArea->setFixedHeight(std::clamp(m_stages->sizeHint().height(), theme().px(64), most));
}

void PipelinesPanel::showTimes(const PipelineRun &r) {
    const QString key = m_log->stage().isEmpty() ? tellingStage(r, now()) : m_log->stage();
    const auto stage = std::find_if(r.stages.begin(), r.stages.end(), [&](const auto &s) { return s.key() == key; });
    const QString name = stage == r.stages.end() ? QString() : stage->name;
    const bool whole = m_timesOf->current() == QStringLiteral("run");
    const std::vector<pipelines::PipelineRun> runs = m_detail ? m_detail->history() : earlier(r);
    PlotData data = whole ? runPlot(runs, r.id) : durationPlot(runs, name, r.id);
    m_timeCard->setTitle(whole ? tr("Run times, last 12 runs") : name.isEmpty() ? tr("Stage times") : tr("%1, last 12 runs").arg(name.left(1).toUpper() + name.mid(1)));
    m_timeCard->showState(!data.series.empty() ? ScreenState::full()
                          : m_detail && m_detail->isReading() ? ScreenState::loading()
                                                              : ScreenState::empty(whole ? tr("No finished run yet") : tr("No finished stage yet"), tr("How long it took in the last twelve runs.")));
    m_times->setData(std::move(data));
}

void PipelinesPanel::showRight(const PipelineRun &r) {
    const std::pair<QString, QDateTime> about{r.id + QLatin1Char('\n') + r.commit + QString::number(r.version) + QLatin1Char('\n') + QString::number(r.images.size()), m_snapshot.read};
    if (about != m_chainOf) {
        m_chainOf = about;
        m_chain = fleet::chainOf(r, m_snapshot);
    }
    std::vector<pipelines::Gate> gates;
    for (const pipelines::Gate &gate : state().gates)
        if (gate.run == r.id || (!r.became.isEmpty() && gate.run == r.became))
            gates.push_back(gate);
    if (gates.empty() && r.state == pipelines::State::Paused) // a run of this machine waits for a promotion of ours
        for (const promotion::Request &p : m_snapshot.promotions)
            if (p.model == r.model && p.version == r.version && p.state == promotion::RequestState::Pending)
                gates.push_back(gateOf(p, r, tr("Promote %1 v%2? The run goes on when it is decided.").arg(p.model).arg(p.version)));
    m_facts->setRun(r, pipelineName(state(), r.pipeline), m_chain, now());
    m_gate->setGates(gates, r, m_snapshot);
    // Beside the log there is room for one of them; in the narrow window for one of three.
    std::vector<SegmentedControl::Segment> pages;
    if (isNarrow())
        pages.push_back({QStringLiteral("log"), tr("Log"), State::None});
    if (!gates.empty())
        pages.push_back({QStringLiteral("gate"), tr("Gate"), State::Paused});
    pages.push_back({QStringLiteral("facts"), tr("Facts"), State::None});
    const QString first = !gates.empty() ? QStringLiteral("gate") : isNarrow() ? QStringLiteral("log") : QStringLiteral("facts");
    const QString pageOf = r.id + first + (isNarrow() ? QStringLiteral("|narrow") : QString());
    m_pageChoice->setVisible(pages.size() > 1);
    m_pageChoice->setSegments(std::move(pages));
    if (const QString before = std::exchange(m_pageOf, pageOf); before != pageOf) // what a run asks for comes first; then it is as one has chosen
        m_pageChoice->setCurrent(first);
}

void PipelinesPanel::showPages() {
    const QString page = m_pageChoice->current();
    m_pages->setCurrentWidget(page == Q("gate") ? static_cast<QWidget *>(m_gate) : m_facts);
    m_left->setVisible(!isNarrow() || page == Q("log"));
    m_right->setVisible(!isNarrow() || page != Q("log"));
}

/// Board 12: the narrow window has one of log, gate and facts at a time, the low one no legend and no durations.
void PipelinesPanel::resizeEvent(QResizeEvent *event) {
    Panel::resizeEvent(event);
    const bool narrow = isNarrow();
    if (narrow) {
        m_right->setMinimumWidth(0);
        m_right->setMaximumWidth(QWIDGETSIZE_MAX);
    } else {
        m_right->setFixedWidth(theme().px(320));
    }
    m_legend->setVisible(height() >= theme().px(700) && !narrow);
    m_bottom->setVisible(height() >= theme().px(600));
    m_log->setNarrow(narrow);
    for (Button *button : m_head->findChildren<Button *>())
        button->setKeysShown(!narrow); // the run's name needs the room
    QMetaObject::invokeMethod(this, [this] { // the cards have their new width then
        if (!m_run.isEmpty())
            showRun();
    }, Qt::QueuedConnection);
}

} // namespace pilothouse::ui
