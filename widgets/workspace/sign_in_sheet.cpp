// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workspace/sign_in_sheet.h"

#include "core/fleet/directory_login.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/sheet_size.h"

#include <QBoxLayout>
#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QLocale>
#include <QUrl>

namespace pilothouse::ui {

SignInCalls signInCallsOf(fleet::Fleet &fleet, const QString &connection) {
    const auto services = fleet.services();
    SignInCalls out;
    out.pool = &fleet.pools().waiting;
    out.secret = fleet::signInSecret(services->workspace.connections.value(connection));
    out.begin = [services, connection] { return fleet::beginSignIn(*services, connection); };
    out.finish = [services, connection](const net::DeviceCode &code, std::stop_token token) { return fleet::finishSignIn(*services, connection, code, token); };
    return out;
}

SignInSheet::SignInSheet(const QString &connection, SignInCalls calls, QWidget *window)
    : QDialog(window), m_calls(std::move(calls)), m_card(new Card(tr("Your code"))), m_code(new Label({}, TextRole::Answer)), m_facts(new KeyValues), m_told(new Label({}, TextRole::Second, &Tokens::t2)),
      m_copy(new Button(tr("Copy the code"))), m_open(new Button(tr("Open the page"), ButtonKind::Primary)), m_again(new Button(tr("Begin again"), ButtonKind::Primary)), m_leave(new Button(tr("Close"), ButtonKind::Ghost)) {
    setObjectName(QStringLiteral("signInSheet"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Sign in: %1").arg(connection));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    column->addWidget(new Label(windowTitle(), TextRole::Screen));
    auto *how = new Label(tr("Open the page, type the code there and sign in with your account of the directory. This window notices by itself."), TextRole::Body, &Tokens::t2);
    how->setWordWrap(true);
    column->addWidget(how);
    m_code->setObjectName(QStringLiteral("signInCode"));
    m_code->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_code->setAccessibleName(tr("Code to type on the page"));
    m_facts->setObjectName(QStringLiteral("signInFacts"));
    m_facts->setKeyWidth(90);
    auto *body = m_card->bodyLayout(12, 10);
    body->addWidget(m_code);
    body->addWidget(m_facts);
    body->addStretch(1);
    column->addWidget(m_card, 1);
    m_told->setObjectName(QStringLiteral("signInTold"));
    m_told->setWordWrap(true);
    column->addWidget(m_told);
    m_copy->setObjectName(QStringLiteral("signInCopy"));
    m_open->setObjectName(QStringLiteral("signInOpen"));
    m_again->setObjectName(QStringLiteral("signInAgain"));
    m_leave->setObjectName(QStringLiteral("signInClose"));
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (Button *button : {m_open, m_again, m_copy, m_leave}) {
        button->setPixelHeight(32);
        buttons->addWidget(button);
    }
    buttons->addStretch(1);
    column->addLayout(buttons);
    resize(sheetSize(window, 500, 350));
    connect(m_leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_again, &QAbstractButton::clicked, this, &SignInSheet::begin);
    connect(m_copy, &QAbstractButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_code->text());
        m_copy->setText(tr("Copied"));
    });
    connect(m_open, &QAbstractButton::clicked, this, [this] {
        if (!QDesktopServices::openUrl(QUrl(m_page)))
            tell(tr("No browser could be opened. Open the address by hand, on any machine."), &Tokens::bad);
    });
    begin();
}

SignInSheet::~SignInSheet() {
    m_beginning.stop.request_stop();
    m_waiting.stop.request_stop();
}

void SignInSheet::tell(const QString &text, Ink ink) {
    m_told->setInk(ink);
    m_told->setText(text);
    m_told->setVisible(!text.isEmpty());
}

void SignInSheet::begin() {
    m_page.clear();
    m_code->setText({});
    m_facts->setRows({});
    for (Button *button : {m_copy, m_open, m_again})
        button->hide();
    m_copy->setText(tr("Copy the code"));
    m_card->showState(ScreenState::loading());
    tell(tr("The directory is asked for a code …"), &Tokens::t2);
    m_beginning = startTask<net::DeviceCode>(*m_calls.pool, [begin = m_calls.begin](std::stop_token) { return begin(); });
    deliver(m_beginning, this, [this](const Result<net::DeviceCode> &code) { code ? await(*code) : showFailure(code.error()); });
}

void SignInSheet::await(const net::DeviceCode &code) {
    m_card->showState(ScreenState::full());
    m_code->setText(code.userCode);
    m_facts->setRows({{tr("Page"), code.page, true}, {tr("Good until"), QLocale().toString(shownTime(code.until).time(), QStringLiteral("HH:mm"))}, {tr("Kept as"), m_calls.secret, true}});
    m_page = net::isSafeForSecrets(code.page) ? code.page : QString(); // what a directory names is opened only where nobody listens in
    m_copy->show();
    m_open->setVisible(!m_page.isEmpty());
    m_page.isEmpty() ? m_copy->setFocus() : m_open->setFocus();
    tell(tr("Waits until you have signed in."), &Tokens::t2);
    m_waiting = startTask<QString>(*m_calls.pool, [finish = m_calls.finish, code](std::stop_token token) { return finish(code, token); });
    deliver(m_waiting, this, [this](const Result<QString> &kept) {
        if (!kept)
            return showFailure(kept.error());
        m_card->showState(ScreenState::full());
        for (Button *button : {m_copy, m_open, m_again})
            button->hide();
        m_code->setText(tr("Signed in"));
        m_facts->setRows({{tr("Kept as"), m_calls.secret, true}});
        tell(tr("The connection uses it from now on; it is renewed by itself."), &Tokens::ok);
        m_leave->setFocus();
        Q_EMIT signedIn();
    });
}

/// A code that has run out, or was declined, is of no use any more: another one is offered.
void SignInSheet::showFailure(const Error &error) {
    if (error.kind == ErrorKind::Cancelled)
        return;
    m_page.clear();
    m_code->setText({});
    m_card->showState(ScreenState::failed(error));
    for (Button *button : {m_copy, m_open})
        button->hide();
    m_again->show();
    m_again->setFocus();
    tell({}, &Tokens::t2);
}

} // namespace pilothouse::ui
