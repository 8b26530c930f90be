// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/report_period.h"

#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/text.h"

#include <QBoxLayout>
#include <QDateEdit>
#include <QShortcut>

#include <algorithm>

namespace pilothouse::ui {

namespace {

const QString everything = QStringLiteral("all"), own = QStringLiteral("own");

QDateEdit *dayEdit(const char *name, QDate day) {
    auto *edit = new QDateEdit(day);
    edit->setObjectName(QLatin1String(name));
    edit->setDisplayFormat(QStringLiteral("ddd d MMM yyyy"));
    edit->setButtonSymbols(QAbstractSpinBox::NoButtons);
    return edit;
}

} // namespace

ReportPeriodSheet::ReportPeriodSheet(const QString &title, const QDateTime &now, Go go, QWidget *window)
    : QDialog(window), m_today(now.toLocalTime().date()), m_period(new Choice), m_from(dayEdit("reportSince", m_today.addDays(-29))), m_to(dayEdit("reportUntil", m_today)),
      m_fromField(new Field(tr("From"), m_from)), m_toField(new Field(tr("To, this day included"), m_to)), m_export(new Button(tr("Export…"), ButtonKind::Primary)) {
    setObjectName(QStringLiteral("reportPeriodSheet"));
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    auto *head = new Label(title, TextRole::Screen);
    head->setWordWrap(true);
    column->addWidget(head);
    m_period->setObjectName(QStringLiteral("reportPeriod"));
    m_period->setItems({tr("Everything that is known"), tr("The last 30 days"), tr("The last 90 days"), tr("This year"), tr("Last year"), tr("Days of your own")},
                       {everything, QStringLiteral("30"), QStringLiteral("90"), QStringLiteral("year"), QStringLiteral("before"), own});
    column->addWidget(new Field(tr("Period"), m_period, tr("Changes, promotions and what was live in it. What was live at its beginning is told, too.")));
    auto *days = new QHBoxLayout;
    days->setSpacing(8);
    days->addWidget(m_fromField, 1);
    days->addWidget(m_toField, 1);
    column->addLayout(days);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_export->setObjectName(QStringLiteral("reportExport"));
    m_export->setHint(QStringLiteral("Ctrl ↵"));
    auto *leave = new Button(tr("Cancel"), ButtonKind::Ghost);
    for (Button *button : {m_export, leave}) {
        button->setPixelHeight(32);
        row->addWidget(button);
    }
    row->addStretch(1);
    column->addLayout(row);
    setMinimumWidth(Theme::of(this).px(440));
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_period, &QComboBox::currentIndexChanged, this, &ReportPeriodSheet::choosePeriod);
    for (QDateEdit *edit : {m_from, m_to})
        connect(edit, &QDateEdit::dateChanged, this, &ReportPeriodSheet::refresh);
    connect(m_export, &QAbstractButton::clicked, this, [this, go = std::move(go)] {
        const QDateTime from = since(), to = until();
        accept();
        go(from, to);
    });
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, m_export, &QAbstractButton::click);
    choosePeriod();
    m_period->setFocus();
}

void ReportPeriodSheet::choosePeriod() {
    const QString chosen = m_period->currentData().toString();
    QDate from = m_from->date(), to = m_to->date();
    if (const int days = chosen.toInt(); days > 0) {
        from = m_today.addDays(1 - days);
        to = m_today;
    } else if (chosen == QLatin1String("year") || chosen == QLatin1String("before")) {
        const int year = m_today.year() - (chosen == QLatin1String("before"));
        from = QDate(year, 1, 1);
        to = std::min(m_today, QDate(year, 12, 31));
    }
    m_from->setDate(from);
    m_to->setDate(to);
    for (Field *field : {m_fromField, m_toField}) {
        field->setVisible(chosen != everything);
        field->editor()->setEnabled(chosen == own);
    }
    refresh();
}

QDateTime ReportPeriodSheet::since() const { return m_period->currentData().toString() == everything ? QDateTime() : m_from->date().startOfDay().toUTC(); }
QDateTime ReportPeriodSheet::until() const { return m_period->currentData().toString() == everything ? QDateTime() : m_to->date().addDays(1).startOfDay().toUTC(); }

void ReportPeriodSheet::refresh() {
    const bool backwards = m_to->date() < m_from->date(), later = m_from->date() > m_today;
    m_toField->setError(backwards ? tr("It is before the first day.") : QString());
    m_fromField->setError(later ? tr("It has not come yet.") : QString());
    m_export->setBlocked(m_period->currentData().toString() == everything || !(backwards || later) ? QString() : tr("Correct the days first."));
}

} // namespace pilothouse::ui
