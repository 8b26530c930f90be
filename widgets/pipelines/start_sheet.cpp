// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/start_sheet.h"

#include "core/pipelines/pipeline_operations.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/plan_view.h"
#include "widgets/base/sheet_size.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/base/write_gate.h"
#include "widgets/pipelines/parameter_form.h"
#include "widgets/pipelines/pipeline_list_model.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPointer>
#include <QScrollArea>
#include <QShortcut>
#include <QVBoxLayout>

namespace pilothouse::ui {

StartSheet::StartSheet(const PanelContext &context, QWidget *over, const std::vector<pipelines::Pipeline> &pipelines, const QString &pipeline, const QJsonObject &values)
    : QDialog(over), m_context(context), m_pipelines(pipelines), m_values(values), m_model(new PipelineListModel(this)), m_rows(new FilterProxy(this)) {
    setObjectName(QStringLiteral("startSheet"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Start a pipeline"));
    auto *outer = new QHBoxLayout(this);
    outer->setContentsMargins(16, 16, 16, 16);
    outer->setSpacing(16);
    const Theme &theme = Theme::of(over);
    auto *left = new QVBoxLayout;
    left->setSpacing(8);
    m_filter = new FilterEdit(tr("Pipeline, system or folder"));
    m_filter->setObjectName(QStringLiteral("startFilter"));
    m_list = new List;
    m_list->setObjectName(QStringLiteral("startPipelines"));
    m_list->setAccessibleName(tr("Pipelines"));
    m_list->setFixedWidth(theme.px(260));
    m_filter->setFixedWidth(theme.px(260));
    m_model->setRows(pipelines);
    m_rows->setSourceModel(m_model);
    m_list->setModel(m_rows);
    left->addWidget(m_filter);
    left->addWidget(m_list, 1);
    outer->addLayout(left);
    connect(m_filter, &QLineEdit::textChanged, m_rows, &FilterProxy::setWords);

    auto *right = new QVBoxLayout;
    right->setSpacing(10);
    m_head = new Label(windowTitle(), TextRole::Screen);
    m_head->setElide(Qt::ElideMiddle);
    right->addWidget(m_head);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("What the start takes"));
    auto *inner = new QWidget;
    auto *form = new QVBoxLayout(inner);
    form->setContentsMargins(0, 0, 8, 0);
    form->setSpacing(10);
    m_note = new Label({}, TextRole::Second, &Tokens::t3);
    m_note->setWordWrap(true);
    m_ref = new Choice;
    m_ref->setObjectName(QStringLiteral("startRef"));
    m_refField = new Field(tr("Branch, tag or version"), m_ref);
    m_otherRef = new QLineEdit;
    m_otherRef->setObjectName(QStringLiteral("startOtherRef"));
    m_otherRef->setPlaceholderText(tr("another branch, tag or version"));
    m_form = new ParameterForm;
    m_reason = new QLineEdit;
    m_reason->setObjectName(QStringLiteral("startReason"));
    m_reason->setPlaceholderText(tr("Kept in the journal"));
    m_plan = new PlanView;
    m_plan->setObjectName(QStringLiteral("startPlan"));
    form->addWidget(m_note);
    form->addWidget(m_refField);
    form->addWidget(m_otherRef);
    form->addWidget(m_form);
    form->addWidget(new Field(tr("Reason"), m_reason));
    form->addWidget(m_plan);
    form->addStretch(1);
    scroll->setWidget(inner);
    inner->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    right->addWidget(scroll, 1);
    m_told = new Label({}, TextRole::Second, &Tokens::t2);
    m_told->setObjectName(QStringLiteral("startTold"));
    m_told->setWordWrap(true);
    right->addWidget(m_told);

    ActionSpec send;
    send.id = QStringLiteral("pipeline.send");
    send.text = tr("Start");
    send.icon = QStringLiteral("play");
    send.section = tr("Commands");
    send.inPalette = false;
    const QPointer<StartSheet> here(this);
    send.blocked = [here](const QString &) { return here ? here->lacking() : tr("Nothing is planned."); };
    send.gate = [here](const QString &) {
        const pipelines::Pipeline *p = here ? here->pipeline() : nullptr;
        return p ? writeGate(here->m_context, "pipeline-start", QStringLiteral("pipeline ") + p->id, p->connection.isEmpty() ? QStringList() : QStringList{p->connection}) : WriteGate();
    };
    send.run = [here](const QString &, const QString &) {
        if (here)
            here->run();
    };
    context.actions->add(send);
    m_go = new Button(*context.actions, QStringLiteral("pipeline.send"), ButtonKind::Primary);
    m_go->setObjectName(QStringLiteral("startGo"));
    m_go->setHint(QStringLiteral("Ctrl ↵"));
    m_again = new Button(tr("Ask again"));
    m_again->setObjectName(QStringLiteral("startAgain"));
    m_again->hide();
    auto *leave = new Button(tr("Close"), ButtonKind::Ghost);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (Button *button : {m_go, m_again, leave}) {
        button->setPixelHeight(32);
        buttons->addWidget(button);
    }
    buttons->addStretch(1);
    right->addLayout(buttons);
    outer->addLayout(right, 1);
    resize(sheetSize(over, 760, 560));

    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_again, &QAbstractButton::clicked, this, [this] { readForm(m_pipeline); });
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, m_go, &QAbstractButton::click);
    connect(m_list, &List::chosen, this, [this](const QString &id) {
        if (!id.isEmpty() && id != m_pipeline)
            choose(id);
    });
    m_soon.setSingleShot(true);
    connect(&m_soon, &QTimer::timeout, this, &StartSheet::plan);
    const auto later = [this] {
        m_soon.start(200);
        m_go->refresh();
    };
    connect(m_form, &ParameterForm::changed, this, later);
    connect(m_ref, &QComboBox::currentIndexChanged, this, later);
    connect(m_otherRef, &QLineEdit::textChanged, this, later);
    connect(m_reason, &QLineEdit::textChanged, this, later);
    const QString first = pipeline.isEmpty() && !pipelines.empty() ? pipelines.front().id : pipeline;
    m_list->choose(first);
    if (m_pipeline.isEmpty()) // it is not in the list
        choose(first);
}

StartSheet::~StartSheet() {
    m_reading.stop.request_stop();
    m_running.stop.request_stop();
}

const pipelines::Pipeline *StartSheet::pipeline() const {
    const auto found = std::find_if(m_pipelines.begin(), m_pipelines.end(), [&](const auto &p) { return p.id == m_pipeline; });
    return found == m_pipelines.end() ? nullptr : &*found;
}

void StartSheet::choose(const QString &pipeline) {
    if (m_running.isRunning())
        return;
    const bool first = m_pipeline.isEmpty();
    m_pipeline = pipeline;
    if (!first)
        m_values = {};
    m_got.reset();
    m_reading.stop.request_stop();
    const pipelines::Pipeline *p = this->pipeline();
    m_head->setText(p ? tr("Start %1").arg(p->name.isEmpty() ? p->id : p->name) : windowTitle());
    for (QWidget *part : std::initializer_list<QWidget *>{m_refField, m_otherRef, m_note, m_again})
        part->hide();
    m_form->setForm({});
    m_plan->setPlan({});
    if (!p)
        return tell(m_pipelines.empty() ? tr("No system has a pipeline that can be started.") : tr("Choose a pipeline."), true);
    readForm(pipeline);
}

void StartSheet::readForm(const QString &pipeline) {
    const int turn = ++m_turn;
    m_got.reset();
    m_again->hide();
    if (const pipelines::Pipeline *p = this->pipeline(); p && !p->problem.isEmpty())
        tell(p->problem, false);
    else
        tell(tr("Asks what its start takes …"), true);
    m_go->refresh();
    if (!m_context.fleet)
        return;
    m_reading = startTask<pipelines::StartForm>(m_context.fleet->pools().waiting, [service = m_context.fleet->services()->pipelines, pipeline](std::stop_token) { return service->form(pipeline); });
    deliver(m_reading, this, [this, turn](const Result<pipelines::StartForm> &form) {
        if (turn == m_turn && (form || form.error().kind != ErrorKind::Cancelled))
            showForm(form);
    });
}

void StartSheet::showForm(const Result<pipelines::StartForm> &form) {
    m_got = form;
    if (!form) {
        tell(form.error().text(), false);
        m_again->show();
        return m_go->refresh();
    }
    QStringList secrets;
    for (const workspace::Connection &connection : m_context.fleet->services()->workspace.connections)
        if (!connection.secret.isEmpty())
            secrets << connection.secret;
    m_form->setSecretNames(secrets);
    m_form->setForm(form->parameters, m_values);
    m_ref->setItems(form->refs);
    m_refField->setVisible(!form->refs.isEmpty());
    m_otherRef->setVisible(!form->refs.isEmpty());
    const auto toForm = [this] { // the pipeline is chosen: what it takes is next
        if (QWidget *editor = m_form->firstEditor(); editor && (!focusWidget() || focusWidget() == m_filter) && m_filter->text().isEmpty())
            editor->setFocus();
    };
    toForm(); // also where the answer is there before the sheet is shown, or the window is not the active one
    QMetaObject::invokeMethod(this, toForm, Qt::QueuedConnection); // and where the window became it before the editors were shown
    m_note->setText(form->note);
    m_note->setVisible(!form->note.isEmpty());
    if (const pipelines::Pipeline *p = pipeline(); p && !p->problem.isEmpty())
        tell(p->problem, false);
    else
        tell(form->parameters.empty() ? tr("It takes no parameters.") : QString(), true);
    plan();
    m_go->refresh();
}

pipelines::StartRequest StartSheet::request() const {
    pipelines::StartRequest request;
    request.pipeline = m_pipeline;
    request.parameters = m_form->values();
    const QString other = m_otherRef->isVisibleTo(this) ? m_otherRef->text().trimmed() : QString();
    request.ref = !other.isEmpty() ? other : m_ref->currentIndex() > 0 ? m_ref->currentText() : QString(); // the first is the usual one
    request.by = m_context.fleet ? m_context.fleet->services()->operations->actor().name : QString();
    request.reason = m_reason->text().trimmed();
    return request;
}

void StartSheet::plan() {
    if (!m_context.fleet || !m_got || !*m_got)
        return;
    m_plan->setPlan(pipelines::startPipelineOperation(m_context.fleet->services()->pipelines, request(), nullptr).plan());
}

QString StartSheet::lacking() const {
    const pipelines::Pipeline *p = pipeline();
    if (!m_context.fleet)
        return tr("No workspace is open.");
    if (!p)
        return tr("Choose a pipeline.");
    if (!p->problem.isEmpty())
        return p->problem;
    if (m_running.isRunning())
        return tr("It is being started.");
    if (!m_got)
        return tr("What its start takes is being read.");
    if (!*m_got)
        return m_got->error().what;
    return m_form->check();
}

void StartSheet::reject() {
    if (!m_running.isRunning())
        QDialog::reject();
}

void StartSheet::tell(const QString &text, bool good) {
    m_told->setInk(good ? &Tokens::t2 : &Tokens::bad);
    m_told->setText(text);
    m_told->setVisible(!text.isEmpty());
}

void StartSheet::run() {
    if (!lacking().isEmpty())
        return;
    const auto services = m_context.fleet->services();
    const auto made = std::make_shared<QString>();
    operations::Operation operation = pipelines::startPipelineOperation(services->pipelines, request(), made);
    operation.confirmed = operations::Confirmed::names();
    tell(tr("It is being started …"), true);
    m_running = startTask<operations::OperationOutcome>(m_context.fleet->pools().waiting, [services, operation](std::stop_token) -> Result<operations::OperationOutcome> { return services->operations->run(operation); });
    m_go->refresh();
    deliver(m_running, this, [this, made](const Result<operations::OperationOutcome> &outcome) {
        if (m_context.fleet)
            m_context.fleet->refresh();
        if (outcome && outcome->done) {
            if (m_context.toasts)
                m_context.toasts->show(State::Running, tr("%1 was started").arg(pipeline() && !pipeline()->name.isEmpty() ? pipeline()->name : m_pipeline), *made);
            Q_EMIT started(*made);
            return accept();
        }
        if (outcome)
            m_plan->setOutcome(*outcome);
        tell(!outcome ? outcome.error().text() : outcome->error ? outcome->error->text() : tr("It was not started."), false);
        m_go->refresh();
    });
}

StartSheet *openStartSheet(const PanelContext &context, QWidget *over, const std::vector<pipelines::Pipeline> &pipelines, const QString &pipeline, std::function<void(const QString &run)> started,
                           const QJsonObject &values) {
    auto *sheet = new StartSheet(context, over->window(), pipelines, pipeline, values);
    if (started)
        QObject::connect(sheet, &StartSheet::started, over, started);
    sheet->open();
    return sheet;
}

} // namespace pilothouse::ui
