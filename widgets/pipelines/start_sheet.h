// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/operations/operation.h"
#include "core/pipelines/pipeline_service.h"
#include "widgets/base/panel.h"

#include <QDialog>
#include <QTimer>

class QLineEdit;

namespace pilothouse::ui {

class Button;
class Choice;
class Field;
class FilterEdit;
class FilterProxy;
class Label;
class List;
class ParameterForm;
class PlanView;
class PipelineListModel;

/// Chooses a pipeline, asks for what its start takes, shows what will be sent and sends that by the command "pipeline.send". The form is read from its system on a pool. Opened, never exec'ed;
/// deletes itself when closed.
class StartSheet : public QDialog {
    Q_OBJECT
public:
    StartSheet(const PanelContext &context, QWidget *over, const std::vector<pipelines::Pipeline> &pipelines, const QString &pipeline, const QJsonObject &values);
    ~StartSheet() override;
    QString lacking() const; ///< why it cannot be started now; empty: it can
    void run();
    void reject() override; ///< not while it is being sent
    const pipelines::Pipeline *pipeline() const;

Q_SIGNALS:
    void started(const QString &run);

private:
    void choose(const QString &pipeline);
    void readForm(const QString &pipeline); ///< again, where it failed
    void showForm(const Result<pipelines::StartForm> &form);
    void plan();
    pipelines::StartRequest request() const;
    void tell(const QString &text, bool good);
    PanelContext m_context;
    std::vector<pipelines::Pipeline> m_pipelines;
    QString m_pipeline;
    QJsonObject m_values; ///< to begin with
    PipelineListModel *m_model;
    FilterProxy *m_rows;
    FilterEdit *m_filter;
    List *m_list;
    Label *m_head, *m_note, *m_told;
    Choice *m_ref;
    Field *m_refField;
    QLineEdit *m_otherRef, *m_reason;
    ParameterForm *m_form;
    PlanView *m_plan;
    Button *m_go, *m_again;
    QTimer m_soon;
    Task<pipelines::StartForm> m_reading;
    int m_turn = 0; ///< of the reading that counts: an earlier one may end later
    Task<operations::OperationOutcome> m_running;
    std::optional<Result<pipelines::StartForm>> m_got;
};

/// Opens it. `started` gets the id of the run, or of its place in a queue. @param values  to begin with: "start anew with these"
StartSheet *openStartSheet(const PanelContext &context, QWidget *over, const std::vector<pipelines::Pipeline> &pipelines, const QString &pipeline, std::function<void(const QString &run)> started,
                           const QJsonObject &values = {});

} // namespace pilothouse::ui
