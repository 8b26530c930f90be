// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

namespace pilothouse::pipelines {

/// When a schedule of five fields fires next after a time (UTC): lists, ranges, steps, names of months and days; where both days are restricted, one of them is
/// enough (POSIX crontab). Invalid: the text is none, or it never fires (30 February).
QDateTime nextCron(const QString &cron, const QDateTime &after);

} // namespace pilothouse::pipelines
