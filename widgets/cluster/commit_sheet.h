// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/cluster/followed_folder.h"
#include "core/cluster/manifest_images.h"
#include "core/rollouts/gitops_commit.h"
#include "widgets/base/card.h"
#include "widgets/base/panel.h"

#include <QDialog>

class QGridLayout;
class QLineEdit;

namespace pilothouse::ui {

class Button;
class Choice;
class DiffView;

/// What is known of an object that a commit is to change.
struct CommitSubject {
    QString connection, space, kind, name; ///< connection: of kind kubernetes
    std::optional<cluster::Manager> manager;
    std::vector<cluster::ContainerImage> containers; ///< with the images that run
    std::optional<int> replicas;
    std::optional<cluster::FollowedFolder> follows;
    QString repository; ///< the workspace's connection to what is followed; empty: none
};

/// A change of an object that a GitOps controller keeps, as a commit: its manifest is changed in place on a branch, which is pushed; the page of the pull request is
/// told. A change of the cluster itself would be put back, which the sheet says with the tool and its application.
/// The commands "rollouts.commitRun" and "rollouts.commitUndo" stand in it; its owner gives them to the catalogue. Opened, never exec'ed; deletes itself when closed.
class CommitSheet : public QDialog {
    Q_OBJECT
public:
    /// @param argument  "connection|namespace|kind/name"   @param panel  with which it goes: what the context names lives as long
    CommitSheet(const PanelContext &context, const QString &argument, QWidget *panel);
    ~CommitSheet() override;
    void showSubject(const CommitSubject &subject);
    void plan();
    void showPlan(const rollouts::GitOpsChange &change);
    void showFailure(const Error &error);
    QString lacking() const;
    void commitIt();
    QString undoable() const; ///< the operation that can be taken back; empty: none
    void undoIt();
    QString pullable() const; ///< the connection of kind github by which the commit's branch gets a pull request now; empty: it has one, or there is no such connection
    void openPull();
    QString connectionName() const; ///< of the repository; empty: a folder of this machine
    QString target() const { return m_target; } ///< "deployment/web", as Operation::object
    ScreenState::Kind shown() const { return m_state->kind(); }

private:
    struct Wish {
        QString repository, folder, branch;
        cluster::ManifestEdit edit;
    };
    struct Planned {
        rollouts::GitOpsSource source;
        rollouts::GitOpsChange change;
        QString pulls; ///< connection of kind github that has the repository; empty: none
    };
    Result<Wish> wish() const;
    QString wishText() const; ///< of all fields, to see whether they changed
    QWidget *buildForm();
    QWidget *buildPlan();
    QWidget *buildButtons();
    QLineEdit *line(QGridLayout *grid, const char *name, int row, int at, int span, const QString &label, const QString &placeholder, const QString &tip = {});
    void look();
    void wishChanged();
    void refresh();
    void tell(const QString &text, Ink ink);

    PanelContext m_context;
    QString m_cluster, m_space, m_target, m_operation, m_plannedOf, m_pulled; ///< pulled: the page of the pull request
    bool m_undone = false;
    std::optional<CommitSubject> m_subject;
    std::optional<Planned> m_plan;
    Task<CommitSubject> m_looking;
    Task<Planned> m_planning;
    Task<QString> m_committing, m_undoing, m_pulling;
    Label *m_manager, *m_told;
    Choice *m_container;
    QLineEdit *m_repository, *m_folder, *m_branch, *m_image, *m_replicas, *m_variables, *m_requests, *m_limits;
    PanelState *m_state;
    KeyValues *m_facts;
    DiffView *m_diff;
    Button *m_ask, *m_commit, *m_undo, *m_page, *m_pull;
};

} // namespace pilothouse::ui
