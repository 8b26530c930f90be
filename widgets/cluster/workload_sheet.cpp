// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/workload_sheet.h"

#include "core/base/redact.h"
#include "core/fleet/workload_desk.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/plan_view.h"
#include "widgets/base/sheet_size.h"
#include "widgets/cluster/image_tags.h"
#include "widgets/cluster/template_diff_view.h"

#include <QJsonArray>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QShortcut>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

using Q = QLatin1String;
using operations::Operation;

constexpr int secondTry = 1500; ///< milliseconds for a look at which step failed

QString titleOf(const WorkloadAsk &ask) {
    const QString what = ask.id.ref.text();
    switch (ask.kind) {
    case WorkloadAsk::Image: return QObject::tr("Set the image of %1").arg(what);
    case WorkloadAsk::Restart: return QObject::tr("Restart %1").arg(what);
    case WorkloadAsk::Pause: return QObject::tr("Pause %1").arg(what);
    case WorkloadAsk::Resume: return QObject::tr("Resume %1").arg(what);
    case WorkloadAsk::Scale: return QObject::tr("Scale %1").arg(what);
    case WorkloadAsk::Undo: return ask.revision > 0 ? QObject::tr("Undo %1 to revision %2").arg(what).arg(ask.revision) : QObject::tr("Undo %1 to the revision before").arg(what);
    case WorkloadAsk::Environment: return QObject::tr("Variables of %1").arg(what);
    case WorkloadAsk::Resources: return QObject::tr("Requests and limits of %1").arg(what);
    }
    return {};
}

/// On the button: a verb, never "OK".
QString verbOf(WorkloadAsk::Kind kind) {
    switch (kind) {
    case WorkloadAsk::Image: return QObject::tr("Set image");
    case WorkloadAsk::Restart: return QObject::tr("Restart");
    case WorkloadAsk::Pause: return QObject::tr("Pause");
    case WorkloadAsk::Resume: return QObject::tr("Resume");
    case WorkloadAsk::Scale: return QObject::tr("Scale");
    case WorkloadAsk::Undo: return QObject::tr("Undo");
    case WorkloadAsk::Environment: return QObject::tr("Set variables");
    case WorkloadAsk::Resources: return QObject::tr("Set resources");
    }
    return {};
}

QJsonObject podSpec(const QJsonObject &object) { return object.value(Q("spec")).toObject().value(Q("template")).toObject().value(Q("spec")).toObject(); }

} // namespace

const char *WorkloadAsk::operationKind() const {
    switch (kind) {
    case Image: return "workload-image";
    case Restart: return "workload-restart";
    case Pause: return "workload-pause";
    case Resume: return "workload-resume";
    case Scale: return "workload-scale";
    case Undo: return "workload-undo";
    case Environment: return "workload-env";
    case Resources: return "workload-resources";
    }
    return "";
}

QString WorkloadAsk::object() const { return QStringLiteral("rollout %1/%2").arg(id.ref.kind.kind.toLower(), id.ref.name); }

WorkloadSheet::WorkloadSheet(const PanelContext &context, const WorkloadAsk &ask, const QJsonObject &object, QWidget *panel)
    : QDialog(panel), m_context(context), m_ask(ask), m_object(object), m_told(new Label({}, TextRole::Second, &Tokens::t2)), m_warnings(new Label({}, TextRole::Second, &Tokens::warn)), m_plan(new PlanView),
      m_diff(new TemplateDiffView), m_go(new Button(*context.actions, QStringLiteral("workload.apply"), ButtonKind::Primary)) {
    setObjectName(QStringLiteral("workloadSheet"));
    setWindowTitle(titleOf(ask));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    auto *head = new Label(windowTitle(), TextRole::Screen);
    head->setElide(Qt::ElideMiddle);
    column->addWidget(head);
    auto *place = new Label(tr("cluster %1, namespace %2").arg(ask.id.connection, ask.id.ref.space), TextRole::Second, &Tokens::t3);
    column->addWidget(place);
    addFields(column);
    m_told->setObjectName(QStringLiteral("workloadTold"));
    m_warnings->setObjectName(QStringLiteral("workloadWarnings"));
    for (Label *label : {m_told, m_warnings})
        label->setWordWrap(true);
    column->addWidget(m_warnings);
    m_warnings->hide();
    m_plan->setObjectName(QStringLiteral("workloadPlan"));
    column->addWidget(m_plan);
    m_diff->setObjectName(QStringLiteral("workloadPlanDiff"));
    m_diff->setAccessibleName(tr("What changes"));
    column->addWidget(m_diff, 1);
    column->addStretch(0); // what is asked stands at the top, also where there is no difference to fill the rest
    column->addWidget(m_told);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_go->setObjectName(QStringLiteral("workloadGo"));
    m_go->setWords(verbOf(ask.kind));
    m_go->setHint(QStringLiteral("Ctrl ↵"));
    auto *leave = new Button(tr("Close"), ButtonKind::Ghost);
    for (Button *button : {m_go, leave}) {
        button->setPixelHeight(32);
        row->addWidget(button);
    }
    row->addStretch(1);
    column->addLayout(row);
    const Theme &theme = Theme::of(this);
    setMinimumWidth(theme.px(520));
    resize(sheetSize(panel, 600, 430));
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, m_go, &QAbstractButton::click);
    m_soon.setSingleShot(true);
    connect(&m_soon, &QTimer::timeout, this, &WorkloadSheet::plan);
    fill();
    changed();
    plan();
}

WorkloadSheet::~WorkloadSheet() {
    m_planning.stop.request_stop();
    m_running.stop.request_stop();
}

QLineEdit *WorkloadSheet::addLine(QVBoxLayout *form, const QString &label, const char *name, const QString &help) {
    auto *edit = new QLineEdit;
    edit->setObjectName(Q(name));
    connect(edit, &QLineEdit::textChanged, this, &WorkloadSheet::changed);
    form->addWidget(new Field(label, edit, help));
    return edit;
}

void WorkloadSheet::addFields(QVBoxLayout *form) {
    QStringList names;
    for (const QJsonValue &c : podSpec(m_object).value(Q("containers")).toArray())
        names << c[Q("name")].toString();
    const bool ofContainer = m_ask.kind == WorkloadAsk::Image || m_ask.kind == WorkloadAsk::Environment || m_ask.kind == WorkloadAsk::Resources;
    if (ofContainer && names.size() > 1) {
        m_container = new Choice;
        m_container->setObjectName(QStringLiteral("workloadContainer"));
        m_container->setItems(names);
        form->addWidget(new Field(tr("Container"), m_container));
        connect(m_container, &QComboBox::currentIndexChanged, this, &WorkloadSheet::fill);
    }
    switch (m_ask.kind) {
    case WorkloadAsk::Image: m_line = addLine(form, tr("Image"), "workloadImage", tr("With a tag or a digest; it is looked up in its registry where a connection names that.")); addTags(form); break;
    case WorkloadAsk::Scale: m_line = addLine(form, tr("Pods"), "workloadReplicas"); break;
    case WorkloadAsk::Environment:
        m_variables = new QPlainTextEdit;
        m_variables->setObjectName(QStringLiteral("workloadVariables"));
        m_variables->setTabChangesFocus(true);
        connect(m_variables, &QPlainTextEdit::textChanged, this, &WorkloadSheet::changed);
        form->addWidget(new Field(tr("Variables, NAME=VALUE a line"), m_variables, tr("A line less takes the variable away, as NAME- does. Values that look like credentials, and those from Secrets and ConfigMaps, are not shown and stay as they are.")), 1);
        break;
    case WorkloadAsk::Resources: {
        const char *const lines[] = {"requestCpu", "requestMemory", "limitCpu", "limitMemory"};
        const QString labels[] = {tr("CPU asked for"), tr("Memory asked for"), tr("CPU at most"), tr("Memory at most")};
        for (int i = 0; i < 4; i += 2) {
            auto *row = new QHBoxLayout;
            for (int at : {i, i + 1}) {
                auto *column = new QVBoxLayout;
                m_amounts[at] = addLine(column, labels[at], lines[at]);
                m_amounts[at]->setPlaceholderText(tr("none"));
                row->addLayout(column);
            }
            form->addLayout(row);
        }
        break;
    }
    default: break;
    }
    if (m_line)
        m_line->setFocus();
}

/// What the registry has to choose from.
void WorkloadSheet::addTags(QVBoxLayout *form) {
    auto *tags = new ImageTags(m_context.fleet ? m_context.fleet->services() : nullptr, m_context.fleet ? &m_context.fleet->pools() : nullptr);
    form->addWidget(tags, 1);
    connect(m_line, &QLineEdit::textChanged, tags, [this, tags](const QString &image) {
        tags->showFor(image, cluster::containerNamed(m_object.value(Q("spec")).toObject().value(Q("template")).toObject(), container()).value(Q("image")).toString());
    });
    connect(tags, &ImageTags::chosen, m_line, &QLineEdit::setText);
}

QString WorkloadSheet::container() const {
    return m_container ? m_container->currentText() : podSpec(m_object).value(Q("containers")).toArray().first()[Q("name")].toString();
}

void WorkloadSheet::fill() {
    const QJsonObject now = cluster::containerNamed(m_object.value(Q("spec")).toObject().value(Q("template")).toObject(), container());
    if (m_ask.kind == WorkloadAsk::Image) {
        m_line->setText(now.value(Q("image")).toString());
        m_line->setSelection(int(m_line->text().lastIndexOf(QLatin1Char(':'))) + 1, int(m_line->text().size())); // the tag is what is written mostly
    } else if (m_ask.kind == WorkloadAsk::Scale) {
        m_line->setText(QString::number(m_object.value(Q("spec")).toObject().value(Q("replicas")).toInteger(1)));
        m_line->selectAll();
    } else if (m_variables) {
        m_shownVariables.clear();
        QStringList lines;
        for (const QJsonValue &v : now.value(Q("env")).toArray()) {
            const QString line = v[Q("name")].toString() + QLatin1Char('=') + v[Q("value")].toString();
            if (v.toObject().contains(Q("valueFrom")) || redact(line) != line || line.contains(QLatin1Char('\n')))
                continue;
            m_shownVariables.insert(v[Q("name")].toString(), v[Q("value")].toString());
            lines << line;
        }
        m_variables->setPlainText(lines.join(QLatin1Char('\n')));
    } else if (m_ask.kind == WorkloadAsk::Resources) {
        const QJsonObject resources = now.value(Q("resources")).toObject();
        for (int i = 0; i < 4; ++i)
            m_amounts[i]->setText(resources.value(i < 2 ? Q("requests") : Q("limits")).toObject().value(i % 2 == 0 ? Q("cpu") : Q("memory")).toString());
    }
}

Result<cluster::Settings> WorkloadSheet::variables() const {
    cluster::Settings out, written;
    for (const QString &line : m_variables->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const qsizetype equals = line.indexOf(QLatin1Char('='));
        if (equals > 0)
            written.insert(line.left(equals).trimmed(), line.mid(equals + 1));
        else if (equals < 0 && line.trimmed().endsWith(QLatin1Char('-')))
            out.insert(line.trimmed().chopped(1), std::nullopt);
        else
            return invalid(tr("“%1” sets no variable.").arg(line), {}, tr("Write NAME=VALUE, or NAME- to take it away."));
    }
    for (auto it = m_shownVariables.begin(); it != m_shownVariables.end(); ++it)
        if (!written.contains(it.key()))
            out.insert(it.key(), std::nullopt);
    for (auto it = written.begin(); it != written.end(); ++it)
        if (m_shownVariables.value(it.key()) != it.value())
            out.insert(it.key(), it.value());
    return out;
}

Result<WorkloadSheet::Build> WorkloadSheet::build() const {
    using rollouts::WorkloadDesk;
    std::function<Result<Operation>(const WorkloadDesk &)> make;
    switch (m_ask.kind) {
    case WorkloadAsk::Image:
        if (m_line->text().trimmed().isEmpty())
            return invalid(tr("Name the image first."));
        make = [container = container(), image = m_line->text().trimmed()](const WorkloadDesk &desk) { return rollouts::setImageOperation(desk, container, image); };
        break;
    case WorkloadAsk::Scale: {
        bool good = false;
        const qint64 pods = m_line->text().trimmed().toLongLong(&good);
        if (!good || pods < 0)
            return invalid(tr("Write how many pods: 0 or more."));
        make = [pods](const WorkloadDesk &desk) { return rollouts::scaleOperation(desk, pods); };
        break;
    }
    case WorkloadAsk::Environment: {
        PH_ASSIGN(const cluster::Settings settings, variables());
        if (settings.isEmpty())
            return invalid(tr("Nothing is changed yet."));
        make = [container = container(), settings](const WorkloadDesk &desk) { return rollouts::environmentOperation(desk, container, settings); };
        break;
    }
    case WorkloadAsk::Resources: {
        cluster::Settings parts[2];
        const QJsonObject was = cluster::containerNamed(m_object.value(Q("spec")).toObject().value(Q("template")).toObject(), container()).value(Q("resources")).toObject();
        for (int i = 0; i < 4; ++i) {
            const QString name = i % 2 == 0 ? QStringLiteral("cpu") : QStringLiteral("memory"), value = m_amounts[i]->text().trimmed();
            if (value != was.value(i < 2 ? Q("requests") : Q("limits")).toObject().value(name).toString())
                parts[i / 2].insert(name, value.isEmpty() ? std::nullopt : std::optional(value));
        }
        if (parts[0].isEmpty() && parts[1].isEmpty())
            return invalid(tr("Nothing is changed yet."));
        make = [container = container(), requests = parts[0], limits = parts[1]](const WorkloadDesk &desk) { return rollouts::resourcesOperation(desk, container, requests, limits); };
        break;
    }
    case WorkloadAsk::Restart: make = rollouts::restartOperation; break;
    case WorkloadAsk::Pause: make = [](const WorkloadDesk &desk) { return rollouts::pauseOperation(desk, true); }; break;
    case WorkloadAsk::Resume: make = [](const WorkloadDesk &desk) { return rollouts::pauseOperation(desk, false); }; break;
    case WorkloadAsk::Undo: make = [to = m_ask.revision](const WorkloadDesk &desk) { return rollouts::undoOperation(desk, to); }; break;
    }
    return Build([make, id = m_ask.id](const fleet::Services &services) -> Result<Operation> {
        PH_ASSIGN(const WorkloadDesk desk, fleet::workloadDesk(services, id.connection, id.ref.kind.kind.toLower() + QLatin1Char('/') + id.ref.name, id.ref.space));
        return make(desk);
    });
}

void WorkloadSheet::changed() {
    ++m_number;
    m_planned.reset();
    m_failure.clear();
    m_soon.start(350);
    m_go->setArgument(m_ask.id.text());
    m_go->refresh();
}

void WorkloadSheet::plan() {
    m_soon.stop();
    const auto made = build();
    if (!made) {
        show(made.error());
        return tell(made.error().what, true);
    }
    if (!m_context.fleet || m_planning.isRunning()) {
        m_planning.stop.request_stop();
        if (m_context.fleet)
            m_soon.start(150);
        return;
    }
    if (m_failure.isEmpty())
        tell(tr("Asks the cluster …"), true);
    m_planning = startTask<Operation>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), build = *made](std::stop_token) { return build(*services); });
    deliver(m_planning, this, [this, number = m_number](const Result<Operation> &planned) {
        if (number == m_number && !m_running.isRunning())
            show(planned);
    });
}

void WorkloadSheet::show(const Result<Operation> &planned) {
    m_planned = planned ? std::optional(*planned) : std::nullopt;
    m_plan->setPlan(planned ? planned->plan() : std::vector<operations::PlannedCall>());
    m_diff->setDiff(planned ? planned->details.value(Q("diff")).toObject() : QJsonObject());
    m_diff->setVisible(!m_diff->diff().lines.empty());
    QStringList warnings;
    if (planned)
        for (const QJsonValue &warning : planned->details.value(Q("warnings")).toArray())
            warnings << warning.toString();
    m_warnings->setText(warnings.join(QLatin1Char('\n')));
    m_warnings->setVisible(!warnings.isEmpty());
    if (planned && !m_failure.isEmpty())
        tell(tr("%1\nPlanned anew, on what is there now.").arg(m_failure), false);
    else
        tell(planned ? tr("The server was asked with a dry run: it would take this.") : planned.error().text(), bool(planned));
    m_go->refresh();
}

void WorkloadSheet::tell(const QString &text, bool good) {
    m_told->setInk(good ? &Tokens::t2 : &Tokens::bad);
    m_told->setText(text);
}

QString WorkloadSheet::lacking() const {
    if (!m_context.fleet)
        return tr("No workspace is open.");
    if (m_running.isRunning())
        return tr("It is being done.");
    return m_planned ? QString() : tr("The plan does not stand yet.");
}

void WorkloadSheet::reject() {
    if (!m_running.isRunning())
        QDialog::reject();
}

void WorkloadSheet::run() {
    if (!lacking().isEmpty())
        return;
    Operation operation = *m_planned;
    m_failure.clear();
    operation.confirmed = operations::Confirmed::names(); // typed in the sheet that asked
    tell(tr("It is being done …"), true);
    m_running = startTask<operations::OperationOutcome>(m_context.fleet->pools().waiting,
                                                        [services = m_context.fleet->services(), operation](std::stop_token) -> Result<operations::OperationOutcome> { return services->operations->run(operation); });
    m_go->refresh();
    deliver(m_running, this, [this, summary = operation.summary](const Result<operations::OperationOutcome> &outcome) {
        if (m_context.fleet)
            m_context.fleet->refresh();
        if (outcome && outcome->done) {
            Q_EMIT done(outcome->id, summary);
            return accept();
        }
        m_planned.reset(); // what it was planned on is not so any more: look anew
        if (outcome) {
            m_plan->setOutcome(*outcome);
            m_failure = outcome->error ? outcome->error->text() : tr("It was not done.");
        } else {
            m_failure = outcome.error().text();
        }
        tell(m_failure, false);
        m_soon.start(secondTry);
        m_go->refresh();
    });
}

} // namespace pilothouse::ui
