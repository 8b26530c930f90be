// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/person_sign_in.h"
#include "widgets/base/panel.h"

#include <QDialog>

class QLineEdit;

namespace pilothouse::ui {

class Button;
class Card;
class KeyValues;

/// What the sheet asks, each on a pool thread: core/fleet/person_sign_in on the services of a window.
struct SignInCalls {
    QThreadPool *pool = nullptr;
    QString secret; ///< the name that the sign-in is kept under
    std::function<Result<net::DeviceCode>()> begin;
    std::function<Result<QString>(const net::DeviceCode &, std::stop_token)> finish; ///< waits for the person, keeps the token: an operation; gives its id
};
SignInCalls signInCallsOf(fleet::Fleet &fleet, const QString &connection);

/// A person signs in for a connection with `login: device`: the code and the page to type it on, until it is done, declined or run out. Closing it ends the wait.
/// The token goes into the secret store and is shown nowhere. Opened, never exec'ed; deletes itself when closed.
class SignInSheet : public QDialog {
    Q_OBJECT
public:
    SignInSheet(const QString &connection, SignInCalls calls, QWidget *window);
    ~SignInSheet() override;

Q_SIGNALS:
    void signedIn();

private:
    void begin();
    void await(const net::DeviceCode &code);
    void showFailure(const Error &error);
    void tell(const QString &text, Ink ink);

    SignInCalls m_calls;
    Task<net::DeviceCode> m_beginning;
    Task<QString> m_waiting;
    Card *m_card;
    Label *m_code;
    KeyValues *m_facts;
    QString m_page;
    Label *m_told;
    Button *m_copy, *m_open, *m_again, *m_leave;
};

} // namespace pilothouse::ui
