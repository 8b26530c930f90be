// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/parameter.h"

#include <QJsonObject>
#include <QWidget>

#include <vector>

class QVBoxLayout;

namespace pilothouse::ui {

class Field;

/// Fields for what a start or a gate asks for: a line, several lines, a choice, yes and no, a number, the name of a kept secret. The same form again keeps what was written.
class ParameterForm : public QWidget {
    Q_OBJECT
public:
    explicit ParameterForm(QWidget *parent = nullptr);
    /// @param values   to begin with, beside the defaults
    void setForm(const std::vector<pipelines::Parameter> &form, const QJsonObject &values = {});
    void setSecretNames(const QStringList &names); ///< to choose from
    const std::vector<pipelines::Parameter> &form() const { return m_form; }
    /// What differs from the defaults, or was given to begin with; of a Secret the name.
    QJsonObject values() const;
    /// Marks what cannot be sent beside its field; the first sentence, empty: it can.
    QString check();
    bool isEmpty() const { return m_form.empty(); }
    QWidget *firstEditor() const { return m_rows.empty() ? nullptr : m_rows.front().editor; }

Q_SIGNALS:
    void changed();

private:
    struct Row {
        Field *field;
        QWidget *editor;
        QJsonValue before; ///< what the field began with
    };
    void build(const QJsonObject &values);
    QJsonValue valueOf(std::size_t index) const;
    QWidget *editorOf(const pipelines::Parameter &parameter, const QJsonValue &value);
    std::vector<pipelines::Parameter> m_form;
    QStringList m_secrets;
    std::vector<Row> m_rows;
    QJsonObject m_given;
    QVBoxLayout *m_column;
};

} // namespace pilothouse::ui
