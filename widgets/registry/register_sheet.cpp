// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/register_sheet.h"

#include "core/promotion/promotion_plan.h"
#include "core/workspace/environment.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/sheet_size.h"

#include <QBoxLayout>
#include <QCompleter>
#include <QShortcut>

#include <algorithm>

namespace pilothouse::ui {

QStringList registeredNames(const workspace::Workspace &workspace, const QString &connection, const registry::Run &run) {
    QStringList first, rest;
    for (const workspace::Model &model : workspace.models) {
        if (model.registry.connection != connection)
            continue;
        const bool likely = model.name == run.experiment || model.registry.name == run.experiment || model.name == run.tags.value(QStringLiteral("recipe"));
        (likely ? first : rest) << model.registry.name;
    }
    QStringList all = first + rest;
    all.removeDuplicates();
    return all;
}

QString ownModelName(const workspace::Workspace &workspace, const QString &connection, const QString &registered) {
    const workspace::Model *owner = promotion::ownerOf(workspace, {workspace::registryConnection(workspace, connection), registered});
    return owner ? owner->name : registered;
}

RegisterSheet::RegisterSheet(const PanelContext &context, const QString &connection, const registry::Run &run, QWidget *panel)
    : QDialog(panel), m_context(context), m_connection(connection), m_run(run), m_state(new PanelState), m_facts(new KeyValues), m_choice(new Choice), m_name(new QLineEdit),
      m_choiceField(new Field(tr("Model among its artifacts"), m_choice)), m_nameField(new Field(tr("Registered model"), m_name, tr("Of the workspace or the registry; a new name makes a new one."))),
      m_told(new Label({}, TextRole::Second, &Tokens::t2)), m_register(new Button(*context.actions, QStringLiteral("registry.registerRun"), ButtonKind::Primary)) {
    setObjectName(QStringLiteral("registerSheet"));
    setWindowTitle(tr("Register a version from %1").arg(run.name.isEmpty() ? run.id.left(8) : run.name));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    auto *head = new Label(windowTitle(), TextRole::Screen);
    head->setElide(Qt::ElideMiddle);
    column->addWidget(head);
    auto *body = new QWidget;
    auto *form = new QVBoxLayout(body);
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(10);
    m_choice->setObjectName(QStringLiteral("registerPath"));
    m_name->setObjectName(QStringLiteral("registerModel"));
    m_facts->setKeyWidth(86);
    form->addWidget(m_choiceField);
    form->addWidget(m_facts);
    form->addWidget(m_nameField);
    form->addStretch(1);
    m_state->setContent(body);
    column->addWidget(m_state, 1);
    m_told->setObjectName(QStringLiteral("registerTold"));
    m_told->setWordWrap(true);
    column->addWidget(m_told);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_register->setObjectName(QStringLiteral("registerButton"));
    m_register->setHint(QStringLiteral("Ctrl ↵"));
    auto *leave = new Button(tr("Close"), ButtonKind::Ghost);
    leave->setObjectName(QStringLiteral("registerClose"));
    for (Button *button : {m_register, leave}) {
        button->setPixelHeight(32);
        row->addWidget(button);
    }
    row->addStretch(1);
    column->addLayout(row);
    const Theme &theme = Theme::of(this);
    setMinimumWidth(theme.px(460));
    resize(sheetSize(panel, 520, 360));
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_choice, &QComboBox::currentIndexChanged, this, &RegisterSheet::refresh);
    connect(m_name, &QLineEdit::textChanged, this, &RegisterSheet::refresh);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, m_register, &QAbstractButton::click);
    if (m_context.fleet) {
        const QStringList names = registeredNames(m_context.fleet->services()->workspace, connection, run);
        m_name->setText(names.value(0));
        auto *completer = new QCompleter(names, this);
        completer->setCaseSensitivity(Qt::CaseInsensitive);
        m_name->setCompleter(completer);
    }
    m_name->setFocus();
    look();
}

RegisterSheet::~RegisterSheet() { m_looking.stop.request_stop(); }

void RegisterSheet::look() {
    m_state->show(ScreenState::loading());
    refresh();
    if (!m_context.fleet)
        return;
    m_looking = startTask<std::vector<registry::RunModel>>(m_context.fleet->pools().waiting,
                                                           [services = m_context.fleet->services(), connection = m_connection, run = m_run.id](std::stop_token stop) -> Result<std::vector<registry::RunModel>> {
                                                               PH_ASSIGN(const auto registry, services->registries->of(connection));
                                                               return registry->runModels(run, stop);
                                                           });
    deliver(m_looking, this, [this](const Result<std::vector<registry::RunModel>> &models) {
        if (models)
            showModels(*models);
        else if (models.error().kind != ErrorKind::Cancelled)
            showFailure(models.error());
    });
}

void RegisterSheet::showFailure(const Error &error) {
    m_models.clear();
    m_state->show(ScreenState::failed(error, tr("Look again"), [this] { look(); }));
    refresh();
}

void RegisterSheet::showModels(const std::vector<registry::RunModel> &models) {
    m_models = models;
    QStringList paths;
    for (const registry::RunModel &model : models)
        paths << model.path;
    m_choice->setItems(paths);
    if (models.empty())
        m_state->show(ScreenState::empty(tr("This run left no model"), tr("A model is a folder of its artifacts with an MLmodel in it, as MLflow's log_model and Pilothouse's trainings leave it."), tr("Look again"), [this] { look(); }));
    else
        m_state->show(ScreenState::full());
    refresh();
}

const registry::RunModel *RegisterSheet::chosen() const {
    const int at = m_choice->currentIndex();
    return at >= 0 && at < int(m_models.size()) ? &m_models[std::size_t(at)] : nullptr;
}

QString RegisterSheet::modelName() const { return m_name->text().trimmed(); }

QString RegisterSheet::lacking() const {
    if (!m_context.jobs)
        return tr("No workspace is open.");
    if (!m_job.isEmpty())
        return tr("It is being registered.");
    if (!chosen())
        return tr("There is no model to register.");
    if (modelName().isEmpty())
        return tr("Name the model first.");
    const auto good = registry::checkModelName(modelName());
    return good ? QString() : good.error().what;
}

void RegisterSheet::refresh() {
    if (const registry::RunModel *model = chosen())
        m_facts->setRows({{tr("Digest"), model->digest.isEmpty() ? tr("none: no package of Pilothouse, so nothing says later whether somebody wrote over it") : model->digest, !model->digest.isEmpty()}, {tr("Lies at"), model->source, true}});
    m_choice->setEnabled(m_job.isEmpty());
    m_name->setEnabled(m_job.isEmpty());
    m_register->setArgument(modelName());
}

void RegisterSheet::tell(const QString &text, bool good) {
    m_told->setInk(good ? &Tokens::t2 : &Tokens::bad);
    m_told->setText(text);
}

void RegisterSheet::registerIt() {
    if (!lacking().isEmpty())
        return;
    QStringList arguments{QStringLiteral("registry"), QStringLiteral("register"), modelName(), QStringLiteral("--run"), m_run.id, QStringLiteral("--path"), chosen()->path, QStringLiteral("--connection"), m_connection};
    for (const QString &name : operations::Confirmed::names()) // typed in the sheet that asked
        arguments << QStringLiteral("--confirm") << name;
    m_job = m_context.jobs->start(tr("Register %1").arg(modelName()), modelName(), arguments);
    tell(tr("It is being registered …"), true);
    refresh();
    connect(m_context.jobs, &fleet::Jobs::finished, this, [this](const QString &job) {
        if (job != m_job)
            return;
        disconnect(m_context.jobs, &fleet::Jobs::finished, this, nullptr);
        m_job.clear();
        if (const fleet::Job *done = m_context.jobs->job(job))
            ended(fleet::Job(*done));
        refresh();
    });
}

void RegisterSheet::ended(const fleet::Job &job) {
    if (job.error)
        return tell(job.error->kind == ErrorKind::Cancelled ? tr("Cancelled.") : job.error->text(), job.error->kind == ErrorKind::Cancelled);
    m_context.jobs->dismiss(job.id);
    if (m_context.fleet)
        m_context.fleet->refresh();
    Q_EMIT registered(job.result.value(QLatin1String("model")).toString(), job.result.value(QLatin1String("version")).toInt(), job.result.value(QLatin1String("operation")).toString());
    accept();
}

} // namespace pilothouse::ui
