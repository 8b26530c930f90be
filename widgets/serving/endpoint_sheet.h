// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/what_if.h"
#include "widgets/base/panel.h"

#include <QDialog>

class QLineEdit;
class QPlainTextEdit;

namespace pilothouse::ui {

class Button;
class Choice;
class Field;
class Label;

/// Names the endpoint of a model: its address and how it wants to be asked, so that KServe, a service behind a login and our own
/// server are asked alike. /openapi.json proposes the request; Try sends a typical row before anything is saved; Save is
/// an operation with an undo. Opened, never exec'ed. Deletes itself when closed.
class EndpointSheet : public QDialog {
    Q_OBJECT
public:
    /// @param version  whose typical row is tried; 0: none is there yet
    EndpointSheet(const PanelContext &context, const QString &model, int version, QWidget *window);

private:
    struct Nothing {};
    Result<fleet::EndpointChoice> choice() const;
    QString protocol() const;
    void refresh();
    void propose();
    void tryIt();
    void save();
    void tell(const QString &text, bool good);
    PanelContext m_context;
    QString m_model;
    int m_version;
    QLineEdit *m_url, *m_secretName, *m_secret;
    Choice *m_protocol;
    QPlainTextEdit *m_profile;
    Field *m_urlField, *m_profileField;
    Label *m_told;
    Button *m_propose, *m_try, *m_save;
    Task<serving::RequestProfile> m_proposing;
    Task<fleet::WhatIfAnswer> m_trying;
    Task<Nothing> m_saving;
};

} // namespace pilothouse::ui
