// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/policy_trial.h"
#include "widgets/base/panel.h"

#include <QDialog>
#include <QTimer>

namespace pilothouse::ui {

class AlertDecisionModel;
class Button;
class Card;
class Choice;
class KeyValues;
class Label;
class PlotWidget;
class PolicyForm;
class SegmentedControl;
class Table;

/// The retrain policy of a model: as fields on the left, and on the right what it would have done over what is known of the past, drawn anew with every
/// change. Saved into the workspace file, as an operation with its undo. Adds the command "policy.save". Opened, never exec'ed; deletes itself when closed.
class PolicySheet : public QDialog {
    Q_OBJECT
public:
    PolicySheet(const PanelContext &context, const QString &model, QWidget *over);
    ~PolicySheet() override;
    void reject() override; ///< not while it is being saved

private:
    QWidget *buildForm();
    QWidget *buildReplay();
    void addActions();
    void readPast();
    void tryDraft();
    void showTrial(const fleet::PolicyTrial &trial);
    void drawRule();
    QString lacking() const;
    void save();
    void tell(const QString &text, bool good);
    PanelContext m_context;
    QString m_model;
    std::shared_ptr<const fleet::PolicyPast> m_past;
    std::optional<fleet::PolicyTrial> m_trial;
    QString m_wrong;      ///< a field that is no number
    bool m_stale = true;  ///< the trial is of another draft
    PolicyForm *m_form;
    Card *m_replayCard;
    SegmentedControl *m_days;
    Choice *m_rule;
    PlotWidget *m_plot;
    KeyValues *m_facts;
    AlertDecisionModel *m_turns;
    Table *m_table;
    Label *m_told;
    Button *m_save;
    QTimer m_typed; ///< until typing pauses
    Task<fleet::PolicyPast> m_reading;
    Task<fleet::PolicyTrial> m_trying;
    Task<operations::OperationOutcome> m_saving;
};

/// The command "policy.edit" with a model of the workspace as its argument; without one, that of `model`.
void addPolicyAction(const PanelContext &context, QWidget *over, std::function<QString()> model);

} // namespace pilothouse::ui
