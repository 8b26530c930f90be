// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/connections.h"
#include "widgets/base/panel.h"
#include "widgets/workspace/connection_model.h"

#include <QHash>

#include <map>

class QLineEdit;
class QVBoxLayout;

namespace pilothouse::ui {

class Button;
class Card;
class CheckBox;
class Choice;
class Field;
class KeyValues;
class Label;
class PanelState;
class Table;

/// Connections (board 09): what the workspace names, whether it answers, and one form to add another.
class ConnectionsPanel : public Panel {
    Q_OBJECT
public:
    explicit ConnectionsPanel(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &) const override;
    QWidget *firstFocus() override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void addActions();
    QWidget *buildForm();
    QLayout *buildFormEnd();
    QWidget *buildDetail();
    QString kind() const; ///< chosen in the form
    void showDetail();
    void showLines();
    void look(const QString &name);
    void save();
    QString formProblem() const;
    void buildKeys();      ///< the fields of the chosen kind
    void showFields();
    void readContexts();   ///< of the kubeconfig that is named
    void tryOut();
    QVariantMap formEntry() const; ///< as it stands in the workspace file

    fleet::Snapshot m_snapshot;
    QHash<QString, ConnectionLine> m_found;
    QHash<QString, Task<fleet::ConnectionCheck>> m_tasks;
    struct Saved {};
    Task<Saved> m_saving;
    ConnectionModel *m_model;
    Table *m_table;
    Card *m_card, *m_form, *m_detail;
    Label *m_note;
    KeyValues *m_facts;
    Task<fleet::ConnectionCheck> m_trying;
    Task<QStringList> m_contextTask;
    QString m_contextsOf; ///< the text whose contexts m_contexts offers
    std::map<QString, QWidget *> m_keys; ///< of the chosen kind, by key
    QVBoxLayout *m_keysBox;
    QLineEdit *m_name, *m_where, *m_user, *m_secretName, *m_secret;
    Choice *m_contexts;
    CheckBox *m_import;
    Choice *m_kind;
    Field *m_whereField, *m_userField, *m_secretNameField, *m_secretField, *m_contextField;
    Label *m_problem;
    Button *m_save, *m_try, *m_signIn, *m_rights;
    std::vector<Button *> m_buttons;
};

} // namespace pilothouse::ui
