// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/commit_sheet.h"

#include "core/cluster/settings_text.h"
#include "core/fleet/clusters.h"
#include "core/fleet/gitops_source.h"
#include "core/fleet/operation_ways.h"
#include "core/fleet/pull_requests.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/sheet_size.h"
#include "widgets/cluster/diff_view.h"

#include <QCompleter>
#include <QDesktopServices>
#include <QFileDialog>
#include <QGridLayout>
#include <QIntValidator>
#include <QRegularExpression>
#include <QShortcut>
#include <QUrl>

namespace pilothouse::ui {

CommitSheet::CommitSheet(const PanelContext &context, const QString &argument, QWidget *panel)
    : QDialog(panel), m_context(context), m_cluster(argument.section(QLatin1Char('|'), 0, 0)), m_space(argument.section(QLatin1Char('|'), 1, 1)), m_target(argument.section(QLatin1Char('|'), 2)) {
    setObjectName(QStringLiteral("commitSheet"));
    setWindowTitle(tr("Change %1 by a commit").arg(m_target));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    auto *head = new Label(windowTitle(), TextRole::Screen);
    head->setElide(Qt::ElideMiddle);
    column->addWidget(head);
    m_manager = new Label({}, TextRole::Second, &Tokens::warn);
    m_manager->setObjectName(QStringLiteral("commitManager"));
    m_manager->setWordWrap(true);
    column->addWidget(m_manager);
    column->addWidget(buildForm());
    column->addWidget(buildPlan(), 1);
    column->addWidget(buildButtons());
    const Theme &theme = Theme::of(this);
    setMinimumSize(theme.px(640), theme.px(520));
    resize(sheetSize(panel, 820, 640));
    QStringList repositories;
    if (m_context.fleet) {
        const auto &connections = m_context.fleet->services()->workspace.connections;
        for (auto it = connections.begin(); it != connections.end(); ++it)
            if (it->kind == QLatin1String("git"))
                repositories << it.key();
    }
    if (repositories.size() == 1)
        m_repository->setText(repositories.front());
    m_repository->setCompleter(new QCompleter(repositories, this));
    m_image->setFocus();
    wishChanged();
    look();
}

CommitSheet::~CommitSheet() {
    for (std::stop_source *stop : {&m_looking.stop, &m_planning.stop, &m_committing.stop, &m_undoing.stop, &m_pulling.stop})
        stop->request_stop();
}

QLineEdit *CommitSheet::line(QGridLayout *grid, const char *name, int row, int at, int span, const QString &label, const QString &placeholder, const QString &tip) {
    auto *edit = new QLineEdit;
    edit->setObjectName(QLatin1String(name));
    edit->setPlaceholderText(placeholder);
    edit->setToolTip(tip);
    grid->addWidget(new Field(label, edit), row, at, 1, span, Qt::AlignTop);
    connect(edit, &QLineEdit::textChanged, this, &CommitSheet::wishChanged);
    connect(edit, &QLineEdit::returnPressed, this, &CommitSheet::plan);
    return edit;
}

QWidget *CommitSheet::buildForm() {
    auto *form = new QWidget;
    auto *grid = new QGridLayout(form);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    m_repository = line(grid, "commitRepository", 0, 0, 2, tr("Repository"), tr("connection, or folder of a clone"), tr("A connection of kind git, or a folder of a Git work tree."));
    auto *browse = new Button(tr("Choose…"));
    browse->setObjectName(QStringLiteral("commitChoose"));
    grid->addWidget(browse, 0, 2, Qt::AlignBottom | Qt::AlignLeft);
    connect(browse, &QAbstractButton::clicked, this, [this] {
        auto *dialog = new QFileDialog(this, tr("A folder of a Git work tree"), m_repository->text());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &folder) {
            m_repository->setText(folder);
            m_repository->setModified(true); // as if it was typed
        });
        dialog->open();
    });
    m_folder = line(grid, "commitFolder", 0, 3, 1, tr("Folder in it"), tr("all"), tr("Where the manifests of this environment are."));
    m_container = new Choice;
    m_container->setObjectName(QStringLiteral("commitContainer"));
    connect(m_container, &QComboBox::currentIndexChanged, this, [this](int at) {
        if (m_subject && at >= 0 && at < int(m_subject->containers.size()))
            m_image->setPlaceholderText(m_subject->containers[std::size_t(at)].image);
        wishChanged();
    });
    grid->addWidget(new Field(tr("Container"), m_container), 1, 0, Qt::AlignTop);
    m_image = line(grid, "commitImage", 1, 1, 2, tr("Image"), {}, tr("Empty: as it is."));
    m_replicas = line(grid, "commitReplicas", 1, 3, 1, tr("Replicas"), {}, tr("Empty: as it is."));
    m_replicas->setValidator(new QIntValidator(0, 100000, m_replicas));
    m_variables = line(grid, "commitVariables", 2, 0, 2, tr("Variables"), QStringLiteral("MODE=fast DEBUG-"), tr("NAME=VALUE sets, NAME- takes away; several with spaces."));
    m_requests = line(grid, "commitRequests", 2, 2, 1, tr("Requests"), QStringLiteral("cpu=500m,memory=1Gi"));
    m_limits = line(grid, "commitLimits", 2, 3, 1, tr("Limits"), QStringLiteral("memory=2Gi"));
    m_branch = line(grid, "commitBranch", 3, 0, 2, tr("Branch"), tr("a new one"), tr("That gets the commit."));
    for (int at = 0; at < 4; ++at)
        grid->setColumnStretch(at, 1);
    return form;
}

QWidget *CommitSheet::buildPlan() {
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    m_facts = new KeyValues;
    m_facts->setObjectName(QStringLiteral("commitFacts"));
    column->addWidget(m_facts);
    m_diff = new DiffView;
    m_diff->setObjectName(QStringLiteral("commitDiff"));
    column->addWidget(m_diff, 1);
    m_state = new PanelState;
    m_state->setContent(body);
    return m_state;
}

QWidget *CommitSheet::buildButtons() {
    auto *foot = new QWidget;
    auto *column = new QVBoxLayout(foot);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    m_told = new Label({}, TextRole::Second, &Tokens::t2);
    m_told->setObjectName(QStringLiteral("commitTold"));
    m_told->setWordWrap(true);
    m_told->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_told);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_commit = new Button(*m_context.actions, QStringLiteral("rollouts.commitRun"), ButtonKind::Primary);
    m_commit->setObjectName(QStringLiteral("commitButton"));
    m_commit->setHint(QStringLiteral("Ctrl ↵"));
    m_ask = new Button(tr("Show what would change"));
    m_ask->setObjectName(QStringLiteral("commitPlan"));
    m_page = new Button(tr("Open a pull request…"), ButtonKind::Plain);
    m_page->setObjectName(QStringLiteral("commitPage"));
    m_pull = new Button(*m_context.actions, QStringLiteral("rollouts.commitPull"));
    m_pull->setObjectName(QStringLiteral("commitPull"));
    m_undo = new Button(*m_context.actions, QStringLiteral("rollouts.commitUndo"));
    m_undo->setObjectName(QStringLiteral("commitUndo"));
    auto *leave = new Button(tr("Close"), ButtonKind::Ghost);
    leave->setObjectName(QStringLiteral("commitClose"));
    for (Button *button : {m_ask, m_commit, m_pull, m_page, m_undo, leave}) {
        button->setPixelHeight(32);
        row->addWidget(button);
    }
    row->addStretch(1);
    column->addLayout(row);
    connect(m_ask, &QAbstractButton::clicked, this, &CommitSheet::plan);
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_page, &QAbstractButton::clicked, this, [this] {
        if (const QString page = m_pulled.isEmpty() && m_plan ? m_plan->change.page : m_pulled; !page.isEmpty())
            QDesktopServices::openUrl(QUrl(page));
    });
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, m_commit, &QAbstractButton::click);
    return foot;
}

/// Who keeps the object, and what runs: to say why a commit is the way, and to fill in.
void CommitSheet::look() {
    if (!m_context.fleet || m_target.isEmpty())
        return;
    m_looking = startTask<CommitSubject>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), connection = m_cluster, space = m_space, target = m_target](std::stop_token stop) -> Result<CommitSubject> {
        PH_ASSIGN(const auto api, services->clusters->of(connection));
        PH_ASSIGN(const cluster::KubeRef ref, cluster::parseKubeRef(target, space.isEmpty() ? api->space() : space));
        PH_ASSIGN(const QJsonObject object, api->read(ref, stop));
        CommitSubject subject{api->connection(), ref.space, ref.kind.kind, ref.name, cluster::managedBy(object), cluster::containerImages(object), {}, {}, {}};
        if (subject.manager)
            subject.follows = cluster::followedFolder(*api, *subject.manager, stop).value_or(std::nullopt); // without the right to read that it is typed
        if (subject.follows)
            subject.repository = fleet::gitConnectionOf(services->workspace, subject.follows->repository);
        if (const QJsonValue replicas = object.value(QLatin1String("spec")).toObject().value(QLatin1String("replicas")); replicas.isDouble())
            subject.replicas = replicas.toInt();
        return subject;
    });
    deliver(m_looking, this, [this](const Result<CommitSubject> &subject) {
        if (subject)
            showSubject(*subject);
        else if (subject.error().kind != ErrorKind::Cancelled) { // the manifest can be changed all the same
            m_manager->setInk(&Tokens::t2);
            m_manager->setText(tr("The cluster does not say who keeps it: %1").arg(subject.error().text()));
        }
    });
}

void CommitSheet::showSubject(const CommitSubject &subject) {
    if (m_committing.isRunning() || m_undoing.isRunning()) // the plan that is carried out stays as it is
        return;
    m_subject = subject;
    m_space = subject.space;
    m_manager->setInk(subject.manager && subject.manager->reverts ? &Tokens::warn : &Tokens::t2);
    if (!subject.manager)
        m_manager->setText(tr("Nothing says that a controller follows Git for it: a commit changes the cluster only if somebody applies it."));
    else if (subject.manager->reverts)
        m_manager->setText(subject.manager->name.isEmpty() ? tr("Managed by %1: a change of the cluster would be undone. This makes it a commit.").arg(subject.manager->toolName())
                                                           : tr("Managed by %1 (%2): a change of the cluster would be undone. This makes it a commit.").arg(subject.manager->toolName(), subject.manager->name));
    else
        m_manager->setText(subject.manager->sentence());
    if (subject.follows) {
        m_manager->setText(m_manager->text() + QLatin1Char('\n') + tr("It follows %1.").arg(subject.follows->text()));
        if (m_repository->text().isEmpty() && subject.repository.isEmpty())
            m_repository->setPlaceholderText(tr("a clone of %1").arg(subject.follows->repository));
        if (!subject.repository.isEmpty() && !m_repository->isModified()) { // what was typed stays
            m_repository->setText(subject.repository);
            m_folder->setText(subject.follows->folder);
        }
    }
    QStringList names;
    for (const cluster::ContainerImage &c : subject.containers)
        names << c.container;
    m_container->setItems(names);
    if (!subject.containers.empty())
        m_image->setPlaceholderText(subject.containers[std::size_t(std::max(0, m_container->currentIndex()))].image);
    if (subject.replicas)
        m_replicas->setPlaceholderText(QString::number(*subject.replicas));
    wishChanged();
}

QString CommitSheet::wishText() const {
    QStringList all{m_container->currentText()};
    for (const QLineEdit *edit : {m_repository, m_folder, m_branch, m_image, m_replicas, m_variables, m_requests, m_limits})
        all << edit->text().trimmed();
    return all.join(QLatin1Char('\n'));
}

Result<CommitSheet::Wish> CommitSheet::wish() const {
    static const QRegularExpression gap(QStringLiteral("\\s+"));
    PH_ASSIGN(const cluster::KubeRef ref, cluster::parseKubeRef(m_target, m_space));
    Wish wish{m_repository->text().trimmed(), m_folder->text().trimmed(), m_branch->text().trimmed(), {ref.kind.kind, ref.name, m_space, m_container->currentText(), m_image->text().trimmed(), {}}};
    if (!m_replicas->text().isEmpty())
        wish.edit.replicas = m_replicas->text().toInt();
    PH_ASSIGN(wish.edit.environment, cluster::variableSettings(m_variables->text().split(gap, Qt::SkipEmptyParts)));
    PH_ASSIGN(wish.edit.requests, cluster::resourceSettings(m_requests->text(), tr("Requests")));
    PH_ASSIGN(wish.edit.limits, cluster::resourceSettings(m_limits->text(), tr("Limits")));
    if (wish.repository.isEmpty())
        return invalid(tr("Name the repository first."));
    if (wish.edit.text().isEmpty())
        return invalid(tr("Say what is to change first."));
    return wish;
}

/// A plan is of what was asked for: another wish needs another plan.
void CommitSheet::wishChanged() {
    if (m_plan && m_plannedOf == wishText())
        return;
    m_plan.reset();
    m_planning.stop.request_stop();
    m_operation.clear();
    tell({}, &Tokens::t2);
    const auto wanted = wish();
    m_state->show(ScreenState::empty(tr("Nothing is planned yet"), wanted ? tr("The manifest is found and changed in place; nothing is committed by that.") : wanted.error().what, wanted ? tr("Show what would change") : QString(), [this] { plan(); }));
    refresh();
}

void CommitSheet::plan() {
    const auto wanted = wish();
    if (!wanted || !m_context.fleet || m_committing.isRunning())
        return;
    m_planning.stop.request_stop();
    m_plan.reset();
    m_state->show(ScreenState::loading());
    const bool followed = m_subject && m_subject->follows && m_subject->repository == wanted->repository;
    m_planning = startTask<Planned>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), wanted = *wanted, revision = followed ? m_subject->follows->revision : QString()](std::stop_token stop) -> Result<Planned> {
        Planned out;
        PH_ASSIGN(out.source, fleet::gitOpsSource(*services, wanted.repository, wanted.folder));
        out.source.branch = wanted.branch;
        if (out.source.server.branch.isEmpty() && revision != QLatin1String("HEAD"))
            out.source.server.branch = revision;
        PH_ASSIGN(out.change, rollouts::planGitOps(out.source, wanted.edit, stop));
        out.pulls = fleet::pullConnectionOf(*services, out.source, out.change);
        return out;
    });
    deliver(m_planning, this, [this, asked = wishText()](const Result<Planned> &planned) {
        if (asked != wishText())
            return; // another one was asked for meanwhile
        if (planned) {
            m_plan = *planned;
            showPlan(planned->change);
        } else if (planned.error().kind != ErrorKind::Cancelled) {
            showFailure(planned.error());
        }
    });
    refresh();
}

void CommitSheet::showFailure(const Error &error) {
    m_plan.reset();
    m_state->show(ScreenState::failed(error, tr("Try again"), [this] { plan(); }));
    refresh();
}

void CommitSheet::showPlan(const rollouts::GitOpsChange &change) {
    if (!m_plan)
        m_plan = Planned{{}, change, {}};
    m_plannedOf = wishText();
    m_operation.clear();
    m_pulled.clear();
    m_undone = false;
    m_facts->setRows({{tr("File"), change.file, true}, {tr("Branch"), change.branch, true}, {tr("Into"), change.into == change.branch ? QString() : change.into, true}, {tr("Pull request"), change.page, true}});
    m_diff->setDiff(change.diff);
    m_state->show(ScreenState::full());
    tell({}, &Tokens::t2);
    refresh();
}

QString CommitSheet::connectionName() const { return m_plan ? m_plan->source.connection : QString(); }

QString CommitSheet::lacking() const {
    if (m_committing.isRunning())
        return tr("It is being committed.");
    if (m_planning.isRunning())
        return tr("The manifest is looked for.");
    if (const auto wanted = wish(); !wanted)
        return wanted.error().what;
    if (!m_plan)
        return tr("See first what would change.");
    return m_operation.isEmpty() ? QString() : tr("It was committed.");
}

QString CommitSheet::pullable() const { return m_plan && !m_operation.isEmpty() && !m_undone && m_pulled.isEmpty() && !m_pulling.isRunning() && !m_undoing.isRunning() ? m_plan->pulls : QString(); }

QString CommitSheet::undoable() const { return m_committing.isRunning() || m_undoing.isRunning() || m_undone ? QString() : m_operation; }

void CommitSheet::refresh() {
    const bool busy = m_committing.isRunning() || m_undoing.isRunning() || m_pulling.isRunning();
    m_container->setEnabled(!busy);
    for (QLineEdit *edit : {m_repository, m_folder, m_branch, m_image, m_replicas, m_variables, m_requests, m_limits})
        edit->setEnabled(!busy);
    const auto wanted = wish();
    m_ask->setBlocked(busy ? tr("It is being committed.") : wanted ? QString() : wanted.error().what);
    m_commit->setArgument(m_target);
    m_commit->refresh();
    m_undo->setArgument(m_operation);
    m_undo->refresh();
    m_undo->setVisible(!m_operation.isEmpty() && !m_undone);
    m_pull->refresh();
    m_pull->setVisible(!pullable().isEmpty() || m_pulling.isRunning());
    m_page->setText(m_pulled.isEmpty() ? tr("Open a pull request…") : tr("Show the pull request"));
    m_page->setVisible(!m_pulled.isEmpty() || (!m_operation.isEmpty() && !m_undone && m_plan && m_plan->pulls.isEmpty() && !m_plan->change.page.isEmpty()));
}

void CommitSheet::tell(const QString &text, Ink ink) {
    m_told->setInk(ink);
    m_told->setText(text);
    m_told->setVisible(!text.isEmpty());
}

void CommitSheet::commitIt() {
    const auto wanted = wish();
    if (!lacking().isEmpty() || !wanted || !m_context.fleet)
        return;
    tell(tr("It is being committed …"), &Tokens::t2);
    m_committing = startTask<QString>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), plan = *m_plan, edit = wanted->edit, names = operations::Confirmed::names()](std::stop_token) -> Result<QString> {
        const operations::Confirmed confirmed(names);
        const auto outcome = services->operations->run(rollouts::gitOpsOperation(plan.source, plan.change, edit, services->operations->actor().name));
        return outcome.error ? Result<QString>(*outcome.error) : Result<QString>(outcome.id);
    });
    deliver(m_committing, this, [this, change = m_plan->change](const Result<QString> &done) {
        if (done) {
            m_operation = *done;
            QString text = tr("Committed to %1 as %2.").arg(change.branch, *done);
            if (!change.into.isEmpty() && change.into != change.branch)
                text += QLatin1Char(' ') + tr("Its controller follows %1: merge it there.").arg(change.into);
            tell(text, &Tokens::ok);
        } else {
            tell(done.error().text(), &Tokens::bad);
        }
        m_context.fleet->refresh();
        refresh();
    });
    refresh();
}

/// An operation of its own: the commit stays, whatever becomes of this.
void CommitSheet::openPull() {
    if (pullable().isEmpty() || !m_context.fleet)
        return;
    tell(tr("The pull request is being opened …"), &Tokens::t2);
    m_pulling = startTask<QString>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), plan = *m_plan, target = m_target, names = operations::Confirmed::names()](std::stop_token) -> Result<QString> {
        const operations::Confirmed confirmed(names);
        const auto made = std::make_shared<pipelines::PullRequest>();
        const QString body = QStringLiteral("```diff\n%1\n```\n").arg(plan.change.diff.join(QLatin1Char('\n')));
        PH_ASSIGN(operations::Operation operation, fleet::pullRequestOf(*services, plan.source, plan.change, QStringLiteral("%1: %2").arg(target, plan.change.file), body, made));
        const auto outcome = services->operations->run(std::move(operation));
        return outcome.error ? Result<QString>(*outcome.error) : Result<QString>(made->link);
    });
    deliver(m_pulling, this, [this](const Result<QString> &link) {
        if (link)
            m_pulled = *link;
        tell(link ? tr("The pull request is open: %1").arg(*link) : link.error().text(), link ? &Tokens::ok : &Tokens::bad);
        m_context.fleet->refresh();
        refresh();
    });
    refresh();
}

void CommitSheet::undoIt() {
    const QString id = undoable();
    if (id.isEmpty() || !m_context.fleet)
        return;
    tell(tr("It is being taken back …"), &Tokens::t2);
    m_undoing = startTask<QString>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), id, names = operations::Confirmed::names()](std::stop_token stop) -> Result<QString> {
        const operations::Confirmed confirmed(names);
        PH_ASSIGN(operations::Operation back, fleet::reverseOperation(*services, id, stop));
        const auto outcome = services->operations->run(std::move(back));
        return outcome.error ? Result<QString>(*outcome.error) : Result<QString>(outcome.id);
    });
    deliver(m_undoing, this, [this](const Result<QString> &done) {
        m_undone = bool(done);
        tell(done ? tr("Taken back as %1: a commit more that puts the file back.").arg(*done) : done.error().text(), done ? &Tokens::ok : &Tokens::bad);
        m_context.fleet->refresh();
        refresh();
    });
    refresh();
}

} // namespace pilothouse::ui
