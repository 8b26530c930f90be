// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/policy_form.h"

#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/theme.h"

#include <QBoxLayout>
#include <QPlainTextEdit>
#include <QSignalBlocker>

namespace pilothouse::ui {

using workspace::RetrainPolicy;

namespace {

QStringList partsOf(const QString &text) {
    QStringList parts;
    for (const QString &part : text.split(QLatin1Char(';'), Qt::SkipEmptyParts))
        if (const QString tidy = part.simplified(); !tidy.isEmpty())
            parts << tidy;
    return parts;
}

QString shown(double value) { return value == 0 ? QString() : QString::number(value, 'g', 12); }

QBoxLayout *side(std::initializer_list<QWidget *> widgets) {
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    for (QWidget *widget : widgets)
        row->addWidget(widget, 1, Qt::AlignTop);
    return row;
}

} // namespace

PolicyForm::PolicyForm(const QStringList &executors, QWidget *parent) : QWidget(parent), m_rules(new QPlainTextEdit), m_enabled(new CheckBox(tr("Retrain by itself"))), m_executor(new Choice) {
    const RetrainPolicy usual;
    m_rules->setObjectName(QStringLiteral("policyRules"));
    m_rules->setFont(Theme::of(this).font(TextRole::Mono));
    m_rules->setTabChangesFocus(true);
    m_rules->setPlaceholderText(QStringLiteral("mae > 1.5 until 1.3 for 3 checks\ndrift > 0.25 for 2d\nschedule 0 2 * * 1"));
    m_rules->setFixedHeight(Theme::of(this).px(104));
    m_enabled->setObjectName(QStringLiteral("policyEnabled"));
    m_executor->setObjectName(QStringLiteral("policyExecutor"));
    m_executor->setItems(executors);
    m_check = line("policyCheck", tr("as often as it may retrain"));
    m_atMostEvery = line("policyAtMostEvery", usual.atMostEvery);
    m_minimumRows = line("policyMinimumRows", QString::number(usual.minimumRows));
    m_onlyIn = line("policyOnlyIn", tr("at any time"));
    m_notIn = line("policyNotIn", tr("never"));
    m_runs = line("policyRuns", tr("no limit"));
    m_hours = line("policyHours", tr("no limit"));
    m_cost = line("policyCost", tr("no limit"));
    m_price = line("policyPrice", tr("not known"));
    m_per = line("policyPer", usual.budget.per);
    m_retries = line("policyRetries", QStringLiteral("0"));
    m_retryAfter = line("policyRetryAfter", usual.retryAfter);
    m_tag = line("policyTag", QStringLiteral("retrain_decision"));
    m_minimumRowsField = new Field(tr("Labelled rows it needs"), m_minimumRows);
    m_runsField = new Field(tr("Runs"), m_runs);
    m_hoursField = new Field(tr("Hours"), m_hours);
    m_costField = new Field(tr("Cost"), m_cost);
    m_priceField = new Field(tr("Price of an hour"), m_price);
    m_retriesField = new Field(tr("Tries if it cannot start"), m_retries);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(10);
    column->addWidget(m_enabled);
    column->addWidget(new Field(tr("Rules, one a line; one is enough"), m_rules, tr("A metric (“mae yesterday”), drift, data_changed, age, newest_row_age, source_age, rows_yesterday, schedule")));
    column->addLayout(side({new Field(tr("Looked at"), m_check, tr("1h, or a cron: 15 0 * * *")), new Field(tr("Retrain at most every"), m_atMostEvery)}));
    column->addLayout(side({m_minimumRowsField, new Field(tr("Trained by"), m_executor)}));
    column->addWidget(new Field(tr("Begins only in"), m_onlyIn, tr("22:00-06:00; Sat,Sun")));
    column->addWidget(new Field(tr("Never begins in (maintenance)"), m_notIn));
    column->addWidget(new HairLine);
    column->addWidget(new Label(tr("Budget"), TextRole::Second, &Tokens::t2));
    column->addLayout(side({m_runsField, m_hoursField, m_costField}));
    column->addLayout(side({m_priceField, new Field(tr("In a time of"), m_per)}));
    column->addWidget(new HairLine);
    column->addLayout(side({m_retriesField, new Field(tr("After, doubled each time"), m_retryAfter)}));
    column->addWidget(new Field(tr("Tag of the champion's version"), m_tag, tr("Each decision is written to it: SKIPPED or RETRAIN_ATTEMPTED")));
    column->addStretch(1);
    connect(m_rules, &QPlainTextEdit::textChanged, this, &PolicyForm::changed);
    connect(m_enabled, &QAbstractButton::toggled, this, &PolicyForm::changed);
    connect(m_executor, &QComboBox::currentIndexChanged, this, &PolicyForm::changed);
}

QLineEdit *PolicyForm::line(const char *name, const QString &placeholder) {
    auto *edit = new QLineEdit;
    edit->setObjectName(QLatin1String(name));
    edit->setPlaceholderText(placeholder);
    connect(edit, &QLineEdit::textChanged, this, &PolicyForm::changed);
    return edit;
}

void PolicyForm::setPolicy(const RetrainPolicy &policy) {
    const RetrainPolicy usual;
    {
        const QSignalBlocker quiet(this);
        const auto text = [](const QString &value, const QString &without) { return value == without ? QString() : value; };
        m_enabled->setChecked(policy.enabled);
        m_rules->setPlainText(policy.when.join(QLatin1Char('\n')));
        if (m_executor->findText(policy.executor) < 0)
            m_executor->addItem(policy.executor);
        m_executor->setCurrentIndex(m_executor->findText(policy.executor));
        m_check->setText(policy.check);
        m_atMostEvery->setText(text(policy.atMostEvery, usual.atMostEvery));
        m_minimumRows->setText(policy.minimumRows == usual.minimumRows ? QString() : QString::number(policy.minimumRows));
        m_onlyIn->setText(policy.onlyIn.join(QStringLiteral("; ")));
        m_notIn->setText(policy.notIn.join(QStringLiteral("; ")));
        m_runs->setText(shown(policy.budget.runs));
        m_hours->setText(shown(policy.budget.hours));
        m_cost->setText(shown(policy.budget.cost));
        m_price->setText(shown(policy.budget.pricePerHour));
        m_per->setText(text(policy.budget.per, usual.budget.per));
        m_retries->setText(shown(policy.retries));
        m_retryAfter->setText(text(policy.retryAfter, usual.retryAfter));
        m_tag->setText(policy.tag);
    }
    Q_EMIT changed();
}

double PolicyForm::number(const QLineEdit *edit, Field *field, double otherwise, QString &wrong) const {
    const QString text = edit->text().trimmed();
    bool ok = true;
    const double value = text.isEmpty() ? otherwise : text.toDouble(&ok);
    const bool good = ok && value >= 0;
    field->setError(good ? QString() : tr("A number."));
    if (!good && wrong.isEmpty())
        wrong = tr("“%1” is no number.").arg(text);
    return good ? value : otherwise;
}

RetrainPolicy PolicyForm::policy(QString &wrong) const {
    const RetrainPolicy usual;
    const auto text = [](const QLineEdit *edit, const QString &without) { return edit->text().trimmed().isEmpty() ? without : edit->text().simplified(); };
    RetrainPolicy policy;
    policy.enabled = m_enabled->isChecked();
    for (const QString &rule : m_rules->toPlainText().split(QLatin1Char('\n')))
        if (const QString tidy = rule.simplified(); !tidy.isEmpty())
            policy.when << tidy;
    policy.executor = m_executor->currentText();
    policy.check = text(m_check, {});
    policy.atMostEvery = text(m_atMostEvery, usual.atMostEvery);
    policy.minimumRows = qint64(number(m_minimumRows, m_minimumRowsField, double(usual.minimumRows), wrong));
    policy.onlyIn = partsOf(m_onlyIn->text());
    policy.notIn = partsOf(m_notIn->text());
    policy.budget.runs = int(number(m_runs, m_runsField, 0, wrong));
    policy.budget.hours = number(m_hours, m_hoursField, 0, wrong);
    policy.budget.cost = number(m_cost, m_costField, 0, wrong);
    policy.budget.pricePerHour = number(m_price, m_priceField, 0, wrong);
    policy.budget.per = text(m_per, usual.budget.per);
    policy.retries = int(number(m_retries, m_retriesField, 0, wrong));
    policy.retryAfter = text(m_retryAfter, usual.retryAfter);
    policy.tag = text(m_tag, {});
    return policy;
}

} // namespace pilothouse::ui
