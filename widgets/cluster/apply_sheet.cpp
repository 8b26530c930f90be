// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/apply_sheet.h"

#include "core/fleet/clusters.h"
#include "core/fleet/operation_ways.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/sheet_size.h"
#include "widgets/base/table.h"
#include "widgets/cluster/apply_model.h"
#include "widgets/cluster/diff_view.h"

#include <QBoxLayout>
#include <QFileDialog>
#include <QGridLayout>
#include <QRegularExpression>
#include <QShortcut>
#include <QSplitter>

#include <algorithm>

namespace pilothouse::ui {

using rollouts::ApplyPlan;
using Change = rollouts::AppliedObject::Change;

ApplySheet::ApplySheet(const PanelContext &context, const QString &connection, QWidget *panel) : QDialog(panel), m_context(context) {
    setObjectName(QStringLiteral("applySheet"));
    setWindowTitle(tr("Apply a folder of manifests"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    column->addWidget(new Label(windowTitle(), TextRole::Screen));
    column->addWidget(buildForm());
    column->addWidget(buildPlan(), 1);
    column->addWidget(buildButtons());
    const Theme &theme = Theme::of(this);
    setMinimumSize(theme.px(720), theme.px(520));
    resize(sheetSize(panel, 980, 680));
    if (m_context.fleet) {
        const QStringList names = m_context.fleet->services()->clusters->names();
        m_connection->setItems(names);
        if (const qsizetype at = names.indexOf(connection); at >= 0)
            m_connection->setCurrentIndex(int(at));
    }
    m_timer.setInterval(100);
    connect(&m_timer, &QTimer::timeout, this, &ApplySheet::takeProgress);
    connect(m_connection, &QComboBox::currentIndexChanged, this, &ApplySheet::wishChanged);
    m_folder->setFocus();
    wishChanged();
}

ApplySheet::~ApplySheet() {
    m_planning.stop.request_stop();
    m_running.stop.request_stop(); // what is sent stays; only the watching ends
    m_undoing.stop.request_stop();
}

QWidget *ApplySheet::buildForm() {
    auto *form = new QWidget;
    auto *grid = new QGridLayout(form);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    const auto line = [&](QLineEdit *&edit, const char *name, int row, int at, int span, const QString &label, const QString &placeholder, const QString &tip) {
        edit = new QLineEdit;
        edit->setObjectName(QLatin1String(name));
        edit->setPlaceholderText(placeholder);
        edit->setToolTip(tip);
        grid->addWidget(new Field(label, edit), row, at, 1, span, Qt::AlignTop);
        connect(edit, &QLineEdit::textChanged, this, &ApplySheet::wishChanged);
        connect(edit, &QLineEdit::returnPressed, this, &ApplySheet::plan);
    };
    m_connection = new Choice;
    m_connection->setObjectName(QStringLiteral("applyConnection"));
    grid->addWidget(new Field(tr("Cluster"), m_connection), 0, 0, 1, 1, Qt::AlignTop);
    line(m_folder, "applyFolder", 0, 1, 3, tr("Folder or file"), QStringLiteral("k8s/"), tr("Manifests as YAML or JSON."));
    auto *browse = new Button(tr("Choose…"));
    browse->setObjectName(QStringLiteral("applyChoose"));
    connect(browse, &QAbstractButton::clicked, this, &ApplySheet::chooseFolder);
    grid->addWidget(browse, 0, 4, Qt::AlignBottom);
    line(m_space, "applySpace", 1, 0, 1, tr("Namespace"), tr("of the connection"), tr("Of objects that name none."));
    line(m_revision, "applyRevision", 1, 1, 1, tr("Git revision"), tr("the files as they lie there"), tr("The folder as this revision has it: v1.2, main~1, 3f1c2ab."));
    line(m_images, "applyImages", 1, 2, 3, tr("Image tags of the build"), QStringLiteral("mlops-api={commit}"), tr("NAME=TAG, several with spaces; {commit} is the commit of the manifests."));
    auto *row = new QHBoxLayout;
    row->setSpacing(16);
    const auto check = [&](CheckBox *&box, const char *name, const QString &text, const QString &tip) {
        box = new CheckBox(text);
        box->setObjectName(QLatin1String(name));
        box->setToolTip(tip);
        row->addWidget(box);
        connect(box, &QAbstractButton::toggled, this, &ApplySheet::wishChanged);
    };
    check(m_deep, "applyDeep", tr("Folders in it too"), {});
    check(m_prune, "applyPrune", tr("Delete what the folder has no more"), tr("Objects that an earlier apply of this folder made."));
    check(m_force, "applyForce", tr("Take over fields of others"), tr("Fields that another program manages."));
    row->addStretch(1);
    grid->addLayout(row, 2, 0, 1, 5);
    for (int at : {1, 2, 3})
        grid->setColumnStretch(at, 1);
    return form;
}

QWidget *ApplySheet::buildPlan() {
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    const auto text = [&](Label *&label, const char *name, Ink ink) {
        label = new Label({}, TextRole::Second, ink);
        label->setObjectName(QLatin1String(name));
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        column->addWidget(label);
    };
    text(m_warnings, "applyWarnings", &Tokens::warn);
    text(m_filled, "applyFilled", &Tokens::t2);
    text(m_counts, "applyCounts", &Tokens::t1);
    auto *split = new QSplitter;
    split->setObjectName(QStringLiteral("applySplit"));
    split->setHandleWidth(12);
    m_model = new ApplyModel(this);
    m_table = new Table;
    m_table->setObjectName(QStringLiteral("applyTable"));
    m_table->setAccessibleName(tr("Objects of the folder"));
    m_table->setRowHeight(Table::TwoLine);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_diff = new DiffView;
    m_diff->setObjectName(QStringLiteral("applyDiff"));
    split->addWidget(m_table);
    split->addWidget(m_diff);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    connect(m_table, &Table::chosen, this, [this](const QString &id) {
        const ApplyLine *line = m_model->find(id);
        m_diff->setDiff(line ? line->diff : QStringList());
    });
    column->addWidget(split, 1);
    m_state = new PanelState;
    m_state->setContent(body);
    return m_state;
}

QWidget *ApplySheet::buildButtons() {
    auto *foot = new QWidget;
    auto *column = new QVBoxLayout(foot);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    m_progress = new ProgressBar;
    m_progress->setObjectName(QStringLiteral("applyProgress"));
    m_progress->hide();
    m_told = new Label({}, TextRole::Second, &Tokens::t2);
    m_told->setObjectName(QStringLiteral("applyTold"));
    m_told->setWordWrap(true);
    m_told->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_progress);
    column->addWidget(m_told);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_apply = new Button(*m_context.actions, QStringLiteral("rollouts.applyRun"), ButtonKind::Primary);
    m_apply->setObjectName(QStringLiteral("applyButton"));
    m_apply->setHint(QStringLiteral("Ctrl ↵"));
    m_ask = new Button(tr("Show what would change"));
    m_ask->setObjectName(QStringLiteral("applyPlan"));
    m_undo = new Button(*m_context.actions, QStringLiteral("rollouts.applyUndo"));
    m_undo->setObjectName(QStringLiteral("applyUndo"));
    auto *leave = new Button(tr("Close"), ButtonKind::Ghost);
    leave->setObjectName(QStringLiteral("applyClose"));
    for (Button *button : {m_ask, m_apply, m_undo, leave}) {
        button->setPixelHeight(32);
        row->addWidget(button);
    }
    row->addStretch(1);
    column->addLayout(row);
    connect(m_ask, &QAbstractButton::clicked, this, &ApplySheet::plan);
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, m_apply, &QAbstractButton::click);
    return foot;
}

void ApplySheet::chooseFolder() {
    auto *dialog = new QFileDialog(this, tr("A folder of manifests"), m_folder->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, &ApplySheet::setFolder);
    dialog->open();
}

void ApplySheet::setFolder(const QString &folder) {
    m_folder->setText(folder);
    plan();
}

ApplySheet::Wish ApplySheet::wish() const {
    static const QRegularExpression gap(QStringLiteral("[\\s,]+"));
    return {m_connection->currentText(), m_folder->text().trimmed(), m_revision->text().trimmed(), m_space->text().trimmed(), m_images->text().split(gap, Qt::SkipEmptyParts), m_deep->isChecked(), m_prune->isChecked(), m_force->isChecked()};
}

/// A plan is of what was asked for: another wish needs another plan.
void ApplySheet::wishChanged() {
    if (m_plan && m_planned == wish())
        return;
    m_plan.reset();
    m_planning.stop.request_stop();
    if (!m_running.isRunning()) {
        tell({}, &Tokens::t2);
        m_operation.clear();
    }
    m_state->show(ScreenState::empty(tr("Nothing is planned yet"), tr("The server is asked what each object would become; nothing is changed by that."), wish().folder.isEmpty() ? QString() : tr("Show what would change"), [this] { plan(); }));
    refresh();
}

void ApplySheet::plan() {
    const Wish wanted = wish();
    if (wanted.folder.isEmpty() || !m_context.fleet || m_running.isRunning())
        return;
    m_planning.stop.request_stop();
    m_plan.reset();
    m_state->show(ScreenState::loading());
    m_planning = startTask<Planned>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), wanted](std::stop_token stop) -> Result<Planned> {
        Planned out;
        PH_ASSIGN(out.api, services->clusters->of(wanted.connection));
        PH_ASSIGN(auto source, rollouts::readApplySource(wanted.folder, wanted.revision, wanted.images, wanted.deep));
        PH_ASSIGN(out.plan, rollouts::planApply(*out.api, std::move(source), {wanted.space, {}, wanted.force, wanted.prune}, stop));
        return out;
    });
    deliver(m_planning, this, [this, wanted](const Result<Planned> &planned) {
        if (wanted != wish())
            return; // another one was asked for meanwhile
        if (!planned) {
            if (planned.error().kind != ErrorKind::Cancelled)
                showFailure(planned.error());
            return;
        }
        m_api = planned->api;
        showPlan(planned->plan);
    });
    refresh();
}

void ApplySheet::showFailure(const Error &error) {
    m_plan.reset();
    m_state->show(ScreenState::failed(error, tr("Try again"), [this] { plan(); }));
    refresh();
}

void ApplySheet::showPlan(const ApplyPlan &plan) {
    m_plan = plan;
    m_planned = wish();
    m_operation.clear();
    m_undone = false;
    m_warnings->setText(plan.warnings.join(QLatin1Char('\n')));
    m_filled->setText((filledImageLines(plan) + plan.notes).join(QLatin1Char('\n')));
    QString counts = applyCounts(plan);
    if (!plan.commit.isEmpty())
        counts += tr(", as commit %1 has them").arg(plan.commit.left(7));
    m_counts->setText(counts);
    for (Label *label : {m_warnings, m_filled})
        label->setVisible(!label->text().isEmpty());
    m_model->setRows(applyLines(plan));
    m_state->show(ScreenState::full());
    if (!m_model->rows().empty()) {
        m_table->choose(m_model->rows().front().object);
        m_diff->setDiff(m_model->rows().front().diff);
    }
    tell({}, &Tokens::t2);
    refresh();
}

QString ApplySheet::lacking() const {
    if (m_running.isRunning())
        return tr("It is being applied.");
    if (m_planning.isRunning())
        return tr("The server is asked what would change.");
    if (!m_plan)
        return tr("See first what would change.");
    if (!m_operation.isEmpty())
        return tr("It was applied: see what would change now.");
    const auto wrong = std::count_if(m_plan->objects.begin(), m_plan->objects.end(), [](const auto &o) { return o.problem.has_value(); });
    if (wrong > 0)
        return tr("The server does not take %n object(s).", nullptr, int(wrong));
    return m_plan->count(Change::Unchanged) == int(m_plan->objects.size()) ? tr("The cluster has all of it as the folder has it.") : QString();
}

QString ApplySheet::undoable() const { return m_running.isRunning() || m_undoing.isRunning() || m_undone ? QString() : m_operation; }

void ApplySheet::refresh() {
    const bool busy = m_running.isRunning() || m_undoing.isRunning();
    for (QWidget *widget : std::initializer_list<QWidget *>{m_connection, m_folder, m_revision, m_space, m_images, m_deep, m_prune, m_force})
        widget->setEnabled(!busy);
    m_ask->setBlocked(busy ? tr("It is being applied.") : wish().folder.isEmpty() ? tr("Name a folder first.") : QString());
    m_apply->setArgument(setName());
    m_apply->refresh();
    m_undo->setArgument(m_operation);
    m_undo->refresh();
    m_undo->setVisible(!m_operation.isEmpty() && !m_undone);
    m_progress->setVisible(busy);
}

void ApplySheet::tell(const QString &text, Ink ink) {
    m_told->setInk(ink);
    m_told->setText(text);
    m_told->setVisible(!text.isEmpty());
}

void ApplySheet::applyIt() {
    if (!lacking().isEmpty() || !m_api || !m_context.fleet)
        return;
    tell(tr("It is being applied …"), &Tokens::t2);
    m_progress->setValue(-1);
    // The names that were typed count for the thread that runs it.
    m_running = startTask<Ran>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), api = m_api, plan = *m_plan, names = operations::Confirmed::names(), inbox = m_inbox](std::stop_token stop) -> Result<Ran> {
        const operations::Confirmed confirmed(names);
        const rollouts::ApplySink sink = [inbox](const rollouts::ApplyProgress &progress) {
            const std::lock_guard lock(inbox->lock);
            inbox->newest = progress;
            inbox->fresh = true;
        };
        PH_ASSIGN(operations::Operation operation, rollouts::applyOperation(api, plan));
        rollouts::tellSteps(operation, sink);
        const QDateTime since = services->clock->nowUtc();
        Ran ran;
        ran.outcome = services->operations->run(operation);
        if (ran.outcome.error) {
            ran.left = fleet::halfwayText(operation, ran.outcome);
            return ran;
        }
        auto watched = rollouts::watchApplied(*api, plan, since, 0, sink, stop);
        if (watched)
            ran.rollouts = *std::move(watched);
        else
            ran.watchError = watched.error();
        return ran;
    });
    deliver(m_running, this, [this](const Result<Ran> &result) { ran(result); });
    m_timer.start();
    refresh();
}

void ApplySheet::takeProgress() {
    const std::lock_guard lock(m_inbox->lock);
    if (!std::exchange(m_inbox->fresh, false))
        return;
    m_progress->setValue(m_inbox->newest.total > 0 ? double(m_inbox->newest.done) / m_inbox->newest.total : -1);
    tell(m_inbox->newest.text, &Tokens::t2);
}

void ApplySheet::ran(const Result<Ran> &result) {
    m_timer.stop();
    m_inbox->fresh = false;
    if (!result) {
        tell(result.error().text(), &Tokens::bad);
    } else if (result->outcome.error) {
        m_operation = result->left.isEmpty() ? QString() : result->outcome.id;
        tell(result->outcome.error->text() + (result->left.isEmpty() ? QString() : QLatin1Char('\n') + result->left), &Tokens::bad);
    } else {
        m_operation = result->outcome.id;
        QStringList lines{tr("Applied as %1.").arg(m_operation)};
        bool failed = result->watchError.has_value();
        for (const rollouts::RolledOut &one : result->rollouts) {
            failed = failed || one.failed;
            lines << QStringLiteral("%1: %2").arg(one.ref.text(), one.text) << one.troubles;
        }
        if (result->watchError)
            lines << tr("Its rollouts could not be watched to their end: %1").arg(result->watchError->text());
        tell(lines.join(QLatin1Char('\n')), failed ? &Tokens::bad : &Tokens::ok);
    }
    if (m_context.fleet)
        m_context.fleet->refresh();
    refresh();
}

void ApplySheet::undoIt() {
    const QString id = undoable();
    if (id.isEmpty() || !m_context.fleet)
        return;
    tell(tr("It is being taken back …"), &Tokens::t2);
    m_undoing = startTask<QString>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), id, names = operations::Confirmed::names()](std::stop_token stop) -> Result<QString> {
        const operations::Confirmed confirmed(names);
        PH_ASSIGN(operations::Operation back, fleet::reverseOperation(*services, id, stop));
        const operations::OperationOutcome outcome = services->operations->run(std::move(back));
        return outcome.error ? Result<QString>(*outcome.error) : Result<QString>(outcome.id);
    });
    deliver(m_undoing, this, [this](const Result<QString> &done) {
        m_undone = bool(done);
        tell(done ? tr("Taken back as %1.").arg(*done) : done.error().text(), done ? &Tokens::ok : &Tokens::bad);
        if (m_context.fleet)
            m_context.fleet->refresh();
        refresh();
    });
    refresh();
}

} // namespace pilothouse::ui
