// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/model_file_sheet.h"

#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/sheet_size.h"
#include "widgets/base/toast.h"
#include "widgets/registry/import_form.h"

#include <QBoxLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QShortcut>

#include <initializer_list>

namespace pilothouse::ui {

namespace {

using Kind = fleet::ModelFile::Kind;

QString nameOf(const QString &path) { return path.section(QLatin1Char('/'), -1); }

Label *wrapped(const char *name, TextRole role, Ink ink) {
    auto *label = new Label({}, role, ink);
    label->setObjectName(QLatin1String(name));
    label->setWordWrap(true);
    return label;
}

} // namespace

ModelFileSheet::ModelFileSheet(const PanelContext &context, const QString &file, workspace::Role role, QWidget *panel)
    : QDialog(panel), m_context(context), m_path(file), m_role(role), m_state(new PanelState), m_facts(new KeyValues), m_danger(wrapped("modelFileDanger", TextRole::Body, &Tokens::bad)),
      m_why(wrapped("modelFileWhy", TextRole::Body, &Tokens::t1)), m_ways(wrapped("modelFileWays", TextRole::Second, &Tokens::t2)), m_told(wrapped("modelFileTold", TextRole::Second, &Tokens::t2)),
      m_names(new QPlainTextEdit), m_command(new QLineEdit), m_form(new ImportForm), m_import(new Button(tr("Import"), ButtonKind::Primary)), m_copy(new Button(tr("Copy the command"), ButtonKind::Primary)) {
    setObjectName(QStringLiteral("modelFileSheet"));
    setWindowTitle(nameOf(file));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    auto *head = new Label(windowTitle(), TextRole::Screen);
    head->setElide(Qt::ElideMiddle);
    column->addWidget(head);
    auto *scroll = new QScrollArea; // there is more than a small window has room for
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(windowTitle());
    scroll->setWidget(buildBody());
    for (QWidget *ground : {scroll->viewport(), scroll->widget()})
        ground->setAutoFillBackground(false);
    m_state->setContent(scroll);
    column->addWidget(m_state, 1);
    column->addWidget(m_told);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_import->setObjectName(QStringLiteral("modelFileImport"));
    m_copy->setObjectName(QStringLiteral("modelFileCopy"));
    auto *leave = new Button(tr("Close"), ButtonKind::Ghost);
    leave->setObjectName(QStringLiteral("modelFileClose"));
    for (Button *button : {m_import, m_copy, leave}) {
        button->setPixelHeight(32);
        row->addWidget(button);
    }
    row->addStretch(1);
    column->addLayout(row);
    const Theme &theme = Theme::of(this);
    setMinimumWidth(theme.px(620));
    resize(sheetSize(panel, 700, 560));
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_import, &QAbstractButton::clicked, this, &ModelFileSheet::importIt);
    connect(m_copy, &QAbstractButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_command->text());
        tell(tr("Copied. Put your rows, the file to write and the model's Python in place of the capitals."), true);
    });
    connect(m_form, &ImportForm::changed, this, &ModelFileSheet::refresh);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, this, [this] { (m_import->isHidden() ? m_copy : m_import)->click(); });
    refresh();
    leave->setFocus();
    look();
}

ModelFileSheet::~ModelFileSheet() { m_looking.stop.request_stop(); }

QWidget *ModelFileSheet::buildBody() {
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(10);
    m_facts->setKeyWidth(120);
    column->addWidget(m_facts);
    column->addWidget(m_danger);
    m_names->setObjectName(QStringLiteral("modelFileNames"));
    m_names->setReadOnly(true);
    m_names->setTabChangesFocus(true);
    m_names->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_names->setFont(Theme::of(this).font(TextRole::MonoSmall));
    m_names->setFixedHeight(Theme::of(this).px(130));
    m_namesField = new Field(tr("It would import"), m_names);
    column->addWidget(m_namesField);
    column->addWidget(m_why);
    m_command->setObjectName(QStringLiteral("modelFileCommand"));
    m_command->setReadOnly(true);
    m_command->setFont(Theme::of(this).font(TextRole::MonoSmall));
    m_commandField = new Field(tr("Score it in a terminal"), m_command, tr("A confined Python loads it: without network, home or a second process, with the versions that it asks for (Linux, bubblewrap)."));
    column->addWidget(m_commandField);
    column->addWidget(m_ways);
    column->addWidget(m_form);
    column->addStretch(1);
    return body;
}

void ModelFileSheet::look() {
    if (!m_context.fleet)
        return;
    m_state->show(ScreenState::loading());
    m_looking = startTask<fleet::ModelFile>(m_context.fleet->pools().waiting, [file = m_path](std::stop_token token) { return fleet::inspectModelFile(file, token); });
    deliver(m_looking, this, [this](const Result<fleet::ModelFile> &file) {
        if (file)
            showFile(*file);
        else if (file.error().kind != ErrorKind::Cancelled)
            showFailure(file.error());
    });
}

void ModelFileSheet::showFailure(const Error &error) {
    m_file.reset();
    m_state->show(ScreenState::failed(error, tr("Look again"), [this] { look(); }));
    refresh();
}

void ModelFileSheet::showFile(const fleet::ModelFile &file) {
    m_file = file;
    const bool pickle = !file.imports();
    for (QWidget *part : std::initializer_list<QWidget *>{m_namesField, m_commandField, m_ways})
        part->setVisible(pickle);
    m_danger->setVisible(pickle && !file.pickle.dangerous.isEmpty());
    m_form->setVisible(!pickle);
    if (pickle)
        showPickle(file.pickle);
    else
        showOther(file);
    m_state->show(ScreenState::full());
    refresh();
}

void ModelFileSheet::showPickle(const artifact::PickleFacts &pickle) {
    const QString read = pickle.stopped.isEmpty() ? tr("to its end, %1 opcodes").arg(count(pickle.opcodes)) : tr("not to its end: %1. It may name more.").arg(pickle.stopped);
    m_facts->setRows({{tr("Kind"), pickle.compression.isEmpty() ? tr("Pickled Python object, %1").arg(bytes(pickle.bytes)) : tr("Pickled Python object, %1, compressed by %2").arg(bytes(pickle.bytes), pickle.compression)},
                      {tr("SHA-256"), pickle.sha256, true},
                      {tr("scikit-learn"), pickle.sklearnVersion.isEmpty() ? tr("no version stands in it") : pickle.sklearnVersion},
                      {tr("Packages"), pickle.packages.isEmpty() ? tr("none") : pickle.packages.join(QStringLiteral(", "))},
                      {tr("Read"), read, false, pickle.stopped.isEmpty() ? &Tokens::t1 : &Tokens::warn}});
    m_danger->setText(tr("Danger: it would call what no model needs: %1. Do not use this file.").arg(pickle.dangerous.join(QStringLiteral(", "))));
    m_names->setPlainText(pickle.names.join(QLatin1Char('\n')));
    m_why->setText(tr("A pickle is a program: loading it runs whatever its author wrote, so it is never loaded here. Only its opcodes were read."));
    m_command->setText(fleet::scoreCommand(pickle.file));
    m_command->setCursorPosition(0);
    m_ways->setText(tr("Or serve it where it was made and name that address as the model's endpoint: it is then scored, explained and watched like any other. Or export the model in Python: "
                       "XGBoost's save_model(\"model.json\") and TorchScript are imported here."));
}

void ModelFileSheet::showOther(const fleet::ModelFile &file) {
    const bool forecast = file.task == QLatin1String("forecast");
    const QString task = forecast ? tr("forecast of %1: %2 steps from %3").arg(file.targets.join(QStringLiteral(", "))).arg(file.horizon).arg(file.window)
                         : file.task == QLatin1String("classification") ? tr("classification") : file.task == QLatin1String("regression") ? tr("regression") : tr("the file does not say");
    QStringList inputs = forecast ? file.series : file.inputs;
    constexpr int most = 20;
    if (inputs.size() > most)
        inputs = inputs.mid(0, most) << tr("and %1 more").arg(inputs.size() - most);
    std::vector<KeyValues::Row> rows;
    rows.push_back({tr("Kind"), file.kind == Kind::Xgboost ? tr("XGBoost, %1").arg(bytes(file.bytes)) : tr("TorchScript, %1").arg(bytes(file.bytes))});
    rows.push_back({tr("SHA-256"), file.sha256, true});
    rows.push_back({tr("Made by"), file.madeBy});
    rows.push_back({tr("Task"), file.objective.isEmpty() ? task : QStringLiteral("%1, %2").arg(task, file.objective)});
    rows.push_back({forecast ? tr("Series") : tr("Inputs"), inputs.isEmpty() ? tr("not named: the columns of the rows are taken in their order") : inputs.join(QStringLiteral(", "))});
    rows.push_back({tr("Size"), file.kind == Kind::Xgboost ? tr("%1 trees in %2 rounds").arg(count(file.trees), count(file.rounds)) : tr("%1 parameters, %2").arg(count(file.parameters), file.dtype)});
    for (const QString &note : file.notes)
        rows.push_back({tr("Note"), note, false, &Tokens::warn});
    m_facts->setRows(rows);
    m_why->setText(tr("An import scores the rows anew. Where the predictions made there are given, they must come out again (to 1e-5), or nothing is registered."));
    m_form->setFile(file);
}

void ModelFileSheet::tell(const QString &text, bool good) {
    m_told->setInk(good ? &Tokens::t2 : &Tokens::bad);
    m_told->setText(text);
}

void ModelFileSheet::refresh() {
    const bool pickle = m_file && !m_file->imports();
    m_copy->setVisible(pickle);
    m_import->setVisible(m_file && !pickle);
    m_copy->setBlocked(pickle && !m_file->pickle.dangerous.isEmpty() ? tr("It would call what no model needs.") : QString());
    m_import->setBlocked(m_role == workspace::Role::Viewer ? tr("Needs role operator.") : !m_job.isEmpty() ? tr("It is being imported.") : !m_context.jobs ? tr("No workspace is open.") : m_form->lacking());
}

void ModelFileSheet::importIt() {
    const fleet::ModelImport request = m_form->request();
    m_job = m_context.jobs->start(tr("Import %1").arg(nameOf(request.file)), request.model, request.arguments());
    tell(tr("The rows are being scored …"), true);
    refresh();
    connect(m_context.jobs, &fleet::Jobs::finished, this, [this](const QString &job) {
        if (job != m_job)
            return;
        disconnect(m_context.jobs, &fleet::Jobs::finished, this, nullptr);
        m_job.clear();
        if (const fleet::Job *done = m_context.jobs->job(job))
            imported(fleet::Job(*done));
        refresh();
    });
}

void ModelFileSheet::imported(const fleet::Job &job) {
    if (job.error)
        return tell(job.error->kind == ErrorKind::Cancelled ? tr("Cancelled; nothing was registered.") : job.error->text(), job.error->kind == ErrorKind::Cancelled);
    const QJsonObject registered = job.result.value(QLatin1String("registered")).toObject();
    const QString model = registered.value(QLatin1String("model")).toString();
    const bool verified = job.result.value(QLatin1String("verified")).toBool();
    if (m_context.toasts)
        m_context.toasts->show(verified ? State::Ok : State::Warn, tr("%1 v%2 is imported").arg(model).arg(registered.value(QLatin1String("version")).toInt()),
                               verified ? tr("%1 rows give the predictions of the original program.").arg(job.result.value(QLatin1String("compared")).toInt()) : tr("Unverified: no predictions made there were given."));
    m_context.jobs->dismiss(job.id);
    if (m_context.fleet)
        m_context.fleet->refresh();
    if (m_context.open)
        m_context.open(QStringLiteral("models"), model);
    accept();
}

} // namespace pilothouse::ui
