// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/registry/registry.h"
#include "widgets/base/card.h"
#include "widgets/base/panel.h"

#include <QDialog>

class QLineEdit;

namespace pilothouse::ui {

class Button;
class Choice;
class Field;

/// What a run left becomes the next version of a registered model: which of its models, and of what. The registry is asked on a pool thread; registering is a
/// job of the window by the command "registry.registerRun", which its owner gives the catalogue. Opened, never exec'ed; deletes itself when closed.
class RegisterSheet : public QDialog {
    Q_OBJECT
public:
    /// @param connection  of the workspace, that the run is in   @param panel  with which it goes: what the context names lives as long
    RegisterSheet(const PanelContext &context, const QString &connection, const registry::Run &run, QWidget *panel);
    ~RegisterSheet() override;
    void showModels(const std::vector<registry::RunModel> &models);
    void showFailure(const Error &error);
    ScreenState::Kind shown() const { return m_state->kind(); }
    QString connectionName() const { return m_connection; }
    QString lacking() const; ///< what is missing before it can be registered; empty: nothing
    void registerIt(); ///< what the command does

Q_SIGNALS:
    void registered(const QString &model, int version, const QString &operation); ///< the registered name

private:
    void look();
    void refresh();
    void tell(const QString &text, bool good);
    void ended(const fleet::Job &job);
    QString modelName() const;
    const registry::RunModel *chosen() const;

    PanelContext m_context;
    QString m_connection, m_job;
    registry::Run m_run;
    std::vector<registry::RunModel> m_models;
    Task<std::vector<registry::RunModel>> m_looking;
    PanelState *m_state;
    KeyValues *m_facts;
    Choice *m_choice;
    QLineEdit *m_name;
    Field *m_choiceField, *m_nameField;
    Label *m_told;
    Button *m_register;
};

/// The models of the workspace that are registered there, by their registered names, the likeliest for the run first: that of its experiment.
QStringList registeredNames(const workspace::Workspace &workspace, const QString &connection, const registry::Run &run);
/// The workspace's name of what is registered there; the registered name where it has none.
QString ownModelName(const workspace::Workspace &workspace, const QString &connection, const QString &registered);

} // namespace pilothouse::ui
