// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/rollouts/apply_run.h"
#include "widgets/base/card.h"
#include "widgets/base/panel.h"

#include <QDialog>
#include <QTimer>

#include <mutex>

class QLineEdit;

namespace pilothouse::ui {

class ApplyModel;
class Button;
class CheckBox;
class Choice;
class DiffView;
class ProgressBar;
class Table;

/// A folder of manifests, or a Git revision of it, applied to a cluster: what the server would do as a difference of each object, then as one operation, watched to the
/// end of its rollouts, and taken back. What is sent is the very plan that is shown; its guards refuse it where the cluster went on meanwhile.
/// The commands "rollouts.applyRun" and "rollouts.applyUndo" stand in it; its owner gives them to the catalogue. Opened, never exec'ed; deletes itself when closed.
class ApplySheet : public QDialog {
    Q_OBJECT
public:
    /// @param connection  of kind kubernetes; empty: the first   @param panel  with which it goes: what the context names lives as long
    ApplySheet(const PanelContext &context, const QString &connection, QWidget *panel);
    ~ApplySheet() override;

    struct Wish {
        QString connection, folder, revision, space;
        QStringList images;
        bool deep = false, prune = false, force = false;
        bool operator==(const Wish &) const = default;
    };
    Wish wish() const;         ///< what the fields say
    void setFolder(const QString &folder);
    void plan();               ///< asks the server; blocking nothing
    void showPlan(const rollouts::ApplyPlan &plan);
    void showFailure(const Error &error);
    QString lacking() const;   ///< why it cannot be applied now; empty: it can
    void applyIt();            ///< what the command does
    QString undoable() const;  ///< the operation that can be taken back; empty: none
    void undoIt();
    QString setName() const { return m_plan ? m_plan->set : QString(); }
    ScreenState::Kind shown() const { return m_state->kind(); }

private:
    struct Planned {
        std::shared_ptr<const cluster::KubeApi> api;
        rollouts::ApplyPlan plan;
    };
    struct Ran {
        operations::OperationOutcome outcome;
        QString left;                       ///< what a failure left
        std::vector<rollouts::RolledOut> rollouts;
        std::optional<Error> watchError;
    };
    struct Inbox { ///< of the pool's thread
        std::mutex lock;
        rollouts::ApplyProgress newest;
        bool fresh = false;
    };
    QWidget *buildForm();
    QWidget *buildPlan();
    QWidget *buildButtons();
    void chooseFolder();
    void wishChanged();
    void refresh();
    void tell(const QString &text, Ink ink);
    void ran(const Result<Ran> &result);
    void takeProgress();

    PanelContext m_context;
    std::shared_ptr<const cluster::KubeApi> m_api;
    std::optional<rollouts::ApplyPlan> m_plan;
    Wish m_planned; ///< what m_plan is of
    QString m_operation;
    bool m_undone = false;
    Task<Planned> m_planning;
    Task<Ran> m_running;
    Task<QString> m_undoing;
    std::shared_ptr<Inbox> m_inbox = std::make_shared<Inbox>();
    QTimer m_timer;
    Choice *m_connection;
    QLineEdit *m_folder, *m_revision, *m_space, *m_images;
    CheckBox *m_deep, *m_prune, *m_force;
    PanelState *m_state;
    ApplyModel *m_model;
    Table *m_table;
    DiffView *m_diff;
    Label *m_filled, *m_warnings, *m_counts, *m_told;
    ProgressBar *m_progress;
    Button *m_ask, *m_apply, *m_undo;
};

} // namespace pilothouse::ui
