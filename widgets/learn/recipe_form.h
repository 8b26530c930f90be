// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/new_model.h"
#include "widgets/base/panel.h"

#include <QTimer>

class QPlainTextEdit;
class QVBoxLayout;

namespace pilothouse::ui {

class Button;
class Card;
class CheckBox;
class Choice;
class Field;
class Label;

/// The left side of Train: a model of the workspace or a data file, the recipe as text with its mistakes named while one
/// types, why it was proposed so, and the button.
class RecipeForm : public QWidget {
    Q_OBJECT
public:
    explicit RecipeForm(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot);
    void chooseModel(const QString &model);
    /// Asks for a data file and proposes a recipe from its schema.
    void openData();
    void proposeFrom(const QString &dataFile, const QString &target = {});
    QString model() const;
    bool hasDraft() const { return !m_draft.yaml.isEmpty(); }
    const fleet::RecipeDraft &draft() const { return m_draft; }
    /// Why training cannot start now; empty: it can.
    QString blockedReason() const;
    /// Saves the recipe (and a new model's entry) and starts the training.
    void train();

Q_SIGNALS:
    void modelChosen(const QString &model);
    void started(const QString &jobId);
    void changed(); ///< blockedReason may differ

private:
    void setDraft(const fleet::RecipeDraft &draft);
    void check();
    void loadModel(const QString &model);

    PanelContext m_context;
    fleet::RecipeDraft m_draft;
    workspace::Role m_role = workspace::Role::Viewer;
    QString m_dataFile, m_problem;
    Task<fleet::RecipeDraft> m_task;
    struct Saved {};
    Task<Saved> m_saving;
    QTimer m_checkSoon;
    Card *m_card;
    Choice *m_models, *m_target;
    Field *m_targetField, *m_recipeField;
    QPlainTextEdit *m_text;
    Label *m_why;
    CheckBox *m_register;
    Button *m_open, *m_train;
};

} // namespace pilothouse::ui
