// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workspace/connections_panel.h"

#include "core/cluster/kubeconfig.h"
#include "core/fleet/cluster_import.h"
#include "core/fleet/directory_login.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/run_verb.h"
#include "widgets/base/write_gate.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/workspace/cluster_sheet.h"
#include "widgets/workspace/connection_fields.h"
#include "widgets/workspace/secrets_sheet.h"
#include "widgets/workspace/sign_in_sheet.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

bool takesSignIn(const ConnectionLine &line) { return line.connection.kind == QLatin1String("azureml") && fleet::signsInByDevice(line.connection); }

} // namespace

ConnectionsPanel::ConnectionsPanel(const PanelContext &context, QWidget *parent) : Panel(QStringLiteral("connections"), tr("Connections"), context, parent) {
    addActions();
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(12);
    m_card = new Card(tr("Connections"));
    m_model = new ConnectionModel(this);
    m_table = new Table;
    m_table->setObjectName(QStringLiteral("connectionTable"));
    m_table->setAccessibleName(tr("Connections of the workspace"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_card->setBody(m_table);
    m_note = new Label({}, TextRole::Second, &Tokens::t3);
    m_note->setElide(Qt::ElideRight);
    m_card->addTool(m_note);
    const auto addButton = [this](Card *card, const char *id) {
        auto *button = new Button(actions(), QLatin1String(id));
        button->setObjectName(QLatin1String(id));
        card->addTool(button);
        m_buttons.push_back(button);
    };
    addButton(m_card, "connection.secrets");
    addButton(m_card, "connection.testAll");
    addButton(m_card, "connection.new");
    connect(m_table, &Table::chosen, this, &ConnectionsPanel::showLines);
    auto *left = new QVBoxLayout;
    left->setSpacing(12);
    left->addWidget(m_card, 3);
    left->addWidget(buildDetail(), 2);
    addButton(m_detail, "connection.cluster");
    m_rights = m_buttons.back();
    addButton(m_detail, "connection.signIn");
    m_signIn = m_buttons.back();
    addButton(m_detail, "connection.test");
    addButton(m_detail, "connection.remove");
    layout->addLayout(left, 1);
    layout->addWidget(buildForm());
}

QWidget *ConnectionsPanel::buildDetail() {
    m_detail = new Card(tr("No connection chosen"));
    m_facts = new KeyValues;
    m_facts->setKeyWidth(110);
    auto *column = m_detail->bodyLayout(12);
    column->addWidget(m_facts);
    column->addStretch(1);
    return m_detail;
}

QWidget *ConnectionsPanel::buildForm() {
    m_form = new Card(tr("Add connection"));
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(10);
    m_kind = new Choice;
    m_kind->setObjectName(QStringLiteral("connectionKind"));
    for (const char *kind : {"local", "mlflow", "git", "jenkins", "github", "kubeflow", "azureml", "kubernetes", "prometheus", "grafana", "elasticsearch", "s3", "vault", "images", "slack"})
        m_kind->addItem(systemName(QLatin1String(kind)), QLatin1String(kind));
    const auto edit = [](const char *name) {
        auto *line = new QLineEdit;
        line->setObjectName(QLatin1String(name));
        return line;
    };
    m_name = edit("connectionName");
    m_where = edit("connectionWhere");
    m_user = edit("connectionUser");
    m_secretName = edit("connectionSecretName");
    m_secret = edit("connectionSecret");
    m_secret->setEchoMode(QLineEdit::Password);
    m_contexts = new Choice;
    m_contexts->setObjectName(QStringLiteral("connectionContext"));
    m_import = new CheckBox(tr("Take its secrets into the keychain"));
    m_import->setObjectName(QStringLiteral("connectionImport"));
    m_import->setToolTip(tr("Server, certificates and token are taken over; the kubeconfig is needed no more."));
    column->addWidget(new Field(tr("System"), m_kind));
    column->addWidget(new Field(tr("Name"), m_name, tr("How the workspace file calls it")));
    column->addWidget(m_whereField = new Field(tr("Folder"), m_where));
    column->addWidget(m_contextField = new Field(tr("Context"), m_contexts, tr("Of the kubeconfig")));
    column->addWidget(m_userField = new Field(tr("User"), m_user));
    column->addWidget(m_secretNameField = new Field(tr("Secret's name"), m_secretName, tr("Only this name stands in the file")));
    column->addWidget(m_secretField = new Field(tr("Token or password"), m_secret, tr("Goes to the keychain. Never written to files, logs or the journal.")));
    column->addWidget(m_import);
    m_keysBox = new QVBoxLayout;
    m_keysBox->setSpacing(10);
    column->addLayout(m_keysBox);
    column->addStretch(1);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Add connection"));
    scroll->setWidget(page);
    for (QWidget *ground : {scroll->viewport(), page})
        ground->setAutoFillBackground(false);
    auto *whole = m_form->bodyLayout(0);
    whole->addWidget(scroll, 1);
    whole->addLayout(buildFormEnd());
    connect(m_kind, &QComboBox::currentTextChanged, this, &ConnectionsPanel::buildKeys);
    connect(m_import, &QAbstractButton::toggled, this, &ConnectionsPanel::showFields);
    connect(m_where, &QLineEdit::textChanged, this, &ConnectionsPanel::readContexts);
    for (QLineEdit *line : {m_name, m_where, m_user, m_secretName, m_secret}) {
        connect(line, &QLineEdit::textChanged, this, &ConnectionsPanel::showFields);
        connect(line, &QLineEdit::returnPressed, this, [this] { m_save->isEnabled() ? m_save->click() : void(); });
    }
    buildKeys();
    return m_form;
}

/// What stays in view while the fields scroll.
QLayout *ConnectionsPanel::buildFormEnd() {
    auto *column = new QVBoxLayout;
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(8);
    m_problem = new Label({}, TextRole::Second, &Tokens::t3);
    m_problem->setObjectName(QStringLiteral("connectionTried"));
    m_problem->setWordWrap(true);
    column->addWidget(m_problem);
    m_try = new Button(actions(), QStringLiteral("connection.try"));
    m_try->setObjectName(QStringLiteral("connectionTry"));
    m_save = new Button(actions(), QStringLiteral("connection.add"), ButtonKind::Primary);
    m_save->setObjectName(QStringLiteral("connectionSave"));
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    for (Button *button : {m_save, m_try}) {
        button->setPixelHeight(32);
        row->addWidget(button);
    }
    row->addStretch(1);
    column->addLayout(row);
    return column;
}

void ConnectionsPanel::buildKeys() {
    while (QLayoutItem *item = m_keysBox->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_keys.clear();
    for (const ConnectionKey &key : connectionKeysOf(kind())) {
        QWidget *editor = nullptr;
        if (key.choices.isEmpty()) {
            auto *line = new QLineEdit;
            connect(line, &QLineEdit::textChanged, this, &ConnectionsPanel::showFields);
            editor = line;
        } else {
            auto *choice = new Choice;
            for (const QString &word : key.choices)
                choice->addItem(word.isEmpty() ? tr("as usual") : word, word);
            connect(choice, &QComboBox::currentTextChanged, this, &ConnectionsPanel::showFields);
            editor = choice;
        }
        editor->setObjectName(QStringLiteral("connectionKey_") + key.key);
        m_keysBox->addWidget(new Field(key.label, editor, key.help));
        m_keys[key.key] = editor;
    }
    readContexts();
    showFields();
}

/// Which fields the chosen system has, and what belongs into them.
void ConnectionsPanel::showFields() {
    const ConnectionBasics basics = connectionBasicsOf(kind());
    const bool cluster = kind() == QLatin1String("kubernetes"), file = cluster && !m_where->text().contains(QLatin1String("://")), imported = file && m_import->isChecked();
    m_whereField->setVisible(!basics.whereLabel.isEmpty());
    m_whereField->setLabel(basics.whereLabel);
    m_whereField->setHelp(basics.whereHelp);
    m_contextField->setVisible(file && m_contexts->count() > 0);
    m_userField->setVisible(!basics.userLabel.isEmpty() && !(file && m_contexts->count() > 0));
    m_userField->setLabel(cluster && !file ? tr("User") : basics.userLabel);
    m_userField->setHelp(cluster && !file ? QString() : basics.userHelp);
    m_secretNameField->setVisible(!basics.secretLabel.isEmpty());
    m_secretField->setVisible(!basics.secretLabel.isEmpty() && !imported);
    m_secretField->setLabel(basics.secretLabel);
    m_import->setVisible(file);
    if (!m_trying.isRunning()) { // what was found is of other fields
        m_problem->setInk(&Tokens::t3);
        m_problem->setText({});
    }
    m_save->refresh();
    m_try->refresh();
}

void ConnectionsPanel::readContexts() {
    const QString where = m_where->text().trimmed();
    const bool file = kind() == QLatin1String("kubernetes") && !where.contains(QLatin1String("://"));
    if (!file || !context().fleet || (m_contextsOf == where && m_contexts->count() > 0))
        return;
    m_contextsOf = where;
    m_contexts->setItems({});
    m_contextTask.stop.request_stop();
    m_contextTask = startTask<QStringList>(context().fleet->pools().waiting, [where](std::stop_token) -> Result<QStringList> {
        PH_ASSIGN(const auto config, cluster::Kubeconfig::read(cluster::kubeconfigFiles(where)));
        QStringList names = config.contexts().keys();
        if (names.removeAll(config.currentContext()) > 0) // the usual one first
            names.prepend(config.currentContext());
        return names;
    });
    deliver(m_contextTask, this, [this, where](const Result<QStringList> &names) {
        if (m_contextsOf != where)
            return;
        m_contexts->setItems(names.value_or(QStringList()));
        showFields();
    });
}

/// Without what an import finds.
QVariantMap ConnectionsPanel::formEntry() const {
    QVariantMap entry{{QStringLiteral("kind"), kind()}};
    const auto put = [&](const QString &key, const QString &value) {
        if (!value.isEmpty())
            entry.insert(key, value);
    };
    const QString where = m_where->text().trimmed();
    const bool cluster = kind() == QLatin1String("kubernetes"), address = where.contains(QLatin1String("://"));
    put(kind() == QLatin1String("local") ? QStringLiteral("root") : !cluster ? QStringLiteral("url") : address ? QStringLiteral("server") : QStringLiteral("kubeconfig"), where);
    if (m_contextField->isVisibleTo(m_form))
        put(QStringLiteral("context"), m_contexts->currentText());
    else if (m_userField->isVisibleTo(m_form))
        put(cluster && !address ? QStringLiteral("context") : QStringLiteral("user"), m_user->text().trimmed());
    put(QStringLiteral("secret"), m_secretName->text().trimmed());
    for (const auto &[key, editor] : m_keys) {
        const auto *choice = qobject_cast<const Choice *>(editor);
        const QString value = choice ? choice->currentData().toString() : static_cast<const QLineEdit *>(editor)->text().trimmed();
        if ((key == QLatin1String("jobs") || key == QLatin1String("on")) && !value.isEmpty()) {
            QStringList words = value.split(QLatin1Char(','), Qt::SkipEmptyParts);
            for (QString &word : words)
                word = word.trimmed();
            entry.insert(key, words);
        } else {
            put(key, value);
        }
    }
    return entry;
}

/// What is written in the form, before it is kept.
void ConnectionsPanel::tryOut() {
    const QString value = m_secretField->isVisibleTo(m_form) ? m_secret->text() : QString();
    m_problem->setInk(&Tokens::t3);
    m_problem->setText(tr("looking…"));
    m_trying = startTask<fleet::ConnectionCheck>(context().fleet->pools().waiting, [services = context().fleet->services(), name = m_name->text().trimmed(), entry = formEntry(), value](std::stop_token token) {
        return fleet::testNewConnection(services->workspace.file, name, entry, value, *services->http, services->secrets, token);
    });
    m_try->refresh();
    deliver(m_trying, this, [this](const Result<fleet::ConnectionCheck> &check) {
        m_problem->setInk(check ? &Tokens::ok : &Tokens::bad);
        m_problem->setText(check ? check->finding : check.error().text());
        m_try->refresh();
        m_save->refresh();
    });
}

void ConnectionsPanel::addActions() {
    ActionSpec test;
    test.id = QStringLiteral("connection.test");
    test.text = tr("Test");
    test.icon = QStringLiteral("refresh");
    test.section = tr("Commands");
    test.panel = id();
    test.blocked = [](const QString &name) { return name.isEmpty() ? tr("Choose a connection first.") : QString(); };
    test.targets = [this] {
        std::vector<ActionTarget> out;
        for (const ConnectionLine &line : m_model ? m_model->rows() : std::vector<ConnectionLine>())
            out.push_back({line.connection.name, tr("Test connection %1").arg(line.connection.name), line.connection.kind});
        return out;
    };
    test.run = [this](const QString &name, const QString &) { look(name); };
    actions().add(test);
    ActionSpec all;
    all.id = QStringLiteral("connection.testAll");
    all.text = tr("Test all");
    all.icon = QStringLiteral("refresh");
    all.section = tr("Commands");
    all.panel = id();
    all.run = [this](const QString &, const QString &) {
        for (const ConnectionLine &line : m_model->rows())
            look(line.connection.name);
    };
    actions().add(all);
    ActionSpec rights;
    rights.id = QStringLiteral("connection.cluster");
    rights.text = tr("Credential and rights");
    rights.icon = QStringLiteral("user");
    rights.section = tr("Commands");
    rights.panel = id();
    rights.inPalette = false;
    rights.blocked = [this](const QString &name) {
        const ConnectionLine *line = context().fleet ? m_model->find(name) : nullptr;
        return line && line->connection.kind == QLatin1String("kubernetes") ? QString() : tr("Choose a cluster first.");
    };
    rights.run = [this](const QString &name, const QString &) { (new ClusterSheet(name, clusterCallsOf(*context().fleet, name), window()))->open(); };
    actions().add(rights);
    ActionSpec signIn;
    signIn.id = QStringLiteral("connection.signIn");
    signIn.text = tr("Sign in");
    signIn.icon = QStringLiteral("user");
    signIn.section = tr("Commands");
    signIn.panel = id();
    signIn.blocked = [this](const QString &name) {
        const ConnectionLine *line = context().fleet ? m_model->find(name) : nullptr;
        return !line ? tr("Choose a connection first.") : takesSignIn(*line) ? QString() : tr("Nobody signs in for it: it has no login: device.");
    };
    signIn.targets = [this] {
        std::vector<ActionTarget> out;
        for (const ConnectionLine &line : m_model ? m_model->rows() : std::vector<ConnectionLine>())
            if (takesSignIn(line))
                out.push_back({line.connection.name, tr("Sign in for %1").arg(line.connection.name), systemName(line.connection.kind)});
        return out;
    };
    signIn.run = [this](const QString &name, const QString &) {
        auto *sheet = new SignInSheet(name, signInCallsOf(*context().fleet, name), window());
        connect(sheet, &SignInSheet::signedIn, this, [this, name] {
            look(name);
            context().fleet->refresh();
        });
        sheet->open();
    };
    actions().add(signIn);
    ActionSpec secrets;
    secrets.id = QStringLiteral("connection.secrets");
    secrets.text = tr("Secrets");
    secrets.icon = QStringLiteral("key");
    secrets.section = tr("Commands");
    secrets.panel = id();
    secrets.blocked = [this](const QString &) { return context().fleet ? QString() : tr("No workspace is open."); };
    secrets.run = [this](const QString &, const QString &) { (new SecretsSheet(context(), secretCallsOf(*context().fleet), window()))->open(); };
    actions().add(secrets);
    ActionSpec fresh;
    fresh.id = QStringLiteral("connection.new");
    fresh.text = tr("Add");
    fresh.icon = QStringLiteral("plus");
    fresh.section = tr("Commands");
    fresh.panel = id();
    fresh.shortcut = QKeySequence(Qt::Key_N);
    fresh.inPalette = false;
    fresh.run = [this](const QString &, const QString &) { m_kind->setFocus(); };
    actions().add(fresh);
    ActionSpec remove;
    remove.id = QStringLiteral("connection.remove");
    remove.text = tr("Remove");
    remove.icon = QStringLiteral("cross");
    remove.section = tr("Commands");
    remove.panel = id();
    remove.inPalette = false;
    remove.blocked = [this](const QString &name) {
        if (m_snapshot.role == workspace::Role::Viewer)
            return tr("Needs role operator.");
        const ConnectionLine *line = m_model->find(name);
        if (!line)
            return tr("Choose a connection first.");
        return line->usedBy.isEmpty() ? QString() : tr("Model %1 uses it.").arg(line->usedBy.front());
    };
    remove.danger = [](const QString &name) { return Danger{tr("Remove connection"), tr("%1 leaves the workspace file; its data stay where they are.").arg(name), tr("Add it again."), {}, false}; };
    remove.gate = [this](const QString &name) { return writeGate(context(), "disconnect", QStringLiteral("connection ") + name, {name}); };
    remove.run = [this](const QString &name, const QString &) {
        runVerb(context(), this, tr("Remove connection %1").arg(name), {}, {QStringLiteral("connect"), QStringLiteral("remove"), name}, tr("Connection %1 is removed").arg(name));
    };
    actions().add(remove);
    ActionSpec add;
    add.id = QStringLiteral("connection.add");
    add.text = tr("Add connection");
    add.icon = QStringLiteral("plus");
    add.section = tr("Commands");
    add.panel = id();
    add.inPalette = false;
    add.blocked = [this](const QString &) { return formProblem(); };
    add.run = [this](const QString &, const QString &) { save(); };
    actions().add(add);
    ActionSpec attempt;
    attempt.id = QStringLiteral("connection.try");
    attempt.text = tr("Test");
    attempt.icon = QStringLiteral("refresh");
    attempt.section = tr("Commands");
    attempt.panel = id();
    attempt.inPalette = false;
    attempt.blocked = [this](const QString &) {
        if (!context().fleet)
            return tr("No workspace is open.");
        if (m_trying.isRunning())
            return tr("It is being looked at.");
        if (m_where->text().trimmed().isEmpty() && connectionBasicsOf(kind()).needsWhere)
            return kind() == QLatin1String("local") ? tr("Give its folder.") : tr("Give its address.");
        return QString();
    };
    attempt.run = [this](const QString &, const QString &) { tryOut(); };
    actions().add(attempt);
}

QString ConnectionsPanel::formProblem() const {
    if (m_snapshot.role == workspace::Role::Viewer)
        return tr("Needs role operator.");
    if (m_name->text().trimmed().isEmpty())
        return tr("Give it a name.");
    if (m_model->find(m_name->text().trimmed()))
        return tr("The name is taken.");
    const ConnectionBasics basics = connectionBasicsOf(kind());
    if (m_where->text().trimmed().isEmpty() && basics.needsWhere)
        return kind() == QLatin1String("local") ? tr("Give its folder.") : tr("Give its address.");
    if (!m_secret->text().isEmpty() && m_secretName->text().trimmed().isEmpty())
        return tr("Give the secret a name.");
    return m_saving.isRunning() ? tr("It is being saved.") : QString();
}

void ConnectionsPanel::save() {
    const QString name = m_name->text().trimmed(), secret = m_secretField->isVisibleTo(m_form) ? m_secret->text() : QString();
    const bool imported = m_import->isVisibleTo(m_form) && m_import->isChecked();
    m_saving = startTask<Saved>(context().fleet->pools().waiting, [services = context().fleet->services(), name, written = formEntry(), secret, imported](std::stop_token) -> Result<Saved> {
        QVariantMap entry = written;
        QString value = secret;
        if (imported) { // as pilot connect add --import
            const QStringList files = cluster::kubeconfigFiles(entry.take(QStringLiteral("kubeconfig")).toString());
            PH_ASSIGN(const fleet::ClusterImport taken, fleet::importContext(files, entry.take(QStringLiteral("context")).toString(), name, entry.value(QStringLiteral("secret")).toString()));
            const QVariant space = entry.value(QStringLiteral("namespace"));
            entry.insert(taken.entry);
            if (space.isValid())
                entry.insert(QStringLiteral("namespace"), space);
            if (taken.secret.isEmpty())
                entry.remove(QStringLiteral("secret"));
            value = taken.secret;
        }
        PH_ASSIGN(auto operation, fleet::addConnection(services->workspace.file, name, entry));
        if (!value.isEmpty())
            fleet::storeSecretFirst(operation, services->secrets, entry.value(QStringLiteral("secret")).toString(), value);
        PH_TRY(services->operations->runWhole(operation)); // a secret without its connection would be half a change
        return Saved{};
    });
    deliver(m_saving, this, [this, name](const Result<Saved> &saved) {
        if (!saved) {
            context().toasts->showError(saved.error());
        } else {
            context().toasts->show(State::Ok, tr("Connection %1 is added").arg(name), tr("The workspace file is read again."));
            for (QLineEdit *line : {m_name, m_where, m_user, m_secretName, m_secret})
                line->clear();
            m_import->setChecked(false);
            buildKeys();
        }
        m_save->refresh();
    });
}

void ConnectionsPanel::look(const QString &name) {
    if (!context().fleet || m_tasks.contains(name))
        return;
    const auto task = startTask<fleet::ConnectionCheck>(context().fleet->pools().waiting, [services = context().fleet->services(), name](std::stop_token token) {
        return fleet::testConnection(services->workspace, name, *services->http, *services->secrets, token);
    });
    m_tasks.insert(name, task);
    m_found[name].looking = true;
    showLines();
    deliver(task, this, [this, name](const Result<fleet::ConnectionCheck> &check) {
        m_tasks.remove(name);
        ConnectionLine &line = m_found[name];
        line.looking = false;
        line.looked = now();
        line.check = check ? std::optional(*check) : std::nullopt;
        line.error = check ? std::nullopt : std::optional(check.error());
        showLines();
        Q_EMIT headerChanged();
    });
}

void ConnectionsPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    const bool first = !m_snapshot.read.isValid();
    m_snapshot = snapshot;
    showLines();
    if (first)
        for (const ConnectionLine &line : m_model->rows())
            look(line.connection.name);
}

void ConnectionsPanel::showLines() {
    std::vector<ConnectionLine> lines;
    if (context().fleet) {
        const workspace::Workspace &workspace = context().fleet->services()->workspace;
        for (const workspace::Connection &connection : workspace.connections) {
            ConnectionLine line = m_found.value(connection.name);
            line.connection = connection;
            for (const workspace::Model &model : workspace.models)
                if (model.registry.connection == connection.name || model.deployment.connection == connection.name || model.endpoint.connection == connection.name)
                    line.usedBy << model.name;
            lines.push_back(std::move(line));
        }
    }
    m_model->setNow(now());
    m_model->setRows(std::move(lines));
    m_card->setSubtitle(count(m_model->rowCount()));
    const QString store = context().fleet && context().fleet->services()->secrets ? context().fleet->services()->secrets->name() : QString();
    m_note->setText(store.isEmpty() ? QString() : tr("Secrets: %1, none in files").arg(store));
    m_card->showState(m_model->rowCount() ? ScreenState::full()
                                          : ScreenState::empty(tr("No connections"), tr("A connection to this machine holds registry, journal and serving in a folder; add one on the right."), tr("Add"),
                                                               [this] { m_kind->setFocus(); }));
    if (m_table->currentId().isEmpty() && m_model->rowCount() > 0)
        m_table->setCurrentIndex(m_model->index(0, 0)); // comes back here by `chosen`
    for (Button *button : m_buttons) {
        button->setArgument(m_table->currentId());
        button->refresh();
    }
    m_save->refresh();
    showDetail();
}

void ConnectionsPanel::showDetail() {
    const ConnectionLine *line = m_model->find(m_table->currentId());
    m_signIn->setVisible(line && takesSignIn(*line));
    m_rights->setVisible(line && line->connection.kind == QLatin1String("kubernetes"));
    m_detail->setTitle(line ? line->connection.name : tr("No connection chosen"));
    if (!line)
        return m_detail->showState(ScreenState::empty(tr("No connection chosen"), tr("What it is, what it is for and what its last look found.")));
    if (line->error && !line->looking)
        return m_detail->showState(ScreenState::failed(*line->error, tr("Test again"), [this, name = line->connection.name] { look(name); }));
    m_detail->showState(ScreenState::full());
    const workspace::Connection &c = line->connection;
    const QString secret = takesSignIn(*line) ? fleet::signInSecret(c) : c.secret;
    std::vector<KeyValues::Row> facts{{tr("System"), systemName(c.kind)},
                                      {c.root.isEmpty() ? tr("Address") : tr("Folder"), fleet::connectionAddress(c), true},
                                      {tr("User"), c.user},
                                      {tr("Secret"), secret.isEmpty() ? tr("none needed") : secret, !secret.isEmpty()},
                                      {tr("Writes"), modeWord(c)},
                                      {tr("Used by"), line->usedBy.isEmpty() ? tr("no model yet") : line->usedBy.join(QStringLiteral(", "))},
                                      {tr("Found"), line->looking ? tr("looking…") : line->check ? line->check->finding : tr("not looked at yet")}};
    for (auto other = c.other.begin(); other != c.other.end(); ++other)
        facts.push_back({other.key(), other.value(), true});
    m_facts->setRows(facts);
}

/// The narrow window keeps the form beside the table; the note about secrets leaves first.
void ConnectionsPanel::resizeEvent(QResizeEvent *event) {
    Panel::resizeEvent(event);
    const bool wide = width() >= theme().px(1100);
    m_form->setFixedWidth(theme().px(wide ? 340 : 280));
    m_note->setVisible(wide);
}

QString ConnectionsPanel::kind() const { return m_kind->currentData().toString(); }

void ConnectionsPanel::openAt(const QString &argument) {
    if (m_model->rowCount() == 0)
        showLines(); // a connection may be called as its system is
    if (const int at = m_kind->findData(argument); at >= 0 && !m_model->find(argument)) { // a system: its form
        m_kind->setCurrentIndex(at);
        m_name->setFocus();
    } else if (!argument.isEmpty()) {
        m_table->choose(argument);
    }
}

std::vector<HeaderBadge> ConnectionsPanel::badges() const {
    std::vector<HeaderBadge> out;
    const auto having = [&](State state) { return std::count_if(m_model->rows().begin(), m_model->rows().end(), [&](const auto &l) { return stateOfConnection(l) == state; }); };
    if (const auto n = having(State::Ok))
        out.push_back({State::Ok, tr("%n answer", nullptr, int(n))});
    if (const auto n = having(State::Bad))
        out.push_back({State::Bad, tr("%n fail", nullptr, int(n))});
    return out;
}

QString ConnectionsPanel::currentArgument(const QString &) const { return m_table->currentId(); }
QWidget *ConnectionsPanel::firstFocus() { return m_table; }

} // namespace pilothouse::ui
