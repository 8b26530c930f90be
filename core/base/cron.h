// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QString>
#include <QTimeZone>

#include <array>

namespace pilothouse {

/// The one reader of cron texts without H (for those with it: jenkins_cron.h): lists, ranges, steps, names of months and days; where both days are restricted, one of them is enough.
class Cron {
public:
    enum class Form {
        Five, ///< minute hour day month weekday (POSIX crontab; GitHub, Azure ML, schedules of ours); Sunday is 0 or 7
        Six,  ///< Kubeflow: second first; with five fields, as robfig/cron v1 reads them, the LAST is missing; "?", @daily, @every 1h30m
    };
    static Result<Cron> parse(const QString &text, Form form = Form::Five); ///< Invalid: it is none
    /// The first fire after a time, and the last one at or before it, in UTC. Invalid: none within nine years (30 February); previous() of "@every", which counts from a begin that it does not say.
    QDateTime next(const QDateTime &after, const QTimeZone &zone = QTimeZone::utc()) const;
    QDateTime previous(const QDateTime &before, const QTimeZone &zone = QTimeZone::utc()) const;

private:
    bool matches(const QDate &day) const;
    std::array<quint64, 6> m_bits{}; ///< second minute hour day month weekday
    bool m_anyDay = false, m_anyWeekday = false;
    qint64 m_every = 0; ///< seconds, of "@every"
};

/// Cron::next() of five fields. Invalid: the text is none, or it never fires.
QDateTime nextCron(const QString &cron, const QDateTime &after);

/// The last fire at or before a time, and the first one after it, of an interval that counts from `from`. Invalid: interval or `from` is none, or (last) nothing fired yet.
QDateTime nextPeriodic(const QDateTime &from, qint64 seconds, const QDateTime &after);
QDateTime lastPeriodic(const QDateTime &from, qint64 seconds, const QDateTime &before);

} // namespace pilothouse
