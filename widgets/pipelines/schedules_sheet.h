// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/pipeline_feed.h"
#include "core/operations/operation.h"
#include "widgets/base/panel.h"

#include <QDialog>

class QLineEdit;

namespace pilothouse::ui {

class Button;
class Card;
class CheckBox;
class Choice;
class Field;
class KeyValues;
class Label;
class ParameterForm;
class ScheduleModel;
class Table;

/// Everything that starts by itself, in all systems: switched, made and removed, each as an operation with its undo. Adds the commands "schedule.switch", "schedule.remove" and
/// "schedule.create". Opened, never exec'ed; deletes itself when closed.
class SchedulesSheet : public QDialog {
    Q_OBJECT
public:
    SchedulesSheet(const PanelContext &context, QWidget *over, std::shared_ptr<const fleet::PipelinesState> state);
    ~SchedulesSheet() override;
    void setState(std::shared_ptr<const fleet::PipelinesState> state);
    void reject() override; ///< not while something is being sent

Q_SIGNALS:
    void changed(const QString &connection);

private:
    const pipelines::Schedule *schedule(const QString &id) const;
    QWidget *buildMake();
    void addActions();
    void showChosen();
    void showForm();
    QString makeLacking() const;
    Result<pipelines::ScheduleRequest> made() const;
    /// @param made  gets the id of a new schedule, which is shown then; may be null
    void run(const operations::Operation &operation, const QString &connection, std::shared_ptr<QString> made = nullptr);
    void tell(const QString &text, bool good);
    PanelContext m_context;
    std::shared_ptr<const fleet::PipelinesState> m_state;
    ScheduleModel *m_model;
    Table *m_table;
    Card *m_card, *m_makeCard;
    KeyValues *m_facts;
    Label *m_told;
    Button *m_switch, *m_remove, *m_create;
    Choice *m_pipeline = nullptr, *m_form = nullptr;
    QLineEdit *m_when, *m_name, *m_experiment;
    CheckBox *m_catchUp, *m_on;
    Choice *m_most;
    ParameterForm *m_parameters;
    Task<pipelines::StartForm> m_reading;
    Task<operations::OperationOutcome> m_running;
    QString m_formOf; ///< pipeline whose form is here
    QString m_wanted; ///< just made: chosen as soon as it is in the table
};

SchedulesSheet *openSchedulesSheet(const PanelContext &context, QWidget *over, std::shared_ptr<const fleet::PipelinesState> state, std::function<void(const QString &connection)> changed);

} // namespace pilothouse::ui
