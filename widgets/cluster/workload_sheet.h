// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/cluster/workload_change.h"
#include "core/fleet/workload_feed.h"
#include "core/operations/operation.h"
#include "widgets/base/panel.h"

#include <QDialog>

class QLineEdit;
class QPlainTextEdit;
class QVBoxLayout;

namespace pilothouse::ui {

class Button;
class Choice;
class Field;
class PlanView;
class TemplateDiffView;

/// What somebody wants done to a workload.
struct WorkloadAsk {
    enum Kind { Image, Restart, Pause, Resume, Scale, Undo, Environment, Resources } kind = Restart;
    fleet::WorkloadId id;
    qint64 revision = 0; ///< of Undo; 0: the one before
    const char *operationKind() const; ///< "workload-image", as in core/operations/kinds.cpp
    QString object() const;            ///< "rollout deployment/web", as Operation::object
};

/// Asks for what a change of a workload needs, plans it against the cluster while it is written (a dry run on the server), shows plan, difference and warnings, and runs the very operation
/// that was shown by the command "workload.apply". All that asks the cluster is on a pool thread. Opened, never exec'ed; deletes itself when closed.
class WorkloadSheet : public QDialog {
    Q_OBJECT
public:
    /// @param object of the workload, as it was read last: fills the fields   @param panel with which it goes
    WorkloadSheet(const PanelContext &context, const WorkloadAsk &ask, const QJsonObject &object, QWidget *panel);
    ~WorkloadSheet() override;
    const WorkloadAsk &ask() const { return m_ask; }
    QString lacking() const; ///< why it cannot run now; empty: the plan stands
    void run();              ///< what the command does
    void reject() override;  ///< not while it is being done: what came of it must be told
    const std::optional<operations::Operation> &planned() const { return m_planned; }

Q_SIGNALS:
    void done(const QString &operation, const QString &summary);

private:
    using Build = std::function<Result<operations::Operation>(const fleet::Services &services)>;
    void addFields(QVBoxLayout *form);
    QLineEdit *addLine(QVBoxLayout *form, const QString &label, const char *name, const QString &help = {});
    void addTags(QVBoxLayout *form);
    void fill(); ///< from the chosen container
    void changed();
    void plan();
    Result<Build> build() const; ///< from the fields
    Result<cluster::Settings> variables() const;
    void show(const Result<operations::Operation> &planned);
    void tell(const QString &text, bool good);
    QString container() const;

    PanelContext m_context;
    WorkloadAsk m_ask;
    QJsonObject m_object;
    Choice *m_container = nullptr;
    QLineEdit *m_line = nullptr, *m_amounts[4] = {}; ///< amounts: cpu and memory asked for, cpu and memory at most
    QPlainTextEdit *m_variables = nullptr;
    cluster::Settings m_shownVariables;
    Label *m_told, *m_warnings;
    PlanView *m_plan;
    TemplateDiffView *m_diff;
    Button *m_go;
    QTimer m_soon;
    Task<operations::Operation> m_planning;
    Task<operations::OperationOutcome> m_running;
    std::optional<operations::Operation> m_planned;
    QString m_failure; ///< of the last run; stays beside the new plan
    int m_number = 0; ///< of what is written: a plan for something else is old
};

} // namespace pilothouse::ui
