// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/schedules_sheet.h"

#include "core/pipelines/pipeline_operations.h"
#include "core/workspace/workspace.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/sheet_size.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/base/write_gate.h"
#include "widgets/pipelines/next_runs_card.h"
#include "widgets/pipelines/parameter_form.h"
#include "widgets/pipelines/pipeline_words.h"
#include "widgets/pipelines/schedule_model.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPointer>
#include <QScrollArea>
#include <QShortcut>
#include <QVBoxLayout>

namespace pilothouse::ui {

using pipelines::Schedule;

SchedulesSheet::SchedulesSheet(const PanelContext &context, QWidget *over, std::shared_ptr<const fleet::PipelinesState> state) : QDialog(over), m_context(context), m_model(new ScheduleModel(this)) {
    setObjectName(QStringLiteral("schedulesSheet"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Schedules"));
    addActions();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(12);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    m_card = new Card(tr("What starts by itself"));
    m_switch = new Button(*context.actions, QStringLiteral("schedule.switch"));
    m_switch->setObjectName(QStringLiteral("scheduleSwitch"));
    m_remove = new Button(*context.actions, QStringLiteral("schedule.remove"), ButtonKind::Danger);
    m_remove->setObjectName(QStringLiteral("scheduleRemove"));
    for (Button *button : {m_switch, m_remove})
        m_card->addTool(button);
    auto *rows = new FilterProxy(this);
    rows->setSourceModel(m_model);
    m_table = new Table;
    m_table->setObjectName(QStringLiteral("scheduleTable"));
    m_table->setAccessibleName(m_card->title());
    m_table->setModel(rows);
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(ScheduleModel::Next, Qt::AscendingOrder);
    m_card->setBody(m_table);
    auto *left = new QVBoxLayout;
    left->setSpacing(12);
    left->addWidget(m_card, 1);
    auto *about = new Card(tr("The chosen one"));
    m_facts = new KeyValues;
    m_facts->setKeyWidth(90);
    about->bodyLayout()->addWidget(m_facts);
    left->addWidget(about);
    row->addLayout(left, 1);
    row->addWidget(buildMake());
    column->addLayout(row, 1);
    auto *foot = new QHBoxLayout;
    m_told = new Label({}, TextRole::Second, &Tokens::t2);
    m_told->setObjectName(QStringLiteral("scheduleTold"));
    m_told->setWordWrap(true);
    foot->addWidget(m_told, 1);
    auto *leave = new Button(tr("Close"), ButtonKind::Ghost);
    foot->addWidget(leave);
    column->addLayout(foot);
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_table, &Table::chosen, this, [this] { showChosen(); });
    resize(sheetSize(over, 1080, 600));
    setState(std::move(state));
}

SchedulesSheet::~SchedulesSheet() {
    m_reading.stop.request_stop();
    m_running.stop.request_stop();
}

QWidget *SchedulesSheet::buildMake() {
    const Theme &theme = Theme::of(parentWidget());
    m_makeCard = new Card(tr("New schedule"));
    m_makeCard->setFixedWidth(theme.px(300));
    auto *body = new QWidget;
    auto *outer = new QVBoxLayout(body);
    outer->setContentsMargins(0, 0, 0, 0);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(m_makeCard->title());
    auto *inner = new QWidget;
    auto *form = new QVBoxLayout(inner);
    form->setContentsMargins(12, 12, 12, 12);
    form->setSpacing(10);
    m_pipeline = new Choice;
    m_pipeline->setObjectName(QStringLiteral("schedulePipeline"));
    m_form = new Choice;
    m_form->setObjectName(QStringLiteral("scheduleForm"));
    m_form->setItems({tr("every"), tr("cron")}, {QStringLiteral("every"), QStringLiteral("cron")});
    m_when = new QLineEdit;
    m_when->setObjectName(QStringLiteral("scheduleWhen"));
    m_when->setText(QStringLiteral("1d"));
    m_name = new QLineEdit;
    m_name->setObjectName(QStringLiteral("scheduleName"));
    m_experiment = new QLineEdit;
    m_experiment->setObjectName(QStringLiteral("scheduleExperiment"));
    m_experiment->setPlaceholderText(tr("where the system has experiments"));
    m_most = new Choice;
    m_most->setItems({QStringLiteral("1"), QStringLiteral("2"), QStringLiteral("5"), QStringLiteral("10")});
    m_catchUp = new CheckBox(tr("Make up for what was missed"));
    m_catchUp->setObjectName(QStringLiteral("scheduleCatchUp"));
    m_on = new CheckBox(tr("Switched on"));
    m_on->setChecked(true);
    m_parameters = new ParameterForm;
    form->addWidget(new Field(tr("Pipeline"), m_pipeline));
    form->addWidget(new Field(tr("Repeats"), m_form));
    form->addWidget(new Field(tr("When"), m_when, tr("30min, 6h, 1d; or as cron: %1").arg(QStringLiteral("0\u00a02\u00a0*\u00a0*\u00a0*"))));
    form->addWidget(new Field(tr("Name"), m_name, tr("Without one the pipeline's.")));
    form->addWidget(new Field(tr("Experiment"), m_experiment));
    form->addWidget(new Field(tr("Runs at once, at most"), m_most));
    form->addWidget(m_catchUp);
    form->addWidget(m_on);
    form->addWidget(m_parameters);
    form->addStretch(1);
    scroll->setWidget(inner);
    inner->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    outer->addWidget(scroll, 1);
    m_create = new Button(*m_context.actions, QStringLiteral("schedule.create"), ButtonKind::Primary);
    m_create->setObjectName(QStringLiteral("scheduleCreate"));
    m_create->setPixelHeight(32);
    m_create->setHint(QStringLiteral("Ctrl ↵"));
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, m_create, &QAbstractButton::click);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(12, 8, 12, 12);
    foot->addWidget(m_create, 1);
    outer->addWidget(new HairLine);
    outer->addLayout(foot);
    m_makeCard->setBody(body);
    connect(m_pipeline, &QComboBox::currentIndexChanged, this, &SchedulesSheet::showForm);
    connect(m_form, &QComboBox::currentIndexChanged, this, [this] { m_when->setText(m_form->currentData() == QStringLiteral("cron") ? QStringLiteral("0 2 * * *") : QStringLiteral("1d")); });
    for (QLineEdit *line : {m_when, m_name, m_experiment})
        connect(line, &QLineEdit::textChanged, this, [this] { m_create->refresh(); });
    connect(m_parameters, &ParameterForm::changed, this, [this] { m_create->refresh(); });
    return m_makeCard;
}

void SchedulesSheet::addActions() {
    const QPointer<SchedulesSheet> here(this);
    const auto base = [&](const char *id, const QString &text) {
        ActionSpec spec;
        spec.id = QLatin1String(id);
        spec.text = text;
        spec.section = tr("Commands");
        spec.inPalette = false;
        return spec;
    };
    const auto gateOf = [here](const char *kind) {
        return [here, kind](const QString &id) {
            const Schedule *s = here ? here->schedule(id) : nullptr;
            return s ? writeGate(here->m_context, kind, QStringLiteral("schedule ") + s->id, s->connection.isEmpty() ? QStringList() : QStringList{s->connection}) : WriteGate();
        };
    };
    ActionSpec change = base("schedule.switch", tr("Switch off"));
    change.blocked = [here](const QString &id) {
        const Schedule *s = here ? here->schedule(id) : nullptr;
        return !s ? tr("Choose a schedule first.") : here->m_running.isRunning() ? tr("It is being done.") : s->canSwitch ? QString() : tr("It is switched where it is written%1.").arg(s->note.isEmpty() ? QString() : QStringLiteral(": ") + s->note);
    };
    change.gate = gateOf("schedule-switch");
    change.run = [here](const QString &id, const QString &) {
        const Schedule *s = here ? here->schedule(id) : nullptr;
        if (s && here->m_context.fleet)
            here->run(pipelines::switchScheduleOperation(here->m_context.fleet->services()->pipelines, *s, !s->on), s->connection);
    };
    m_context.actions->add(change);
    ActionSpec remove = base("schedule.remove", tr("Remove"));
    remove.blocked = [here](const QString &id) {
        const Schedule *s = here ? here->schedule(id) : nullptr;
        return !s ? tr("Choose a schedule first.") : here->m_running.isRunning() ? tr("It is being done.") : s->canSwitch ? QString() : tr("It is removed where it is written.");
    };
    remove.danger = [here](const QString &id) {
        const Schedule *s = here ? here->schedule(id) : nullptr;
        return Danger{tr("Remove"), s ? tr("%1 no longer starts by itself.").arg(scheduleTitle(*s)) : QString(), tr("Undo in the journal makes it anew."), {}, false};
    };
    remove.gate = gateOf("schedule-remove");
    remove.run = [here](const QString &id, const QString &) {
        const Schedule *s = here ? here->schedule(id) : nullptr;
        if (s && here->m_context.fleet)
            here->run(pipelines::removeScheduleOperation(here->m_context.fleet->services()->pipelines, *s), s->connection);
    };
    m_context.actions->add(remove);
    ActionSpec create = base("schedule.create", tr("Make it"));
    create.blocked = [here](const QString &) { return here ? here->makeLacking() : tr("Open the schedules first."); };
    create.gate = [here](const QString &) {
        if (!here)
            return WriteGate();
        const QString pipeline = here->m_pipeline->currentData().toString();
        return writeGate(here->m_context, "schedule-create", QStringLiteral("pipeline ") + pipeline, pipeline.contains(QLatin1Char(':')) ? QStringList{pipeline.section(QLatin1Char(':'), 0, 0)} : QStringList());
    };
    create.run = [here](const QString &, const QString &) {
        const auto request = here ? here->made() : Result<pipelines::ScheduleRequest>(notFound(QString()));
        const auto made = std::make_shared<QString>();
        if (request && here->m_context.fleet)
            here->run(pipelines::createScheduleOperation(here->m_context.fleet->services()->pipelines, *request, made), request->pipeline.contains(QLatin1Char(':')) ? request->pipeline.section(QLatin1Char(':'), 0, 0) : QString(), made);
    };
    m_context.actions->add(create);
}

const Schedule *SchedulesSheet::schedule(const QString &id) const {
    if (!m_state)
        return nullptr;
    const auto found = std::find_if(m_state->schedules.begin(), m_state->schedules.end(), [&](const Schedule &s) { return s.id == id; });
    return found == m_state->schedules.end() ? nullptr : &*found;
}

void SchedulesSheet::setState(std::shared_ptr<const fleet::PipelinesState> state) {
    m_state = std::move(state);
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    m_model->setNow(now);
    m_model->setRows(m_state ? m_state->schedules : std::vector<Schedule>());
    m_card->setSubtitle(count(m_model->rowCount()));
    m_card->showState(m_model->rowCount() ? ScreenState::full() : ScreenState::empty(tr("Nothing starts by itself"), tr("Make a schedule on the right, or connect a system that has some.")));
    QStringList names;
    QVariantList ids;
    if (m_state)
        for (const pipelines::Pipeline &p : m_state->pipelines) {
            const auto system = std::find_if(m_state->systems.begin(), m_state->systems.end(), [&](const auto &s) { return s.connection == p.connection; });
            if (system == m_state->systems.end() || !system->can.createSchedules)
                continue;
            names << (p.connection.isEmpty() ? p.name : QStringLiteral("%1: %2").arg(p.connection, p.name));
            ids << p.id;
        }
    m_pipeline->setItems(names, ids);
    if (!m_wanted.isEmpty() && schedule(m_wanted)) {
        m_table->choose(m_wanted);
        m_wanted.clear();
    } else if (m_table->currentId().isEmpty() && m_model->rowCount() > 0) {
        m_table->selectRow(0); // the first that begins
    }
    m_makeCard->setVisible(!names.isEmpty());
    showForm();
    showChosen();
}

void SchedulesSheet::showChosen() {
    const QString id = m_table->currentId();
    const Schedule *s = schedule(id);
    m_switch->setArgument(id);
    m_remove->setArgument(id);
    m_switch->setWords(s && !s->on ? tr("Switch on") : tr("Switch off"));
    for (Button *button : {m_switch, m_remove, m_create})
        button->refresh();
    if (!s)
        return m_facts->setRows({});
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    m_facts->setRows({{tr("Pipeline"), s->pipeline}, {tr("Where"), s->connection.isEmpty() ? systemWord(s->system) : QStringLiteral("%1, %2").arg(systemWord(s->system), s->connection)}, {tr("When"), s->when, true}, {tr("Zone"), s->zone}, {tr("Next"), s->next.isValid() ? moment(s->next, now) : QString()},
                      {tr("Last"), s->last.isValid() ? moment(s->last, now) : QString()}, {tr("Between"), s->from.isValid() || s->until.isValid() ? moment(s->from, now) + QStringLiteral(" … ") + moment(s->until, now) : QString()},
                      {tr("Rules"), scheduleRules(*s)}, {tr("Parameters"), s->parameters.isEmpty() ? QString() : QString::fromUtf8(QJsonDocument(s->parameters).toJson(QJsonDocument::Compact)), true},
                      {tr("Known from"), s->note}});
}

/// What the pipeline of a new schedule takes is asked on a pool.
void SchedulesSheet::showForm() {
    const QString pipeline = m_pipeline->currentData().toString();
    if (pipeline == m_formOf)
        return m_create->refresh();
    m_formOf = pipeline;
    m_parameters->setForm({});
    m_reading.stop.request_stop();
    if (pipeline.isEmpty() || !m_context.fleet)
        return m_create->refresh();
    m_reading = startTask<pipelines::StartForm>(m_context.fleet->pools().waiting, [service = m_context.fleet->services()->pipelines, pipeline](std::stop_token) { return service->form(pipeline); });
    deliver(m_reading, this, [this, pipeline](const Result<pipelines::StartForm> &form) {
        if (pipeline != m_formOf)
            return;
        if (form)
            m_parameters->setForm(form->parameters);
        else if (form.error().kind != ErrorKind::Cancelled)
            tell(form.error().text(), false);
        m_create->refresh();
    });
}

QString SchedulesSheet::makeLacking() const {
    if (!m_context.fleet)
        return tr("No workspace is open.");
    if (m_running.isRunning())
        return tr("It is being done.");
    if (m_pipeline->currentData().toString().isEmpty())
        return tr("No connected system takes schedules from here.");
    if (const auto request = made(); !request)
        return request.error().what;
    return m_parameters->check();
}

Result<pipelines::ScheduleRequest> SchedulesSheet::made() const {
    pipelines::ScheduleRequest request;
    request.pipeline = m_pipeline->currentData().toString();
    request.name = m_name->text().trimmed();
    if (request.name.isEmpty())
        request.name = request.pipeline.section(QLatin1Char(':'), -1).section(QLatin1Char('/'), -1);
    const QString when = m_when->text().trimmed();
    if (when.isEmpty())
        return invalid(tr("Say when it begins."));
    if (m_form->currentData() == QStringLiteral("cron")) {
        request.cron = when;
    } else {
        PH_ASSIGN(request.everySeconds, workspace::parseDuration(when));
    }
    request.experiment = m_experiment->text().trimmed();
    request.most = m_most->currentText().toInt();
    request.catchUp = m_catchUp->isChecked();
    request.on = m_on->isChecked();
    request.parameters = m_parameters->values();
    return request;
}

void SchedulesSheet::run(const operations::Operation &planned, const QString &connection, std::shared_ptr<QString> made) {
    const auto services = m_context.fleet->services();
    operations::Operation operation = planned;
    operation.confirmed = operations::Confirmed::names();
    tell(tr("%1 …").arg(operation.summary), true);
    m_running = startTask<operations::OperationOutcome>(m_context.fleet->pools().waiting, [services, operation](std::stop_token) -> Result<operations::OperationOutcome> { return services->operations->run(operation); });
    showChosen();
    deliver(m_running, this, [this, connection, made, summary = operation.summary](const Result<operations::OperationOutcome> &outcome) {
        const bool done = outcome && outcome->done;
        if (done && made)
            m_wanted = *made;
        tell(done ? tr("Done: %1.").arg(summary) : !outcome ? outcome.error().text() : outcome->error ? outcome->error->text() : tr("It was not done."), done);
        if (m_context.fleet)
            m_context.fleet->refresh();
        showChosen();
        Q_EMIT changed(connection);
    });
}

void SchedulesSheet::tell(const QString &text, bool good) {
    m_told->setInk(good ? &Tokens::t2 : &Tokens::bad);
    m_told->setText(text);
}

void SchedulesSheet::reject() {
    if (!m_running.isRunning())
        QDialog::reject();
}

SchedulesSheet *openSchedulesSheet(const PanelContext &context, QWidget *over, std::shared_ptr<const fleet::PipelinesState> state, std::function<void(const QString &connection)> changed) {
    auto *sheet = new SchedulesSheet(context, over->window(), std::move(state));
    if (changed)
        QObject::connect(sheet, &SchedulesSheet::changed, over, changed);
    sheet->open();
    return sheet;
}

} // namespace pilothouse::ui
