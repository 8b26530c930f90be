// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/endpoint_sheet.h"

#include "core/base/json.h"
#include "core/fleet/connections.h"
#include "core/fleet/fleet.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/toast.h"

#include <QBoxLayout>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QShortcut>

namespace pilothouse::ui {

namespace {

const QString own = QStringLiteral("profile"); // of the protocol's choice: a request profile

/// The name in {{secret:NAME}}, the first one.
QString secretNamedIn(const QString &profile) {
    static const QRegularExpression form(QStringLiteral("\\{\\{secret:([^}]+)\\}\\}"));
    return form.match(profile).captured(1).trimmed();
}

} // namespace

EndpointSheet::EndpointSheet(const PanelContext &context, const QString &model, int version, QWidget *window)
    : QDialog(window), m_context(context), m_model(model), m_version(version), m_url(new QLineEdit), m_secretName(new QLineEdit), m_secret(new QLineEdit), m_protocol(new Choice),
      m_profile(new QPlainTextEdit), m_told(new Label({}, TextRole::Second, &Tokens::t2)), m_propose(new Button(tr("Read /openapi.json"))), m_try(new Button(tr("Try a typical row"))),
      m_save(new Button(tr("Use this endpoint"), ButtonKind::Primary)) {
    setObjectName(QStringLiteral("endpointSheet"));
    setWindowTitle(tr("Endpoint of %1").arg(model));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    column->addWidget(new Label(windowTitle(), TextRole::Screen));
    m_url->setObjectName(QStringLiteral("endpointUrl"));
    m_url->setPlaceholderText(QStringLiteral("http://inference.example:8000"));
    m_urlField = new Field(tr("Address"), m_url);
    column->addWidget(m_urlField);
    m_protocol->setObjectName(QStringLiteral("endpointProtocol"));
    m_protocol->addItem(tr("POST /predict, rows by names"), QStringLiteral("rest"));
    m_protocol->addItem(QStringLiteral("KServe V1"), QStringLiteral("kserve-v1"));
    m_protocol->addItem(QStringLiteral("KServe V2"), QStringLiteral("kserve-v2"));
    m_protocol->addItem(tr("A request profile of its own"), own);
    auto *how = new QHBoxLayout;
    how->setSpacing(8);
    how->addWidget(new Field(tr("How it is asked"), m_protocol), 1);
    m_propose->setObjectName(QStringLiteral("endpointPropose"));
    how->addWidget(m_propose, 0, Qt::AlignBottom);
    column->addLayout(how);
    m_profile->setObjectName(QStringLiteral("endpointProfile"));
    m_profile->setFont(Theme::of(this).font(TextRole::Mono));
    m_profile->setTabChangesFocus(true);
    m_profile->setMinimumHeight(Theme::of(this).px(180));
    m_profileField = new Field(tr("Request profile"), m_profile, tr("Places: {{row}} {{values}} {{rows}} {{named_rows}} {{tensors}} {{input:NAME}}"));
    column->addWidget(m_profileField, 1);
    m_secretName->setObjectName(QStringLiteral("endpointSecretName"));
    m_secret->setObjectName(QStringLiteral("endpointSecret"));
    m_secret->setEchoMode(QLineEdit::Password);
    auto *secrets = new QHBoxLayout;
    secrets->setSpacing(8);
    secrets->addWidget(new Field(tr("Secret, by name"), m_secretName, tr("Of the login, or the API key.")), 1);
    secrets->addWidget(new Field(tr("Its value"), m_secret, tr("Goes to the keychain; empty keeps what is there.")), 1);
    column->addLayout(secrets);
    m_told->setObjectName(QStringLiteral("endpointTold"));
    m_told->setWordWrap(true);
    column->addWidget(m_told);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_save->setObjectName(QStringLiteral("endpointSave"));
    m_save->setHint(QStringLiteral("Ctrl ↵"));
    m_try->setObjectName(QStringLiteral("endpointTry"));
    auto *leave = new Button(tr("Cancel"), ButtonKind::Ghost);
    for (Button *button : {m_save, m_try, leave}) {
        button->setPixelHeight(32);
        row->addWidget(button);
    }
    row->addStretch(1);
    column->addLayout(row);
    setMinimumWidth(Theme::of(this).px(560));
    if (const workspace::Model *declared = m_context.fleet->services()->workspace.model(model)) {
        m_url->setText(declared->endpoint.url);
        m_protocol->setCurrentIndex(qMax(0, m_protocol->findData(declared->endpoint.protocol)));
        m_secretName->setText(declared->endpoint.secret);
        if (!declared->endpoint.profile.isEmpty()) {
            m_protocol->setCurrentIndex(m_protocol->findData(own));
            const auto task = startTask<fleet::ModelEndpoint>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), model](std::stop_token) { return fleet::endpointOf(*services, model); });
            deliver(task, this, [this](const Result<fleet::ModelEndpoint> &named) {
                if (!named)
                    tell(named.error().text(), false);
                else if (m_profile->toPlainText().isEmpty())
                    m_profile->setPlainText(QString::fromUtf8(prettyJson(named->profile.toJson())));
            });
        }
    }
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_propose, &QAbstractButton::clicked, this, &EndpointSheet::propose);
    connect(m_try, &QAbstractButton::clicked, this, &EndpointSheet::tryIt);
    connect(m_save, &QAbstractButton::clicked, this, &EndpointSheet::save);
    connect(m_url, &QLineEdit::textChanged, this, &EndpointSheet::refresh);
    connect(m_profile, &QPlainTextEdit::textChanged, this, [this] {
        if (const QString named = secretNamedIn(m_profile->toPlainText()); !named.isEmpty())
            m_secretName->setText(named);
        refresh();
    });
    connect(m_protocol, &QComboBox::currentIndexChanged, this, &EndpointSheet::refresh);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, m_save, &QAbstractButton::click);
    refresh();
    m_url->setFocus();
}

QString EndpointSheet::protocol() const { return m_protocol->currentData().toString(); }

Result<fleet::EndpointChoice> EndpointSheet::choice() const {
    fleet::EndpointChoice choice{m_url->text().trimmed(), protocol(), m_secretName->text().trimmed(), {}};
    if (choice.protocol != own)
        return choice;
    const QString text = m_profile->toPlainText();
    PH_ASSIGN(const QJsonObject object, parseJsonObject(text.toUtf8(), tr("Request profile")));
    PH_ASSIGN(choice.profile, serving::RequestProfile::fromJson(object, tr("Request profile")));
    choice.protocol.clear();
    if (secretNamedIn(text) == choice.secret) // of the login, not an API key
        choice.secret.clear();
    return choice;
}

void EndpointSheet::tell(const QString &text, bool good) {
    m_told->setInk(good ? &Tokens::t2 : &Tokens::bad);
    m_told->setText(text);
}

void EndpointSheet::refresh() {
    if (m_profileField->isHidden() == (protocol() == own)) {
        m_profileField->setVisible(protocol() == own);
        adjustSize();
    }
    const QString busy = m_proposing.isRunning() || m_trying.isRunning() || m_saving.isRunning() ? tr("Wait for the answer.") : QString();
    const QString nowhere = m_url->text().trimmed().isEmpty() ? tr("Give its address.") : QString();
    QString wrong;
    if (nowhere.isEmpty())
        if (const auto now = choice(); !now)
            wrong = now.error().text();
    m_profileField->setError(m_profile->toPlainText().isEmpty() ? QString() : wrong);
    m_propose->setBlocked(busy.isEmpty() ? nowhere : busy);
    const QString common = !busy.isEmpty() ? busy : !nowhere.isEmpty() ? nowhere : wrong;
    m_save->setBlocked(common);
    m_try->setBlocked(common.isEmpty() && m_version == 0 ? tr("No version is there yet whose inputs could be sent.") : common);
}

void EndpointSheet::propose() {
    m_proposing = startTask<serving::RequestProfile>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), url = m_url->text().trimmed()](std::stop_token token) {
        return fleet::proposedProfile(*services->http, url, token);
    });
    tell(tr("Reading /openapi.json …"), true);
    refresh();
    deliver(m_proposing, this, [this](const Result<serving::RequestProfile> &proposed) {
        if (proposed) {
            m_protocol->setCurrentIndex(m_protocol->findData(own));
            m_profile->setPlainText(QString::fromUtf8(prettyJson(proposed->toJson())));
            tell(proposed->login ? tr("Proposed from /openapi.json, with its login: fill in the user, and the secret below.") : tr("Proposed from /openapi.json. Try it before it is used."), true);
        } else {
            tell(proposed.error().text(), false);
        }
        refresh();
    });
}

void EndpointSheet::tryIt() {
    const auto chosen = choice();
    if (!chosen)
        return tell(chosen.error().text(), false);
    struct Given { // a value that is not in the keychain yet is used for this call only
        QString name, value;
    };
    m_trying = startTask<fleet::WhatIfAnswer>(
        m_context.fleet->pools().waiting,
        [services = m_context.fleet->services(), model = m_model, version = m_version, chosen = *chosen, given = Given{m_secretName->text().trimmed(), m_secret->text()}](std::stop_token token) -> Result<fleet::WhatIfAnswer> {
            fleet::Services with = *services;
            if (!given.value.isEmpty())
                with.secrets = secrets::chainedStore({secrets::memoryStore({{given.name, given.value}}), services->secrets});
            PH_ASSIGN(const auto form, fleet::openWhatIf(with, model, version));
            PH_ASSIGN(const auto endpoint, fleet::endpointOf(with, model, chosen));
            std::vector<fleet::WhatIfValue> row;
            for (const fleet::WhatIfInput &input : form.inputs)
                row.push_back(input.input.type == data::ColumnType::Category ? fleet::WhatIfValue{{}, input.typicalCategory} : fleet::WhatIfValue{input.typical, {}});
            return fleet::ask(endpoint, form.signature, {row}, token);
        });
    tell(tr("Asking …"), true);
    refresh();
    deliver(m_trying, this, [this](const Result<fleet::WhatIfAnswer> &answer) {
        if (answer)
            tell(tr("It answers %1 in %2 ms%3.").arg(answer->labels.empty() ? number(answer->values.front(), 4) : answer->labels.front(), number(answer->milliseconds, 2),
                                                     answer->version.isEmpty() ? QString() : tr(", version %1").arg(answer->version)),
                 true);
        else if (answer.error().kind != ErrorKind::Cancelled)
            tell(answer.error().text(), false);
        refresh();
    });
}

void EndpointSheet::save() {
    const auto chosen = choice();
    if (!chosen)
        return tell(chosen.error().text(), false);
    m_saving = startTask<Nothing>(m_context.fleet->pools().waiting,
                                  [services = m_context.fleet->services(), model = m_model, chosen = *chosen, name = m_secretName->text().trimmed(), value = m_secret->text()](std::stop_token) -> Result<Nothing> {
                                      PH_ASSIGN(auto operation, fleet::setEndpoint(services->workspace.file, model, chosen));
                                      if (!value.isEmpty())
                                          fleet::storeSecretFirst(operation, services->secrets, name, value);
                                      PH_TRY(services->operations->runWhole(operation)); // half of it would be a profile that nobody names
                                      return Nothing{};
                                  });
    refresh();
    deliver(m_saving, this, [this](const Result<Nothing> &saved) {
        if (!saved) {
            tell(saved.error().text(), false);
            return refresh();
        }
        m_context.toasts->show(State::Ok, tr("%1 is asked at %2").arg(m_model, m_url->text().trimmed()), tr("The workspace file is read again."));
        accept();
    });
}

} // namespace pilothouse::ui
