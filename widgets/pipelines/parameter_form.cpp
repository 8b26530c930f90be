// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/parameter_form.h"

#include "core/pipelines/parameter_check.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"

#include <QCompleter>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace pilothouse::ui {

using pipelines::Parameter;

namespace {

const QString yes = QStringLiteral("true"), no = QStringLiteral("false");

QString textOf(const QJsonValue &value) {
    if (value.isDouble())
        return QString::number(value.toDouble(), 'g', 15);
    if (value.isArray() || value.isObject())
        return QString::fromUtf8(QJsonDocument::fromVariant(value.toVariant()).toJson(QJsonDocument::Compact));
    return value.toVariant().toString();
}

bool sameForm(const std::vector<Parameter> &a, const std::vector<Parameter> &b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Parameter &x, const Parameter &y) {
        return x.name == y.name && x.kind == y.kind && x.choices == y.choices && x.value == y.value && x.required == y.required && x.least == y.least && x.most == y.most && x.description == y.description;
    });
}

QString helpOf(const Parameter &p) {
    QStringList parts;
    if (!p.description.isEmpty())
        parts << p.description;
    if (p.kind == Parameter::Kind::Number && p.least && p.most)
        parts << ParameterForm::tr("%1 to %2").arg(textOf(*p.least), textOf(*p.most));
    else if (p.kind == Parameter::Kind::Number && p.least)
        parts << ParameterForm::tr("at least %1").arg(textOf(*p.least));
    else if (p.kind == Parameter::Kind::Number && p.most)
        parts << ParameterForm::tr("at most %1").arg(textOf(*p.most));
    if (p.kind == Parameter::Kind::Secret)
        parts << ParameterForm::tr("The name under which it is kept; its value goes from the keychain to the system, and nowhere else.");
    if (p.kind == Parameter::Kind::File)
        parts << ParameterForm::tr("A file of this machine.");
    for (qsizetype i = 0; i + 1 < parts.size(); ++i) // a system's words end as they like
        if (static const QString ends = QStringLiteral(".!?:;…"); !ends.contains(parts[i].back()))
            parts[i] += QLatin1Char('.');
    return parts.join(QLatin1Char(' '));
}

} // namespace

ParameterForm::ParameterForm(QWidget *parent) : QWidget(parent), m_column(new QVBoxLayout(this)) {
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(10);
}

void ParameterForm::setForm(const std::vector<Parameter> &form, const QJsonObject &values) {
    if (sameForm(form, m_form) && values == m_given)
        return; // what is being written stays
    m_form = form;
    m_given = values;
    build(values);
}

void ParameterForm::setSecretNames(const QStringList &names) { m_secrets = names; }

void ParameterForm::build(const QJsonObject &values) {
    for (const Row &row : m_rows)
        delete row.field;
    m_rows.clear();
    for (const Parameter &p : m_form) {
        QJsonValue value = values.contains(p.name) ? values.value(p.name) : p.kind == Parameter::Kind::Secret ? QJsonValue(QJsonValue::Undefined) : p.value;
        QWidget *editor = editorOf(p, value);
        editor->setObjectName(QStringLiteral("parameter ") + p.name);
        auto *field = new Field(p.required ? tr("%1 (required)").arg(p.name) : p.name, editor, helpOf(p));
        m_column->addWidget(field);
        m_rows.push_back({field, editor, {}});
        m_rows.back().before = valueOf(m_rows.size() - 1);
    }
    setVisible(!m_form.empty());
}

QWidget *ParameterForm::editorOf(const Parameter &p, const QJsonValue &value) {
    switch (p.kind) {
    case Parameter::Kind::Boolean: {
        auto *edit = new SegmentedControl;
        edit->setSegments({{yes, tr("yes"), State::None}, {no, tr("no"), State::None}});
        edit->setCurrent(value.toVariant().toBool() ? yes : no);
        edit->setAccessibleName(p.name);
        connect(edit, &SegmentedControl::currentChanged, this, &ParameterForm::changed);
        return edit;
    }
    case Parameter::Kind::Choice: {
        auto *edit = new Choice;
        QStringList choices = p.choices;
        if (!p.required && value.isUndefined())
            choices.prepend(QString());
        edit->setItems(choices);
        edit->setCurrentIndex(std::max(0, int(choices.indexOf(textOf(value)))));
        connect(edit, &QComboBox::currentIndexChanged, this, &ParameterForm::changed);
        return edit;
    }
    case Parameter::Kind::Lines: {
        auto *edit = new QPlainTextEdit(textOf(value));
        edit->setTabChangesFocus(true);
        edit->setFixedHeight(edit->fontMetrics().lineSpacing() * 4 + 16);
        connect(edit, &QPlainTextEdit::textChanged, this, &ParameterForm::changed);
        return edit;
    }
    default: break;
    }
    auto *edit = new QLineEdit(textOf(value));
    if (p.kind == Parameter::Kind::Secret) {
        edit->setPlaceholderText(tr("name of a secret"));
        edit->setCompleter(new QCompleter(m_secrets, edit));
    } else if (p.value.isUndefined() && !p.required) {
        edit->setPlaceholderText(tr("the system's own"));
    }
    connect(edit, &QLineEdit::textChanged, this, &ParameterForm::changed);
    return edit;
}

/// As it is written; Undefined: nothing is.
QJsonValue ParameterForm::valueOf(std::size_t index) const {
    QWidget *editor = m_rows[index].editor;
    const Parameter &p = m_form[index];
    if (const auto *choice = qobject_cast<Choice *>(editor))
        return choice->currentText().isEmpty() && !p.choices.contains(QString()) ? QJsonValue(QJsonValue::Undefined) : QJsonValue(choice->currentText());
    if (const auto *both = qobject_cast<SegmentedControl *>(editor))
        return both->current() == yes;
    const auto *lines = qobject_cast<QPlainTextEdit *>(editor);
    const QString text = lines ? lines->toPlainText() : qobject_cast<QLineEdit *>(editor)->text();
    if (text.isEmpty() && (p.kind == Parameter::Kind::Number || p.kind == Parameter::Kind::Secret || p.value.isUndefined()))
        return QJsonValue(QJsonValue::Undefined);
    if (p.kind == Parameter::Kind::Number) {
        bool good = false;
        const double number = text.trimmed().toDouble(&good);
        return good ? QJsonValue(number) : QJsonValue(text); // checkedValues() says what is wrong with it
    }
    return text;
}

QJsonObject ParameterForm::values() const {
    QJsonObject out;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const QJsonValue value = valueOf(i);
        if (!value.isUndefined() && (value != m_rows[i].before || m_given.contains(m_form[i].name)))
            out.insert(m_form[i].name, value);
    }
    return out;
}

QString ParameterForm::check() {
    QString first;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const QJsonValue value = valueOf(i);
        const auto checked = pipelines::checkedValues({m_form[i]}, value.isUndefined() ? QJsonObject() : QJsonObject{{m_form[i].name, value}});
        const QString wrong = checked ? QString() : checked.error().hint.isEmpty() ? checked.error().what : checked.error().hint;
        m_rows[i].field->setError(wrong);
        if (first.isEmpty() && !checked)
            first = checked.error().what;
    }
    return first;
}

} // namespace pilothouse::ui
