// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/silence_sheet.h"

#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/text.h"

#include <QBoxLayout>
#include <QDateTimeEdit>
#include <QLineEdit>
#include <QShortcut>

namespace pilothouse::ui {

SilenceSheet::SilenceSheet(const QString &alert, const QDateTime &now, Go go, QWidget *window)
    : QDialog(window), m_now(now), m_time(new Choice), m_until(new QDateTimeEdit(now.toLocalTime().addSecs(4 * 3600))), m_untilField(new Field(tr("Until"), m_until)), m_comment(new QLineEdit),
      m_silence(new Button(tr("Silence"), ButtonKind::Primary)) {
    setObjectName(QStringLiteral("silenceSheet"));
    setWindowTitle(tr("Silence %1").arg(alert));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    auto *head = new Label(tr("Silence %1").arg(alert), TextRole::Screen);
    head->setWordWrap(true);
    column->addWidget(head);
    m_time->setObjectName(QStringLiteral("silenceTime"));
    m_time->setItems({tr("1 hour"), tr("4 hours"), tr("1 day"), tr("1 week"), tr("Until a time of your own")}, {3600, 4 * 3600, 86400, 7 * 86400, 0});
    m_time->setCurrentIndex(1);
    m_until->setObjectName(QStringLiteral("silenceUntil"));
    m_until->setDisplayFormat(QStringLiteral("ddd d MMM yyyy HH:mm"));
    m_until->setButtonSymbols(QAbstractSpinBox::NoButtons);
    auto *times = new QHBoxLayout;
    times->setSpacing(8);
    times->addWidget(new Field(tr("For"), m_time), 1);
    times->addWidget(m_untilField, 1);
    column->addLayout(times);
    m_comment->setObjectName(QStringLiteral("silenceComment"));
    m_comment->setMaxLength(500);
    column->addWidget(new Field(tr("Why"), m_comment, tr("It stands beside the alert while nothing is told of it, and in the journal. It can be ended at any time.")));
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_silence->setObjectName(QStringLiteral("silenceGo"));
    m_silence->setHint(QStringLiteral("Ctrl ↵"));
    auto *leave = new Button(tr("Cancel"), ButtonKind::Ghost);
    for (Button *button : {m_silence, leave}) {
        button->setPixelHeight(32);
        row->addWidget(button);
    }
    row->addStretch(1);
    column->addLayout(row);
    setMinimumWidth(Theme::of(this).px(440));
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_time, &QComboBox::currentIndexChanged, this, &SilenceSheet::refresh);
    connect(m_until, &QDateTimeEdit::dateTimeChanged, this, &SilenceSheet::refresh);
    connect(m_silence, &QAbstractButton::clicked, this, [this, go = std::move(go)] {
        const QDateTime end = until();
        const QString comment = m_comment->text().simplified();
        accept();
        go(end, comment);
    });
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, m_silence, &QAbstractButton::click);
    refresh();
    m_time->setFocus();
}

QDateTime SilenceSheet::until() const {
    const int seconds = m_time->currentData().toInt();
    return seconds > 0 ? m_now.addSecs(seconds) : m_until->dateTime().toUTC();
}

void SilenceSheet::refresh() {
    const int seconds = m_time->currentData().toInt();
    m_until->setEnabled(seconds == 0);
    if (seconds > 0)
        m_until->setDateTime(m_now.toLocalTime().addSecs(seconds));
    const bool past = until() <= m_now;
    m_untilField->setError(past ? tr("That is over already.") : QString());
    m_silence->setBlocked(past ? tr("Choose a time that is to come.") : QString());
}

} // namespace pilothouse::ui
