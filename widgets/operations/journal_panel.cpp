// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/journal_panel.h"

#include "core/fleet/operation_ways.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/log_view.h"
#include "widgets/base/run_verb.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/base/write_gate.h"
#include "widgets/operations/journal_model.h"
#include "widgets/operations/live_view.h"

#include <QApplication>
#include <QBoxLayout>
#include <QClipboard>
#include <QSplitter>

#include <algorithm>
#include <iterator>

namespace pilothouse::ui {
namespace {

QSplitter *splitter(Qt::Orientation orientation, const char *name) {
    auto *made = new QSplitter(orientation);
    made->setObjectName(QLatin1String(name));
    made->setHandleWidth(12);
    made->setChildrenCollapsible(false);
    return made;
}

State sealState(const operations::JournalCheck &check) {
    if (check.entries == 0)
        return State::Waiting;
    return !check.intact ? State::Bad : check.authenticated ? State::Ok : State::Warn;
}

QString sealWord(const operations::JournalCheck &check) {
    if (check.entries == 0)
        return JournalPanel::tr("Empty");
    if (!check.intact)
        return check.firstBadLine ? JournalPanel::tr("Broken at line %1").arg(count(*check.firstBadLine)) : JournalPanel::tr("Does not verify");
    return check.authenticated ? JournalPanel::tr("Chain whole, %1").arg(count(check.entries)) : JournalPanel::tr("Chain whole, head not sealed");
}

} // namespace

JournalPanel::JournalPanel(const PanelContext &context) : Panel(QStringLiteral("journal"), tr("Journal"), context), m_model(new JournalModel(this)), m_filter(new FilterProxy(this)) {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    auto *down = splitter(Qt::Vertical, "down");
    down->addWidget(buildTable());
    auto *across = splitter(Qt::Horizontal, "across");
    across->addWidget(buildDetail());
    m_liveCard = new Card(tr("What was live?"));
    m_live = new LiveView(context);
    m_liveCard->setBody(m_live);
    across->addWidget(m_liveCard);
    across->setStretchFactor(0, 3);
    across->setStretchFactor(1, 2);
    across->setSizes({800, 520});
    down->addWidget(across);
    down->setStretchFactor(0, 3);
    down->setStretchFactor(1, 2);
    down->setSizes({470, 310});
    column->addWidget(down);
    addActions();
    addWays();
    connect(m_live, &LiveView::failed, this, [this](const Error &error) { m_liveCard->showState(ScreenState::failed(error, tr("Try again"), [this] { m_live->refresh(); })); });
}

JournalPanel::~JournalPanel() { m_verify.stop.request_stop(); }

QWidget *JournalPanel::buildTable() {
    m_tableCard = new Card(tr("Journal"));
    m_seal = new StateBadge(m_tableCard);
    m_tableCard->addTool(m_seal);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 12, 0, 0);
    column->setSpacing(12);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(12);
    m_mode = new SegmentedControl;
    m_mode->setObjectName(QStringLiteral("journalMode"));
    m_mode->setAccessibleName(tr("Which lines"));
    m_mode->setSegments({{QStringLiteral("operations"), tr("Operations"), State::None}, {QStringLiteral("lines"), tr("Every line"), State::None}});
    m_words = new FilterEdit(tr("Who, what, on what: / to focus"));
    m_words->setObjectName(QStringLiteral("journalFilter"));
    m_words->setMaximumWidth(theme().px(380));
    row->addWidget(m_mode);
    row->addWidget(m_words, 1);
    row->addStretch(1);
    column->addLayout(row);
    m_table = new Table;
    m_table->setObjectName(QStringLiteral("journalTable"));
    m_table->setAccessibleName(tr("Journal"));
    m_table->setRowHeight(Table::Compact);
    m_filter->setSourceModel(m_model);
    m_table->setModel(m_filter);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(JournalModel::Number, Qt::DescendingOrder);
    column->addWidget(m_table, 1);
    m_tableCard->setBody(body);
    connect(m_mode, &SegmentedControl::currentChanged, this, [this] {
        m_model->setEntries(m_mode->current() == QLatin1String("lines") ? m_entries : operationsOf(m_entries), now());
        if (!m_table->currentIndex().isValid() && m_filter->rowCount() > 0)
            m_table->setCurrentIndex(m_filter->index(0, 0));
        showEntry();
    });
    connect(m_words, &QLineEdit::textChanged, m_filter, &FilterProxy::setWords);
    connect(m_words, &QLineEdit::returnPressed, m_table, qOverload<>(&QWidget::setFocus));
    connect(m_table, &Table::chosen, this, &JournalPanel::showEntry);
    return m_tableCard;
}

QWidget *JournalPanel::buildDetail() {
    m_detailCard = new Card(tr("No entry chosen"));
    auto *copy = new Button(tr("Copy"), ButtonKind::Ghost);
    copy->setGlyph(QStringLiteral("copy"));
    m_detailCard->addTool(copy);
    m_detail = new LogView;
    m_detail->setObjectName(QStringLiteral("journalEntry"));
    m_detail->setAccessibleName(tr("Entry"));
    m_detailCard->setBody(m_detail);
    connect(copy, &QAbstractButton::clicked, this, [this] {
        if (const auto *entry = m_model->find(m_table->currentId()))
            QApplication::clipboard()->setText(textOf(*entry));
    });
    return m_detailCard;
}

void JournalPanel::addActions() {
    ActionSpec verifySpec;
    verifySpec.id = QStringLiteral("journal.verify");
    verifySpec.text = tr("Verify the journal");
    verifySpec.icon = QStringLiteral("check");
    verifySpec.section = tr("Commands");
    verifySpec.panel = id();
    verifySpec.shortcut = QKeySequence(Qt::Key_V);
    verifySpec.blocked = [this](const QString &) { return this->context().fleet ? QString() : tr("No workspace is open."); };
    verifySpec.run = [this](const QString &, const QString &) { verify(); };
    actions().add(verifySpec);
    ActionSpec show;
    show.id = QStringLiteral("journal.show");
    show.text = tr("Open the journal");
    show.icon = QStringLiteral("journal");
    show.section = tr("Commands");
    show.inPalette = false;
    show.run = [this](const QString &argument, const QString &) { this->context().open(id(), argument); };
    actions().add(show);
    auto *verifyButton = new Button(actions(), QStringLiteral("journal.verify"), ButtonKind::Ghost);
    verifyButton->setObjectName(QStringLiteral("verify"));
    auto *exportButton = new Button(actions(), QStringLiteral("journal.export"), ButtonKind::Ghost);
    exportButton->setObjectName(QStringLiteral("export"));
    verifyButton->setWords(tr("Verify"));
    exportButton->setWords(tr("Export…"));
    m_tableCard->addTool(verifyButton);
    if (actions().find(QStringLiteral("journal.export")))
        m_tableCard->addTool(exportButton);
    else
        delete exportButton; // a program without a window's file dialogs
}

/// What can be done about the chosen operation: both are verbs of `pilot`.
void JournalPanel::addWays() {
    const auto add = [this](const char *verb, const QString &text, const QString &icon, const QString &done, bool back) {
        ActionSpec spec;
        spec.id = QStringLiteral("journal.") + QLatin1String(verb);
        spec.text = text;
        spec.icon = icon;
        spec.section = tr("Commands");
        spec.panel = id();
        spec.inPalette = false; // it stands beside what it is about only
        spec.shortcut = back ? QKeySequence(Qt::Key_U) : QKeySequence(Qt::Key_C);
        spec.blocked = [this, back](const QString &operation) {
            if (operation.isEmpty())
                return tr("Choose an operation first.");
            const fleet::OperationWays ways = fleet::waysOn(m_entries, operation);
            return (back ? ways.undo : ways.goOn) ? QString() : !ways.why.isEmpty() ? ways.why : tr("It did not fail.");
        };
        spec.gate = [this](const QString &operation) {
            for (const operations::JournalEntry &line : linesOf(operation))
                if (line.phase == QLatin1String("executing")) // the reverse writes where it wrote
                    return writeGate(context(), line.kind.toLatin1().constData(), line.object, {line.details.value(QLatin1String("connection")).toString()});
            return WriteGate();
        };
        spec.danger = [this, text, back](const QString &operation) {
            QString summary, command;
            for (const operations::JournalEntry &line : linesOf(operation))
                if (line.phase == QLatin1String("executing"))
                    summary = line.details.value(QLatin1String("summary")).toString();
            command = back ? tr("Takes back: %1.").arg(summary) : tr("Does what is missing of: %1. What was done is found and not done twice.").arg(summary);
            return Danger{text, command, back ? QString() : tr("The whole of it can be undone."), {}, false};
        };
        spec.run = [this, verb = QString::fromLatin1(verb), text, done](const QString &operation, const QString &) {
            runVerb(context(), this, text + QLatin1Char(' ') + operation, {}, {verb, operation}, done);
        };
        actions().add(spec);
        auto *button = new Button(actions(), spec.id, ButtonKind::Ghost);
        button->setObjectName(back ? QStringLiteral("journalUndo") : QStringLiteral("journalContinue"));
        m_detailCard->addTool(button);
        return button;
    };
    m_continue = add("continue", tr("Continue"), QStringLiteral("play"), tr("The operation is complete"), false);
    m_undo = add("undo", tr("Undo"), QStringLiteral("undo"), tr("The operation is undone"), true);
    showWays();
}

QString JournalPanel::chosenOperation() const {
    const operations::JournalEntry *entry = m_model->find(m_table->currentId());
    return entry ? entry->operation : QString();
}

std::vector<operations::JournalEntry> JournalPanel::linesOf(const QString &operation) const {
    std::vector<operations::JournalEntry> out;
    if (!operation.isEmpty())
        std::copy_if(m_entries.begin(), m_entries.end(), std::back_inserter(out), [&](const operations::JournalEntry &line) { return line.operation == operation; });
    return out;
}

void JournalPanel::showWays() {
    const QString operation = chosenOperation();
    const fleet::OperationWays ways = fleet::waysOn(m_entries, operation);
    for (Button *button : {m_undo, m_continue}) {
        button->setVisible(button == m_undo ? ways.undo : ways.goOn);
        button->setArgument(operation);
        button->refresh();
    }
}

void JournalPanel::verify() {
    if (m_verify.isRunning())
        return;
    m_seal->setState(State::Running, tr("Verifying"));
    m_verify = startTask<operations::JournalCheck>(context().fleet->pools().waiting,
                                                   [journal = context().fleet->services()->journal](std::stop_token) { return journal->verify(); });
    deliver(m_verify, this, [this](const Result<operations::JournalCheck> &check) {
        if (!check) {
            m_seal->setState(sealState(m_check), sealWord(m_check));
            return context().toasts->showError(check.error());
        }
        m_check = *check;
        m_seal->setState(sealState(m_check), sealWord(m_check));
        context().toasts->show(sealState(m_check), sealWord(m_check), m_check.finding);
        Q_EMIT headerChanged();
    });
}

void JournalPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_check = snapshot.journalCheck;
    m_entries = snapshot.journal;
    m_model->setEntries(m_mode->current() == QLatin1String("lines") ? m_entries : operationsOf(m_entries), now());
    m_seal->setState(sealState(m_check), sealWord(m_check));
    m_seal->setToolTip(m_check.finding);
    m_tableCard->source()->setSource(tr("local"), snapshot.read, Freshness::Local);
    const bool cut = qint64(snapshot.journal.size()) < m_check.entries;
    m_tableCard->setSubtitle(cut ? tr("newest %1 of %2").arg(count(qint64(snapshot.journal.size())), count(m_check.entries)) : QString());
    m_tableCard->showState(!snapshot.journal.empty() ? ScreenState::full()
                                                     : ScreenState::empty(tr("No entry yet"), tr("Every write stands here before and after it is made: who, what, on what, and the seal of the chain. The first comes with a connection or a model."),
                                                                          tr("Connections"), [this] { this->context().open(QStringLiteral("connections"), {}); }));
    if (!m_table->currentIndex().isValid() && m_filter->rowCount() > 0)
        m_table->setCurrentIndex(m_filter->index(0, 0));
    showEntry();
    const qint64 newest = snapshot.journal.empty() ? 0 : snapshot.journal.front().sequence;
    if (newest != m_newest) { // what is live only changes by a write
        m_newest = newest;
        m_live->refresh();
    }
    if (!context().fleet)
        m_liveCard->showState(ScreenState::empty(tr("No history"), tr("Which version answered at a past time, and who put it there.")));
    m_liveCard->source()->setSource(tr("journal"), snapshot.read, Freshness::Local);
    Q_EMIT headerChanged();
}

void JournalPanel::showEntry() {
    showWays();
    const operations::JournalEntry *entry = m_model->find(m_table->currentId());
    if (!entry) {
        m_detailCard->setTitle(tr("No entry chosen"));
        m_detailCard->showState(ScreenState::empty(tr("No entry chosen"), tr("What was wanted, what was found and what was sent.")));
        return;
    }
    m_detailCard->setTitle(tr("Entry %1, %2").arg(count(entry->sequence), phaseWord(entry->phase)));
    m_detailCard->showState(ScreenState::full());
    m_detail->setFollow(false);
    m_detail->setLines(textOf(*entry).split(QLatin1Char('\n')));
}

/// Every line of the operation as it stands in the file: a row of the table may join several.
QString JournalPanel::textOf(const operations::JournalEntry &entry) const {
    QStringList lines;
    for (const operations::JournalEntry &line : m_entries)
        if (line.sequence == entry.sequence ||
            (m_mode->current() != QLatin1String("lines") && !line.operation.isEmpty() && entry.phase != QLatin1String("note") && line.phase != QLatin1String("note") &&
             line.operation == entry.operation && line.kind == entry.kind && line.object == entry.object))
            lines << entryText(line, now());
    return lines.join(QStringLiteral("\n\n"));
}

void JournalPanel::openAt(const QString &argument) {
    if (argument.isEmpty())
        return m_words->clear();
    const bool known = std::any_of(m_entries.begin(), m_entries.end(), [&](const auto &entry) { return QString::number(entry.sequence) == argument; });
    if (known) {
        m_words->clear();
        if (!m_model->find(argument)) // the beginning of an operation whose end is the row
            m_mode->setCurrent(QStringLiteral("lines"));
        return m_table->choose(argument);
    }
    m_words->setText(argument);
}

std::vector<HeaderBadge> JournalPanel::badges() const {
    if (m_check.intact || m_check.entries == 0)
        return {};
    return {{State::Bad, sealWord(m_check)}};
}

/// In the narrow window what was changed says more than the seal, which the entry below has in full.
void JournalPanel::resizeEvent(QResizeEvent *event) {
    Panel::resizeEvent(event);
    m_table->setNarrowWidth(JournalModel::Change, width() < theme().px(1100) ? 320 : 0);
}

QString JournalPanel::currentArgument(const QString &actionId) const {
    return actionId == QLatin1String("journal.undo") || actionId == QLatin1String("journal.continue") ? chosenOperation() : m_table->currentId();
}

QWidget *JournalPanel::firstFocus() { return m_table; }

} // namespace pilothouse::ui
