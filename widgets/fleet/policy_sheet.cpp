// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/policy_sheet.h"

#include "core/fleet/policy_edit.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/plot.h"
#include "widgets/base/sheet_size.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/base/write_gate.h"
#include "widgets/fleet/backtest_plot.h"
#include "widgets/fleet/decision_model.h"
#include "widgets/fleet/policy_form.h"

#include <QBoxLayout>
#include <QPointer>
#include <QScrollArea>
#include <QShortcut>

namespace pilothouse::ui {

namespace {

/// Where a retraining may run, as the workspace file takes it.
QStringList executorsOf(const workspace::Workspace &workspace) {
    QStringList executors{QStringLiteral("local")};
    for (const workspace::Connection &connection : workspace.connections)
        if (QStringList{QStringLiteral("kubernetes"), QStringLiteral("kubeflow"), QStringLiteral("azureml"), QStringLiteral("jenkins"), QStringLiteral("github")}.contains(connection.kind))
            executors << connection.name;
    return executors;
}

} // namespace

PolicySheet::PolicySheet(const PanelContext &context, const QString &model, QWidget *over) : QDialog(over), m_context(context), m_model(model), m_turns(new AlertDecisionModel(this)) {
    setObjectName(QStringLiteral("policySheet"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Retraining policy of %1").arg(model));
    addActions();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(12);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(buildForm());
    row->addWidget(buildReplay(), 1);
    column->addLayout(row, 1);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    m_told = new Label({}, TextRole::Second, &Tokens::t2);
    m_told->setObjectName(QStringLiteral("policyTold"));
    m_told->setWordWrap(true);
    auto *leave = new Button(tr("Close"), ButtonKind::Ghost);
    m_save = new Button(*context.actions, QStringLiteral("policy.save"), ButtonKind::Primary);
    m_save->setObjectName(QStringLiteral("policySave"));
    m_save->setHint(QStringLiteral("Ctrl ↵"));
    for (Button *button : {m_save, leave}) {
        button->setPixelHeight(32);
        foot->addWidget(button);
    }
    foot->addWidget(m_told, 1);
    column->addLayout(foot);
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, m_save, &QAbstractButton::click);
    connect(m_form, &PolicyForm::changed, this, [this] {
        m_stale = true;
        m_typed.start();
        m_save->refresh();
    });
    m_typed.setSingleShot(true);
    m_typed.setInterval(300);
    connect(&m_typed, &QTimer::timeout, this, &PolicySheet::tryDraft);
    resize(sheetSize(over, 1120, 680));
    if (const workspace::Model *declared = m_context.fleet->services()->workspace.model(model))
        m_form->setPolicy(declared->retrain);
    readPast();
}

PolicySheet::~PolicySheet() {
    m_reading.stop.request_stop();
    m_trying.stop.request_stop();
}

QWidget *PolicySheet::buildForm() {
    auto *card = new Card(tr("Policy of %1").arg(m_model));
    card->setFixedWidth(Theme::of(parentWidget()).px(372));
    m_form = new PolicyForm(executorsOf(m_context.fleet->services()->workspace));
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(card->title());
    scroll->setWidget(m_form);
    m_form->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    card->setBody(scroll);
    return card;
}

QWidget *PolicySheet::buildReplay() {
    m_replayCard = new Card(tr("Would it have fired?"));
    m_days = new SegmentedControl;
    m_days->setObjectName(QStringLiteral("policyDays"));
    m_days->setAccessibleName(tr("How far back"));
    m_days->setSegments({{QStringLiteral("7"), tr("7 d"), State::None}, {QStringLiteral("30"), tr("30 d"), State::None}, {QStringLiteral("90"), tr("90 d"), State::None}, {QStringLiteral("0"), tr("All"), State::None}});
    m_days->setCurrent(QStringLiteral("30"));
    m_replayCard->addTool(m_days);
    m_rule = new Choice;
    m_rule->setObjectName(QStringLiteral("policyRule"));
    m_rule->setAccessibleName(tr("Rule that is drawn"));
    m_rule->setMinimumContentsLength(12);
    m_rule->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_plot = new PlotWidget;
    m_plot->setObjectName(QStringLiteral("policyPlot"));
    m_facts = new KeyValues;
    m_facts->setKeyWidth(110);
    m_table = new Table;
    m_table->setObjectName(QStringLiteral("policyTurns"));
    m_table->setAccessibleName(tr("Where the verdict changed"));
    m_table->setModel(m_turns);
    m_table->setItemDelegate(new StateDelegate(m_table));
    auto *column = m_replayCard->bodyLayout(12, 10);
    column->addWidget(m_rule);
    column->addWidget(m_plot, 3);
    column->addWidget(m_facts);
    column->addWidget(m_table, 2);
    connect(m_days, &SegmentedControl::currentChanged, this, &PolicySheet::tryDraft);
    connect(m_rule, &QComboBox::currentIndexChanged, this, &PolicySheet::drawRule);
    return m_replayCard;
}

void PolicySheet::addActions() {
    const QPointer<PolicySheet> here(this);
    ActionSpec save;
    save.id = QStringLiteral("policy.save");
    save.text = tr("Save the policy");
    save.section = tr("Commands");
    save.inPalette = false;
    save.blocked = [here](const QString &) { return here ? here->lacking() : tr("Open a policy first."); };
    save.gate = [here](const QString &) { return here ? writeGate(here->m_context, "retrain-policy", QStringLiteral("model ") + here->m_model) : WriteGate(); };
    save.run = [here](const QString &, const QString &) {
        if (here)
            here->save();
    };
    m_context.actions->add(save);
}

void PolicySheet::readPast() {
    m_replayCard->showState(ScreenState::loading());
    m_reading = startTask<fleet::PolicyPast>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), model = m_model](std::stop_token) { return fleet::readPolicyPast(services, model); });
    deliver(m_reading, this, [this](const Result<fleet::PolicyPast> &past) {
        if (!past) {
            if (past.error().kind != ErrorKind::Cancelled)
                m_replayCard->showState(ScreenState::failed(past.error(), tr("Try again"), [this] { readPast(); }));
            return;
        }
        m_past = std::make_shared<const fleet::PolicyPast>(*past);
        tryDraft();
    });
}

void PolicySheet::tryDraft() {
    if (!m_past)
        return;
    m_trying.stop.request_stop();
    m_wrong.clear();
    const workspace::RetrainPolicy draft = m_form->policy(m_wrong);
    if (!m_wrong.isEmpty()) {
        tell(m_wrong, false);
        return m_save->refresh();
    }
    m_trying = startTask<fleet::PolicyTrial>(m_context.fleet->pools().compute, [services = m_context.fleet->services(), model = m_model, draft, past = m_past, days = m_days->current().toInt()](std::stop_token token) -> Result<fleet::PolicyTrial> {
        return fleet::tryPolicy(*services, model, draft, *past, days, token);
    });
    deliver(m_trying, this, [this](const Result<fleet::PolicyTrial> &trial) {
        if (trial)
            showTrial(*trial);
    });
}

void PolicySheet::showTrial(const fleet::PolicyTrial &trial) {
    m_trial = trial;
    m_stale = m_typed.isActive();
    m_save->refresh();
    if (trial.wrong)
        return tell(trial.wrong->text(), false); // the last replay stays: a rule is being written
    const QString changed = m_past->changed == retrain::Config() ? QString() : tr("What was changed at run time lies over the file: see “pilot retrain config %1”.").arg(m_model);
    tell(trial.differs ? tr("Not saved yet.") + QLatin1Char(' ') + changed : changed, true);
    if (trial.noReplay) {
        const bool nothing = m_past->past.facts.empty();
        return m_replayCard->showState(nothing ? ScreenState::empty(tr("Nothing is known of the past yet"), tr("Labels, decisions and versions are replayed here as they come. A file of metrics: pilot retrain backtest %1 --csv FILE.").arg(m_model))
                                               : ScreenState::failed(*trial.noReplay));
    }
    const retrain::Backtest &replay = *trial.replay;
    QStringList rules;
    if (!replay.points.empty())
        for (const retrain::RuleOutcome &outcome : replay.points.front().rules)
            rules << outcome.rule;
    m_rule->setItems(rules);
    m_rule->setVisible(rules.size() > 1);
    m_replayCard->setSubtitle(tr("%n retrainings", nullptr, replay.runs));
    std::vector<KeyValues::Row> facts{{tr("Retrainings"), tr("%1, at most %2 in a week; looked at %3, %4 times").arg(replay.runs).arg(replay.busiestWeek).arg(replay.looks, count(qint64(replay.points.size())))}};
    QStringList held;
    if (replay.tooSoon > 0)
        held << tr("%n looks too soon", nullptr, replay.tooSoon);
    if (replay.outsideWindows > 0)
        held << tr("%n outside its windows", nullptr, replay.outsideWindows);
    if (replay.overBudget > 0)
        held << tr("%n beyond the budget", nullptr, replay.overBudget);
    facts.push_back({tr("Held back"), held.join(QStringLiteral(", "))});
    facts.push_back({tr("Training"), replay.hours ? tr("%1 h").arg(ui::number(*replay.hours)) + (replay.cost ? tr(", cost %1").arg(ui::number(*replay.cost, 4)) : QString()) : tr("how long a run takes is not known yet")});
    facts.push_back({tr("Note"), (m_past->past.notes + replay.notes).join(QLatin1Char(' '))});
    m_facts->setRows(facts);
    m_turns->setNow(m_past->now);
    m_turns->setRows(turningPoints(replay));
    m_replayCard->showState(replay.points.empty() ? ScreenState::empty(tr("It is never looked at"), tr("No look falls into this time. Choose a longer one.")) : ScreenState::full());
    drawRule();
}

void PolicySheet::drawRule() {
    if (m_trial && m_trial->replay)
        m_plot->setData(backtestPlot(*m_trial->replay, std::size_t(std::max(0, m_rule->currentIndex()))));
}

QString PolicySheet::lacking() const {
    if (m_saving.isRunning())
        return tr("It is being saved.");
    if (!m_wrong.isEmpty())
        return m_wrong;
    if (m_stale || !m_trial)
        return tr("It is being tried.");
    return m_trial->wrong ? m_trial->wrong->text() : m_trial->differs ? QString() : tr("The workspace file says this already.");
}

void PolicySheet::save() {
    QString wrong;
    const workspace::RetrainPolicy draft = m_form->policy(wrong);
    m_saving = startTask<operations::OperationOutcome>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), model = m_model, draft](std::stop_token) -> Result<operations::OperationOutcome> {
        PH_ASSIGN(operations::Operation operation, fleet::setRetrainPolicy(services->workspace.file, model, draft));
        return services->operations->run(std::move(operation));
    });
    m_save->refresh();
    deliver(m_saving, this, [this](const Result<operations::OperationOutcome> &outcome) {
        const bool done = outcome && outcome->done;
        if (!done) {
            tell(!outcome ? outcome.error().text() : outcome->error ? outcome->error->text() : tr("It was not saved."), false);
            return m_save->refresh();
        }
        m_context.toasts->show(State::Ok, tr("The policy of %1 is saved").arg(m_model), tr("The workspace file is read again."));
        m_context.fleet->refresh();
        accept();
    });
}

void PolicySheet::tell(const QString &text, bool good) {
    m_told->setInk(good ? &Tokens::t2 : &Tokens::bad);
    m_told->setText(text.trimmed());
}

void PolicySheet::reject() {
    if (!m_saving.isRunning())
        QDialog::reject();
}

void addPolicyAction(const PanelContext &context, QWidget *over, std::function<QString()> model) {
    const QPointer<QWidget> window(over);
    ActionSpec edit;
    edit.id = QStringLiteral("policy.edit");
    edit.text = PolicySheet::tr("Edit the retraining policy…");
    edit.icon = QStringLiteral("settings");
    edit.section = PolicySheet::tr("Commands");
    const auto named = [context, model](const QString &argument) {
        const QString name = argument.isEmpty() ? model() : argument;
        return context.fleet && context.fleet->services()->workspace.model(name) ? name : QString();
    };
    edit.blocked = [named](const QString &argument) { return named(argument).isEmpty() ? PolicySheet::tr("Choose a model of the workspace first.") : QString(); };
    edit.run = [context, named, window](const QString &argument, const QString &) {
        if (window)
            (new PolicySheet(context, named(argument), window->window()))->open();
    };
    context.actions->add(edit);
}

} // namespace pilothouse::ui
