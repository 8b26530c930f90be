// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/schedule_model.h"

#include "core/fleet/inbox_pipelines.h"
#include "widgets/base/format.h"
#include "widgets/pipelines/next_runs_card.h"
#include "widgets/pipelines/pipeline_words.h"

namespace pilothouse::ui {

using pipelines::Schedule;

QString scheduleRules(const Schedule &s) {
    QStringList parts;
    if (s.most)
        parts << ScheduleModel::tr("at most %1").arg(*s.most);
    if (s.catchUp)
        parts << (*s.catchUp ? ScheduleModel::tr("catches up") : ScheduleModel::tr("no catch-up"));
    if (s.maxSeconds > 0)
        parts << ScheduleModel::tr("limit %1").arg(runTime(double(s.maxSeconds)));
    return parts.join(QStringLiteral(", "));
}

bool isMissed(const Schedule &s, const QDateTime &now) {
    const QDateTime due = s.next.isValid() && s.next < now ? s.next : s.due;
    return s.on && due.isValid() && due.secsTo(now) > fleet::missedAfterSeconds && !(s.last.isValid() && s.last >= due.addSecs(-60));
}

ScheduleModel::ScheduleModel(QObject *parent) : RowsModel(parent) {
    constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter;
    m_columns = {{tr("Schedule"), left, 0, {}, 0},           {tr("System"), left, 90, {}, 3}, {tr("When"), left, 150, tr("As its system writes it"), 0},
                 {tr("Next"), left, 130, tr("In local time"), 0}, {tr("Last"), left, 110, {}, 2},  {tr("Rules"), left, 170, {}, 1}};
}

QVariant ScheduleModel::cell(const Schedule &s, int column, int role) const {
    if (role == StateRole)
        return column == Name ? QVariant(int(!s.on ? State::Skipped : isMissed(s, m_now) ? State::Bad : State::Waiting)) : QVariant();
    if (role == SortRole)
        return column == Next ? QVariant(s.on && s.next.isValid() ? double(s.next.toMSecsSinceEpoch()) : 1e300) : column == Last ? QVariant(double(s.last.toMSecsSinceEpoch())) : cell(s, column, Qt::DisplayRole);
    if (role == FilterRole)
        return QStringList{s.id, s.name, s.pipeline, s.connection, s.system, s.when}.join(QLatin1Char(' '));
    if (role == Qt::ToolTipRole)
        return QStringList{s.pipeline, s.connection, s.note}.filter(QRegularExpression(QStringLiteral("."))).join(QLatin1Char('\n'));
    if (role == Qt::AccessibleTextRole && column == Name)
        return QStringLiteral("%1, %2, %3").arg(scheduleTitle(s), s.when, isMissed(s, m_now) ? tr("missed") : nextWords(s, m_now));
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: return scheduleTitle(s);
    case System: return s.connection.isEmpty() ? tr("local") : systemWord(s.system);
    case When: return s.zone.isEmpty() ? s.when : QStringLiteral("%1 %2").arg(s.when, s.zone);
    case Next: return isMissed(s, m_now) ? tr("missed: %1").arg(moment(s.next, m_now)) : nextWords(s, m_now);
    case Last: return s.last.isValid() ? moment(s.last, m_now) : QString();
    case Rules: return scheduleRules(s);
    default: return {};
    }
}

} // namespace pilothouse::ui
