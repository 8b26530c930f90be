// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/retrain_policy.h"

#include <QWidget>

class QLineEdit;
class QPlainTextEdit;

namespace pilothouse::ui {

class CheckBox;
class Choice;
class Field;

/// A retrain policy as fields; an empty one is as if the file said nothing.
class PolicyForm : public QWidget {
    Q_OBJECT
public:
    explicit PolicyForm(const QStringList &executors, QWidget *parent = nullptr);
    void setPolicy(const workspace::RetrainPolicy &policy);
    /// What the fields say. A number that is none is told below its field and given in `wrong`.
    workspace::RetrainPolicy policy(QString &wrong) const;

Q_SIGNALS:
    void changed();

private:
    QLineEdit *line(const char *name, const QString &placeholder);
    double number(const QLineEdit *edit, Field *field, double otherwise, QString &wrong) const;
    QPlainTextEdit *m_rules;
    CheckBox *m_enabled;
    Choice *m_executor;
    QLineEdit *m_check, *m_atMostEvery, *m_minimumRows, *m_onlyIn, *m_notIn, *m_runs, *m_hours, *m_cost, *m_price, *m_per, *m_retries, *m_retryAfter, *m_tag;
    Field *m_minimumRowsField, *m_runsField, *m_hoursField, *m_costField, *m_priceField, *m_retriesField;
};

} // namespace pilothouse::ui
