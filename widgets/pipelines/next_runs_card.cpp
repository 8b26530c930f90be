// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/next_runs_card.h"

#include "widgets/base/button.h"
#include "widgets/base/format.h"

#include <QGridLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

using pipelines::Schedule;

std::vector<Schedule> byNext(std::vector<Schedule> schedules) {
    const auto place = [](const Schedule &s) { return !s.on ? 2 : s.next.isValid() ? 0 : 1; };
    std::stable_sort(schedules.begin(), schedules.end(), [&](const Schedule &a, const Schedule &b) {
        if (place(a) != place(b))
            return place(a) < place(b);
        return place(a) == 0 && a.next < b.next;
    });
    return schedules;
}

QString nextWords(const Schedule &schedule, const QDateTime &now) {
    if (!schedule.on)
        return NextRunsCard::tr("switched off");
    if (!schedule.next.isValid())
        return NextRunsCard::tr("not known when");
    const qint64 seconds = now.secsTo(schedule.next);
    const QDateTime local = shownTime(schedule.next);
    const QString at = seconds > 20 * 3600 ? QLocale().toString(local, QStringLiteral("ddd HH:mm")) : local.toString(QStringLiteral("HH:mm"));
    if (seconds < 0)
        return NextRunsCard::tr("%1, was due").arg(at);
    if (seconds < 3600)
        return NextRunsCard::tr("%1, in %2 min").arg(at).arg(std::max<qint64>(1, seconds / 60));
    return seconds < 48 * 3600 ? NextRunsCard::tr("%1, in %2 h").arg(at).arg(seconds / 3600) : NextRunsCard::tr("%1, in %2 d").arg(at).arg(seconds / 86400);
}

QString scheduleTitle(const Schedule &schedule) {
    if (!schedule.name.isEmpty())
        return schedule.name;
    const QString pipeline = schedule.connection.isEmpty() ? schedule.pipeline : schedule.pipeline.section(QLatin1Char(':'), 1);
    return pipeline.isEmpty() ? schedule.id : pipeline;
}

NextRunsCard::NextRunsCard(QWidget *parent) : Card(tr("Next runs"), parent), m_rows(new QGridLayout), m_all(new Button(tr("All…"), ButtonKind::Ghost)) {
    m_all->setObjectName(QStringLiteral("allSchedules"));
    addTool(m_all);
    connect(m_all, &QAbstractButton::clicked, this, &NextRunsCard::opened);
    auto *body = bodyLayout(12, 6);
    m_rows->setHorizontalSpacing(12);
    m_rows->setVerticalSpacing(6);
    m_rows->setColumnStretch(0, 1);
    body->addLayout(m_rows);
    body->addStretch(1);
}

void NextRunsCard::setSchedules(const std::vector<Schedule> &schedules, const QDateTime &now) {
    const std::vector<Schedule> all = byNext(schedules);
    QStringList words;
    for (std::size_t i = 0; i < std::min(all.size(), shown); ++i)
        words << scheduleTitle(all[i]) + QLatin1Char('\t') + nextWords(all[i], now) + QLatin1Char('\t') + all[i].when;
    const QString is = QString::number(all.size()) + words.join(QLatin1Char('\n'));
    if (is == m_was)
        return;
    m_was = is;
    m_all->setText(all.size() > shown ? tr("All %1…").arg(all.size()) : tr("All…"));
    if (all.empty())
        return showState(ScreenState::empty(tr("Nothing starts by itself"), tr("Schedules of Jenkins, GitHub, Kubeflow, Azure ML and this machine stand here.")));
    showState(ScreenState::full());
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (std::size_t i = 0; i < std::min(all.size(), shown); ++i) {
        const Schedule &s = all[i];
        auto *name = new Label(scheduleTitle(s), TextRole::Body, s.on ? &Tokens::t1 : &Tokens::t3);
        auto *when = new Label(nextWords(s, now), TextRole::Body, s.on ? &Tokens::t2 : &Tokens::t3);
        name->setElide(Qt::ElideMiddle);
        name->setToolTip(s.when.isEmpty() ? s.pipeline : QStringLiteral("%1\n%2 %3").arg(s.pipeline, s.when, s.zone));
        m_rows->addWidget(name, int(i), 0);
        m_rows->addWidget(when, int(i), 1, Qt::AlignRight);
    }
}

} // namespace pilothouse::ui
