// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/gate_card.h"

#include "core/fleet/pipeline_evidence.h"
#include "core/fleet/run_gates.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/toast.h"
#include "widgets/base/write_gate.h"
#include "widgets/pipelines/evidence_sheet.h"
#include "widgets/pipelines/parameter_form.h"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QVBoxLayout>

namespace pilothouse::ui {

using pipelines::Gate;

namespace {

/// "5 gates pass, 1 warns; mae 1.31 → 0.94": what a decision needs in a line.
QString judgement(const promotion::Evidence &evidence) {
    int pass = 0, warn = 0, block = 0;
    for (const promotion::GateResult &gate : evidence.gates)
        ++(gate.state == promotion::GateState::Pass ? pass : gate.state == promotion::GateState::Warn || gate.state == promotion::GateState::Waits || gate.state == promotion::GateState::NotRun ? warn : block);
    QStringList parts;
    if (block)
        parts << GateCard::tr("%n gates block", nullptr, block);
    if (pass)
        parts << GateCard::tr("%n gates pass", nullptr, pass);
    if (warn)
        parts << GateCard::tr("%n not settled", nullptr, warn);
    QString text = parts.join(QStringLiteral(", "));
    if (const promotion::MetricComparison *m = evidence.selected())
        text += QLatin1Char('\n') + (std::isfinite(m->champion) ? QStringLiteral("%1 %2 → %3").arg(metricName(m->metric), number(m->champion, 3), number(m->candidate, 3)) : QStringLiteral("%1 %2").arg(metricName(m->metric), number(m->candidate, 3))) +
                (m->unit.isEmpty() ? QString() : QLatin1Char(' ') + m->unit);
    return text;
}

QString askedBy(const Gate &gate) {
    QStringList parts;
    if (!gate.stage.isEmpty())
        parts << GateCard::tr("Asked by stage %1.").arg(gate.stage);
    if (!gate.environments.isEmpty())
        parts << GateCard::tr("Answered together: %1.").arg(gate.environments.join(QStringLiteral(", ")));
    if (!gate.allowed.isEmpty())
        parts << GateCard::tr("Allowed: %1.").arg(gate.allowed.join(QStringLiteral(", ")));
    if (gate.mayAnswer && !*gate.mayAnswer)
        parts << (gate.mayNot.isEmpty() ? GateCard::tr("You may not answer it.") : gate.mayNot);
    else if (gate.mayAnswer)
        parts << GateCard::tr("You may answer it.");
    return parts.join(QLatin1Char(' '));
}

} // namespace

GateCard::GateCard(const PanelContext &context, QWidget *parent) : Card(tr("Answer this gate"), parent), m_context(context) {
    setEdge(&Tokens::pau);
    addLeftTool(new StateGlyph(State::Paused));
    m_until = new Label({}, TextRole::Second, &Tokens::t2);
    addTool(m_until);
    auto *body = new QWidget;
    auto *outer = new QVBoxLayout(body);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(title());
    auto *inner = new QWidget;
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(10);
    m_which = new Choice;
    m_which->setObjectName(QStringLiteral("gateWhich"));
    m_which->setAccessibleName(tr("Which gate"));
    connect(m_which, &QComboBox::currentIndexChanged, this, &GateCard::choose);
    m_question = new Label({}, TextRole::Strong);
    m_question->setObjectName(QStringLiteral("gateQuestion"));
    m_asked = new Label({}, TextRole::Second, &Tokens::t2);
    m_asked->setObjectName(QStringLiteral("gateAsked"));
    m_form = new ParameterForm;
    m_noteLabel = new Label(tr("Note"), TextRole::Label, &Tokens::t2);
    m_note = new QPlainTextEdit;
    m_note->setObjectName(QStringLiteral("gateNote"));
    m_note->setAccessibleName(m_noteLabel->text());
    m_note->setPlaceholderText(tr("Kept in the journal and in the run"));
    m_note->setTabChangesFocus(true);
    m_note->setFixedHeight(52);
    m_noteLabel->setBuddy(m_note);
    for (Label *label : {m_question, m_asked})
        label->setWordWrap(true);
    for (QWidget *part : std::initializer_list<QWidget *>{m_which, m_question, m_asked, buildEvidence(), m_form, m_noteLabel, m_note})
        column->addWidget(part);
    column->addStretch(1);
    scroll->setWidget(inner);
    inner->setAutoFillBackground(false); // the card's own ground
    scroll->viewport()->setAutoFillBackground(false);
    outer->addWidget(scroll, 1);

    auto *foot = new QWidget; // never scrolls out of sight
    auto *bottom = new QVBoxLayout(foot);
    bottom->setContentsMargins(12, 8, 12, 12);
    bottom->setSpacing(8);
    m_told = new Label({}, TextRole::Second, &Tokens::t2);
    m_told->setObjectName(QStringLiteral("gateTold"));
    m_told->setWordWrap(true);
    m_told->hide();
    addActions();
    m_proceed = new Button(*context.actions, QStringLiteral("gate.proceed"), ButtonKind::Primary);
    m_proceed->setObjectName(QStringLiteral("gateProceed"));
    m_abort = new Button(*context.actions, QStringLiteral("gate.abort"), ButtonKind::Danger);
    m_abort->setObjectName(QStringLiteral("gateAbort"));
    m_review = new Button(*context.actions, QStringLiteral("promotion.review"), ButtonKind::Primary);
    m_review->setObjectName(QStringLiteral("gateReview"));
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (Button *button : {m_proceed, m_abort, m_review}) {
        button->setPixelHeight(32);
        buttons->addWidget(button, button == m_abort ? 0 : 1);
    }
    m_rule = new Label({}, TextRole::Caption, &Tokens::t3);
    m_rule->setWordWrap(true);
    m_rule->setObjectName(QStringLiteral("gateRule"));
    bottom->addWidget(m_told);
    bottom->addLayout(buttons);
    bottom->addWidget(m_rule);
    outer->addWidget(new HairLine);
    outer->addWidget(foot);
    setBody(body);
    connect(m_form, &ParameterForm::changed, this, [this] {
        m_form->check();
        m_proceed->refresh();
    });
}

GateCard::~GateCard() {
    m_running.stop.request_stop();
    m_asking.stop.request_stop();
}

QWidget *GateCard::buildEvidence() {
    m_strip = new QWidget;
    m_strip->setObjectName(QStringLiteral("gateEvidence"));
    auto *row = new QHBoxLayout(m_strip);
    row->setContentsMargins(0, 4, 0, 4);
    row->setSpacing(8);
    m_glyph = new StateGlyph(State::Unknown);
    m_judged = new Label({}, TextRole::Body);
    m_judged->setObjectName(QStringLiteral("gateJudged"));
    m_judged->setWordWrap(true);
    m_sheet = new Button(*m_context.actions, QStringLiteral("gate.evidence"), ButtonKind::Link);
    m_sheet->setObjectName(QStringLiteral("gateSheet"));
    row->addWidget(m_glyph, 0, Qt::AlignTop);
    row->addWidget(m_judged, 1);
    row->addWidget(m_sheet, 0, Qt::AlignTop);
    return m_strip;
}

void GateCard::addActions() {
    const QPointer<GateCard> here(this);
    const auto add = [&](const char *id, const QString &text, const char *icon, const QKeySequence &key, bool proceed) {
        ActionSpec spec;
        spec.id = QLatin1String(id);
        spec.text = text;
        spec.icon = QLatin1String(icon);
        spec.shortcut = key;
        spec.section = tr("Commands");
        spec.panel = QStringLiteral("pipelines");
        spec.blocked = [here, proceed](const QString &) { return here ? here->blocked(proceed) : tr("Nothing waits."); };
        spec.gate = [here](const QString &) {
            const Gate *gate = here ? here->gate() : nullptr;
            return gate ? writeGate(here->m_context, "gate-answer", QStringLiteral("gate %1 of run %2").arg(gate->stage.isEmpty() ? gate->id : gate->stage, gate->run), {gate->connection}) : WriteGate();
        };
        if (!proceed)
            spec.danger = [here](const QString &) {
                const Gate *gate = here ? here->gate() : nullptr;
                const QString verb = gate && !gate->abort.isEmpty() ? gate->abort : tr("Abort");
                return Danger{verb, gate ? tr("The answer of %1 is no: the run ends at this gate.").arg(gate->run) : QString(), tr("It cannot be taken back; the run can be started anew."), {}, false};
            };
        spec.run = [here, proceed](const QString &, const QString &comment) {
            if (here)
                here->answer(proceed, comment);
        };
        m_context.actions->add(spec);
    };
    add("gate.proceed", tr("Proceed"), "check", Qt::CTRL | Qt::Key_Return, true);
    add("gate.abort", tr("Abort"), "cross", {}, false);
    ActionSpec sheet;
    sheet.id = QStringLiteral("gate.evidence");
    sheet.text = tr("Evidence of the candidate");
    sheet.shortcut = Qt::Key_E;
    sheet.section = tr("Commands");
    sheet.panel = QStringLiteral("pipelines");
    sheet.blocked = [here](const QString &) { return here && here->gate() ? here->gate()->model.isEmpty() || here->gate()->candidate.isEmpty() ? tr("The gate names no version of a model.") : QString() : tr("Nothing waits."); };
    sheet.run = [here](const QString &, const QString &) {
        if (here)
            here->openEvidence();
    };
    m_context.actions->add(sheet);
}

QString GateCard::key(const Gate &gate) const { return QStringList{gate.run, gate.id, gate.message, gate.candidate}.join(QLatin1Char('\n')); }

const Gate *GateCard::gate() const {
    const int index = m_which->currentIndex();
    return index >= 0 && index < int(m_gates.size()) ? &m_gates[std::size_t(index)] : nullptr;
}

void GateCard::setGates(const std::vector<Gate> &gates, const pipelines::PipelineRun &run, const fleet::Snapshot &snapshot) {
    m_gates = gates;
    m_run = run;
    m_snapshot = snapshot;
    QStringList names;
    QVariantList keys;
    for (const Gate &gate : gates) {
        names << (gate.stage.isEmpty() ? gate.id : gate.stage);
        keys << key(gate);
    }
    m_which->setItems(names, keys);
    m_which->setVisible(gates.size() > 1);
    if (gates.empty())
        m_shown.clear();
    else
        showGate();
}

void GateCard::choose(int) {
    if (gate())
        showGate();
}

void GateCard::showGate() {
    const Gate &g = *gate();
    const bool other = m_shown != key(g);
    m_shown = key(g);
    if (other) {
        m_note->clear();
        m_told->hide();
    }
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    m_until->setText(g.until.isValid() ? tr("gives up in %1").arg(runTime(double(std::max<qint64>(0, now.secsTo(g.until))))) : g.since.isValid() ? tr("since %1").arg(runTime(double(g.since.secsTo(now)))) : QString());
    m_question->setText(g.message.isEmpty() ? tr("The run %1 waits.").arg(g.run) : g.message);
    m_asked->setText(askedBy(g));
    m_asked->setVisible(!m_asked->text().isEmpty());
    QStringList secrets;
    if (m_context.fleet)
        for (const workspace::Connection &connection : m_context.fleet->services()->workspace.connections)
            if (!connection.secret.isEmpty())
                secrets << connection.secret;
    m_form->setSecretNames(secrets);
    m_form->setForm(g.parameters);
    const bool ours = !g.promotion.isEmpty(); // decided by its promotion's own sheet, with all its rules
    m_proceed->setVisible(!ours);
    m_abort->setVisible(!ours);
    m_review->setVisible(ours);
    m_review->setArgument(g.promotion);
    m_note->setVisible(!ours);
    m_noteLabel->setVisible(!ours);
    m_proceed->setWords(g.proceed.isEmpty() ? tr("Proceed") : g.proceed);
    m_abort->setWords((g.abort.isEmpty() ? tr("Abort") : g.abort) + QStringLiteral("…"));
    QStringList rule;
    const QString failed = failedGates();
    if (!failed.isEmpty())
        rule << tr("Not passed: %1.").arg(failed);
    m_rule->setInk(failed.isEmpty() ? &Tokens::t3 : &Tokens::bad);
    if (g.needed > 1)
        rule << tr("Needs %1 approvals, %2 given.").arg(g.needed).arg(g.given);
    if (g.system == QLatin1String("jenkins"))
        rule << tr("Abort only needs the right Job/Cancel.");
    m_rule->setText(rule.join(QLatin1Char(' ')));
    m_rule->setVisible(!rule.isEmpty());
    for (Button *button : {m_proceed, m_abort, m_review})
        button->refresh();
    askEvidence();
    showEvidence();
}

QString GateCard::failedGates() const { return m_context.fleet && gate() ? fleet::failedRunGates(m_context.fleet->services()->workspace, *gate(), &m_run) : QString(); }

/// Of a request that waits for the same version it is there already; else `pilot` makes it, once for a gate.
void GateCard::askEvidence() {
    const Gate &g = *gate();
    if (g.model.isEmpty() || g.candidate.isEmpty())
        return;
    Known &known = m_known[m_shown];
    for (const promotion::Request &request : m_snapshot.promotions)
        if (request.state == promotion::RequestState::Pending && request.model == g.model && QString::number(request.version) == g.candidate && request.doubt.isEmpty())
            known.evidence = request.evidence;
    if (known.evidence || known.asked || m_asking.isRunning() || !m_context.fleet)
        return;
    known.asked = true;
    m_asking = startTask<promotion::Evidence>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), g](std::stop_token stop) { return fleet::gateEvidenceByChild(*services, g, stop); });
    deliver(m_asking, this, [this, of = m_shown](const Result<promotion::Evidence> &made) {
        m_known[of].evidence = made;
        if (gate())
            askEvidence(); // of what was chosen meanwhile
        showEvidence();
    });
}

const promotion::Evidence *GateCard::evidence() const {
    const auto known = m_known.constFind(m_shown);
    return known != m_known.constEnd() && known->evidence && *known->evidence ? &**known->evidence : nullptr;
}

void GateCard::showEvidence() {
    const Gate *g = gate();
    if (!g)
        return;
    const bool about = !g->model.isEmpty() && !g->candidate.isEmpty();
    m_strip->setVisible(about);
    if (!about)
        return;
    const promotion::Evidence *found = evidence();
    const Known known = m_known.value(m_shown);
    if (found) {
        m_glyph->setState(found->blocked() ? State::Bad : std::any_of(found->gates.begin(), found->gates.end(), [](const auto &r) { return r.state == promotion::GateState::Warn; }) ? State::Warn : State::Ok);
        m_judged->setText(judgement(*found));
        m_judged->setToolTip(found->sentence);
    } else if (known.evidence) {
        m_glyph->setState(State::Unknown);
        m_judged->setText(tr("No evidence for %1 v%2: %3").arg(g->model, g->candidate, known.evidence->error().what));
        m_judged->setToolTip(known.evidence->error().text());
    } else {
        m_glyph->setState(known.asked ? State::Running : State::Unknown);
        m_judged->setText(!known.asked ? tr("No evidence for %1 v%2 yet.").arg(g->model, g->candidate) : tr("%1 v%2 and the champion are scored on the same rows…").arg(g->model, g->candidate));
        m_judged->setToolTip({});
    }
    m_sheet->setWords(found ? tr("Sheet") : known.evidence ? tr("Try again") : QString());
    m_sheet->setVisible(found || known.evidence);
    m_sheet->refresh();
}

void GateCard::openEvidence() {
    if (const promotion::Evidence *found = evidence())
        return openEvidenceSheet(m_context, window(), *found, tr("Asked at the gate “%1” of %2").arg(gate()->message.isEmpty() ? gate()->stage : gate()->message, gate()->run));
    m_known.remove(m_shown);
    askEvidence();
    showEvidence();
}

QString GateCard::blocked(bool proceed) const {
    const Gate *g = gate();
    if (!g)
        return tr("Nothing waits.");
    if (!g->promotion.isEmpty())
        return tr("It is decided on the sheet of its promotion.");
    if (!m_context.fleet)
        return tr("No workspace is open.");
    if (m_running.isRunning())
        return tr("It is being answered.");
    if (g->mayAnswer && !*g->mayAnswer && (proceed || g->system != QLatin1String("jenkins")))
        return g->mayNot.isEmpty() ? tr("You may not answer it.") : g->mayNot;
    return proceed ? m_form->check() : QString();
}

void GateCard::tell(const QString &text, bool good) {
    m_told->setInk(good ? &Tokens::t2 : &Tokens::bad);
    m_told->setText(text);
    m_told->setVisible(!text.isEmpty());
}

void GateCard::answer(bool proceed, const QString &comment) {
    const Gate *g = gate();
    if (!g || !blocked(proceed).isEmpty())
        return;
    const auto services = m_context.fleet->services();
    pipelines::GateAnswer given;
    given.proceed = proceed;
    given.values = proceed ? m_form->values() : QJsonObject();
    given.comment = QStringList{m_note->toPlainText().trimmed(), comment}.join(QLatin1Char('\n')).trimmed();
    given.by = services->operations->actor().name;
    const promotion::Evidence *found = evidence();
    operations::Operation operation = fleet::answerGate(*services, *g, given, found ? Result<promotion::Evidence>(*found) : Result<promotion::Evidence>(notFound(QString())), failedGates());
    operation.confirmed = operations::Confirmed::names(); // typed in the sheet that asked
    tell(tr("It is being answered …"), true);
    m_running = startTask<operations::OperationOutcome>(m_context.fleet->pools().waiting, [services, operation](std::stop_token) -> Result<operations::OperationOutcome> { return services->operations->run(operation); });
    for (Button *button : {m_proceed, m_abort})
        button->refresh();
    deliver(m_running, this, [this, gate = *g, proceed, summary = operation.summary](const Result<operations::OperationOutcome> &outcome) {
        const bool shown = m_shown == key(gate);
        const std::optional<Error> error = !outcome ? std::optional(outcome.error()) : outcome->error;
        if (outcome && outcome->done) {
            if (m_context.toasts)
                m_context.toasts->show(proceed ? State::Ok : State::Skipped, summary, {});
            if (shown)
                tell({}, true);
        } else if (shown) {
            tell(error ? error->text() : tr("It was not done."), false);
        } else if (m_context.toasts && error) {
            m_context.toasts->showError(*error);
        }
        for (Button *button : {m_proceed, m_abort})
            button->refresh();
        if (m_context.fleet)
            m_context.fleet->refresh();
        Q_EMIT answered(gate.connection);
    });
}

} // namespace pilothouse::ui
