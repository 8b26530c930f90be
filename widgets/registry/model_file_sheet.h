// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/model_file.h"
#include "core/workspace/workspace.h"
#include "widgets/base/card.h"
#include "widgets/base/panel.h"

#include <QDialog>

#include <optional>

class QLineEdit;
class QPlainTextEdit;

namespace pilothouse::ui {

class Button;
class Field;
class ImportForm;

/// What a model file says of itself, and what can be done with it: a pickle, which is never loaded, is scored by a command that can be copied;
/// XGBoost's files and TorchScript are imported, as a job of the window. The file is looked at by `pilot`, on a pool thread. Opened, never
/// exec'ed; deletes itself when closed.
class ModelFileSheet : public QDialog {
    Q_OBJECT
public:
    /// @param role   whose rights an import needs
    /// @param panel  with which it goes: what the context names lives as long
    ModelFileSheet(const PanelContext &context, const QString &file, workspace::Role role, QWidget *panel);
    ~ModelFileSheet() override;
    void showFile(const fleet::ModelFile &file);
    void showFailure(const Error &error);
    ScreenState::Kind shown() const { return m_state->kind(); }

private:
    QWidget *buildBody();
    void look();
    void showPickle(const artifact::PickleFacts &pickle);
    void showOther(const fleet::ModelFile &file);
    void refresh();
    void tell(const QString &text, bool good);
    void importIt();
    void imported(const fleet::Job &job);

    PanelContext m_context;
    QString m_path, m_job;
    workspace::Role m_role;
    std::optional<fleet::ModelFile> m_file;
    Task<fleet::ModelFile> m_looking;
    PanelState *m_state;
    KeyValues *m_facts;
    Label *m_danger, *m_why, *m_ways, *m_told;
    QPlainTextEdit *m_names;
    QLineEdit *m_command;
    Field *m_namesField, *m_commandField;
    ImportForm *m_form;
    Button *m_import, *m_copy;
};

} // namespace pilothouse::ui
