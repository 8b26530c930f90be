// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/template_sheet.h"

#include "core/fleet/vaults.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/sheet_size.h"
#include "widgets/base/theme.h"

#include <QBoxLayout>
#include <QDir>
#include <QFileDialog>
#include <QLineEdit>
#include <QScrollArea>

namespace pilothouse::console {

using namespace ui;

TemplateCalls templateCallsOf(QThreadPool &pool) {
    TemplateCalls out;
    out.pool = &pool;
    out.test = [](const workspace::Workspace &workspace, const QString &connection, std::stop_token token) {
        const auto http = std::make_shared<net::HttpClient>();
        const auto secrets = fleet::workspaceSecrets(workspace, http, secrets::chainedStore({secrets::environmentStore(), secrets::keychainStore()}));
        return fleet::testConnection(workspace, connection, *http, *secrets, token);
    };
    return out;
}

TemplateSheet::TemplateSheet(TemplateCalls calls, QWidget *window)
    : QDialog(window), m_calls(std::move(calls)), m_template(new Choice), m_about(new Label({}, TextRole::Second, &Tokens::t2)), m_told(new Label({}, TextRole::Second, &Tokens::t2)), m_folder(new QLineEdit),
      m_all(new Button(tr("Test all"))), m_create(new Button(tr("Write and open"), ButtonKind::Primary)) {
    setObjectName(QStringLiteral("templateSheet"));
    setWindowTitle(tr("New workspace from a template"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(ui::sheetSize(window, 760, 640));
    build();
    QStringList titles;
    QVariantList names;
    for (const demo::WorkspaceTemplate &each : demo::workspaceTemplates()) {
        titles << each.title;
        names << each.name;
    }
    m_template->setItems(titles, names);
    connect(m_template, &QComboBox::currentIndexChanged, this, &TemplateSheet::showFields);
    showFields();
}

TemplateSheet::~TemplateSheet() {
    for (Row &row : m_rows)
        row.task.stop.request_stop();
}

void TemplateSheet::build() {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    column->addWidget(new Label(windowTitle(), TextRole::Screen));
    m_template->setObjectName(QStringLiteral("templateChoice"));
    column->addWidget(new Field(tr("System"), m_template));
    m_about->setWordWrap(true);
    column->addWidget(m_about);
    m_folder->setObjectName(QStringLiteral("templateFolder"));
    auto *where = new QHBoxLayout;
    where->addWidget(new Field(tr("Folder"), m_folder, tr("It has no workspace yet; it is made where it is not there.")), 1);
    auto *browse = new Button(tr("Choose…"));
    where->addWidget(browse, 0, Qt::AlignVCenter);
    connect(browse, &QAbstractButton::clicked, this, [this] {
        auto *dialog = new QFileDialog(this, tr("Folder of the workspace"), m_folder->text());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        connect(dialog, &QFileDialog::fileSelected, m_folder, &QLineEdit::setText);
        dialog->open();
    });
    column->addLayout(where);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    auto *inside = new QWidget;
    m_place = new QVBoxLayout(inside);
    m_place->setContentsMargins(0, 0, 8, 0);
    scroll->setWidget(inside);
    column->addWidget(scroll, 1);
    m_told->setObjectName(QStringLiteral("templateTold"));
    m_told->setWordWrap(true);
    column->addWidget(m_told);
    auto *foot = new QHBoxLayout;
    auto *leave = new Button(tr("Cancel"));
    m_all->setObjectName(QStringLiteral("templateTestAll"));
    m_create->setObjectName(QStringLiteral("templateCreate"));
    foot->addWidget(m_all);
    foot->addStretch(1);
    foot->addWidget(leave);
    foot->addWidget(m_create);
    column->addLayout(foot);
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_all, &QAbstractButton::clicked, this, [this] {
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            test(i);
    });
    connect(m_create, &QAbstractButton::clicked, this, &TemplateSheet::create);
}

QString TemplateSheet::name() const { return m_template->currentData().toString(); }

void TemplateSheet::choose(const QString &name) {
    if (const int at = m_template->findData(name); at >= 0)
        m_template->setCurrentIndex(at);
}

void TemplateSheet::showFields() {
    for (Row &row : m_rows)
        row.task.stop.request_stop();
    m_rows.clear();
    m_edits.clear();
    delete m_body;
    m_body = new QWidget;
    auto *column = new QVBoxLayout(m_body);
    column->setContentsMargins(0, 0, 0, 0);
    m_place->addWidget(m_body);
    tell({}, false);
    for (const demo::WorkspaceTemplate &each : demo::workspaceTemplates())
        if (each.name == name())
            m_about->setText(each.about);
    m_folder->setText(QDir::homePath() + QLatin1Char('/') + name());
    const auto fields = demo::templateFields(name());
    if (!fields)
        return tell(fields.error().text(), true);
    std::vector<demo::TemplateField> of;
    for (const demo::TemplateField &field : *fields) {
        if (!of.empty() && of.front().connection != field.connection) {
            addConnection(of);
            of.clear();
        }
        of.push_back(field);
    }
    if (!of.empty())
        addConnection(of);
    column->addStretch(1);
}

void TemplateSheet::addConnection(const std::vector<demo::TemplateField> &fields) {
    const QString connection = fields.front().connection;
    auto *column = static_cast<QVBoxLayout *>(m_body->layout());
    auto *head = new QHBoxLayout;
    head->addWidget(new Label(connection, TextRole::Strong));
    head->addWidget(new Label(fields.front().kind, TextRole::Second, &Tokens::t3));
    Row row;
    row.connection = connection;
    row.told = new Label({}, TextRole::Second, &Tokens::t2);
    row.told->setObjectName(QStringLiteral("templateTold.") + connection);
    row.told->setElide(Qt::ElideRight);
    row.test = new Button(tr("Test"));
    row.test->setObjectName(QStringLiteral("templateTest.") + connection);
    row.test->setAccessibleName(tr("Test %1").arg(connection));
    head->addWidget(row.told, 1);
    head->addWidget(row.test);
    column->addLayout(head);
    const std::size_t number = m_rows.size();
    connect(row.test, &QAbstractButton::clicked, this, [this, number] { test(number); });
    for (const demo::TemplateField &field : fields) {
        auto *edit = new QLineEdit(field.value);
        edit->setObjectName(QStringLiteral("templateField.") + field.key);
        const QString key = field.key.section(QLatin1Char('.'), 1);
        column->addWidget(new Field(field.secret ? tr("Name of its secret in the keychain") : key, edit));
        connect(edit, &QLineEdit::textEdited, this, [this, number] { // what was found was about another address
            m_rows[number].task.stop.request_stop();
            m_rows[number].task = {};
            m_rows[number].told->setText({});
        });
        m_edits.emplace_back(field, edit);
    }
    m_rows.push_back(std::move(row));
}

QMap<QString, QString> TemplateSheet::values() const {
    QMap<QString, QString> out;
    for (const auto &[field, edit] : m_edits)
        if (const QString text = edit->text().trimmed(); text != field.value)
            out.insert(field.key, text);
    return out;
}

void TemplateSheet::test(std::size_t number) {
    Row &row = m_rows[number];
    row.task.stop.request_stop();
    row.told->setInk(&Tokens::t3);
    row.told->setText(tr("Asking…"));
    row.task = startTask<fleet::ConnectionCheck>(*m_calls.pool, [call = m_calls.test, name = name(), folder = m_folder->text(), values = values(), connection = row.connection](std::stop_token token) -> Result<fleet::ConnectionCheck> {
        PH_ASSIGN(const workspace::Workspace filled, demo::filledTemplate(name, folder, values));
        return call(filled, connection, token);
    });
    deliver(row.task, this, [this, number, template_ = name(), token = row.task.stop.get_token()](const Result<fleet::ConnectionCheck> &check) {
        if (token.stop_requested() || template_ != name() || number >= m_rows.size())
            return; // what it is about has changed
        Label *told = m_rows[number].told;
        told->setInk(check ? &Tokens::ok : &Tokens::bad);
        told->setText(check ? check->finding : check.error().text());
    });
}

void TemplateSheet::create() {
    if (m_writing.isRunning())
        return;
    const QString folder = m_folder->text().trimmed();
    if (folder.isEmpty() || !QDir::isAbsolutePath(folder))
        return tell(tr("Name the folder with its whole path."), true);
    tell(tr("Writing…"), false);
    m_writing = startTask<QString>(*m_calls.pool, [name = name(), folder, values = values()](std::stop_token) { return demo::writeWorkspaceTemplate(name, folder, values); });
    deliver(m_writing, this, [this](const Result<QString> &file) {
        if (!file)
            return tell(file.error().text(), true);
        Q_EMIT created(*file);
        accept();
    });
}

void TemplateSheet::tell(const QString &text, bool bad) {
    m_told->setInk(bad ? &Tokens::bad : &Tokens::t2);
    m_told->setText(text);
    m_told->setVisible(!text.isEmpty());
}

} // namespace pilothouse::console
