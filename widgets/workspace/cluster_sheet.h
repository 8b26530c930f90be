// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/cluster_look.h"
#include "widgets/base/cells.h"
#include "widgets/base/panel.h"

#include <QDialog>

class QLineEdit;

namespace pilothouse::ui {

class Button;
class Card;
class KeyValues;
class Table;

/// Rights by verb and resource, one column a namespace.
class RightsModel : public RowsModelBase {
    Q_OBJECT
public:
    explicit RightsModel(QObject *parent = nullptr) : RowsModelBase(parent) {}
    void setRights(fleet::ClusterRights rights);
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    fleet::ClusterRights m_rights;
};

/// What the sheet asks, each on a pool thread; tests give their own.
struct ClusterCalls {
    QThreadPool *pool = nullptr;
    std::function<Result<std::optional<fleet::ClusterProgram>>()> program;
    std::function<Result<fleet::ClusterRights>(const QStringList &spaces, bool again, std::stop_token)> rights;
    std::function<Result<QString>(const QString &digest)> trust; ///< lets the program that was seen run: an operation; gives its id
};
ClusterCalls clusterCallsOf(fleet::Fleet &fleet, const QString &connection);

/// A cluster's connection: the program of its kubeconfig, which a person lets run here, who we are there, and what we may do in which namespace.
/// Opened, never exec'ed; deletes itself when closed.
class ClusterSheet : public QDialog {
    Q_OBJECT
public:
    ClusterSheet(const QString &connection, ClusterCalls calls, QWidget *window);
    ~ClusterSheet() override;

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void readProgram();
    void readRights(bool again);
    void trust();

    ClusterCalls m_calls;
    Task<std::optional<fleet::ClusterProgram>> m_reading;
    Task<fleet::ClusterRights> m_asking;
    Task<QString> m_trusting;
    bool m_mayRun = false; ///< no program, or one that may run
    RightsModel *m_model;
    Table *m_table;
    Card *m_program, *m_rights;
    KeyValues *m_facts;
    QLineEdit *m_spaces;
    Label *m_told;
    Button *m_trust, *m_again;
    QString m_seen; ///< digest of the program that is shown
};

} // namespace pilothouse::ui
