// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/demo/workspace_template.h"
#include "core/fleet/connections.h"

#include <QDialog>
#include <QMap>

#include <functional>

class QLineEdit;
class QVBoxLayout;

namespace pilothouse::ui {
class Button;
class Choice;
class Label;
} // namespace pilothouse::ui

namespace pilothouse::console {

/// What the sheet asks, on a pool thread; tests give their own.
struct TemplateCalls {
    QThreadPool *pool = nullptr;
    std::function<Result<fleet::ConnectionCheck>(const workspace::Workspace &workspace, const QString &connection, std::stop_token)> test;
};
TemplateCalls templateCallsOf(QThreadPool &pool);

/// A new workspace from the template of a reference system: choose one, fill in addresses and names of secrets with each connection tested beside its fields, write, open.
/// Opened, never exec'ed; deletes itself when closed.
class TemplateSheet : public QDialog {
    Q_OBJECT
public:
    TemplateSheet(TemplateCalls calls, QWidget *window);
    ~TemplateSheet() override;
    void choose(const QString &name); ///< a template

Q_SIGNALS:
    void created(const QString &file);

private:
    struct Row {
        QString connection;
        ui::Button *test = nullptr;
        ui::Label *told = nullptr;
        Task<fleet::ConnectionCheck> task;
    };
    void build();
    void showFields();
    void addConnection(const std::vector<demo::TemplateField> &fields);
    QMap<QString, QString> values() const; ///< those that differ from the template's
    QString name() const;
    void test(std::size_t row);
    void create();
    void tell(const QString &text, bool bad);
    TemplateCalls m_calls;
    ui::Choice *m_template;
    ui::Label *m_about, *m_told;
    QLineEdit *m_folder;
    QWidget *m_body = nullptr;
    QVBoxLayout *m_place = nullptr;
    ui::Button *m_all, *m_create;
    std::vector<std::pair<demo::TemplateField, QLineEdit *>> m_edits;
    std::vector<Row> m_rows;
    Task<QString> m_writing;
};

} // namespace pilothouse::console
