// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QString>
#include <QTimeZone>

#include <vector>

namespace pilothouse::workspace {

/// A stretch of each week by the clocks of a zone, as a person writes it: "22:00-06:00", "Sat", "Mon-Fri 18:00-24:00", "Sat,Sun 08:00-20:00".
/// One whose end lies at or before its begin lasts into the next day; its days are those on which it begins.
class WeeklyWindow {
public:
    static Result<WeeklyWindow> parse(const QString &text); ///< Invalid: it is none
    bool has(const QDateTime &time, const QTimeZone &zone) const;
    const QString &text() const { return m_text; }

private:
    QString m_text;
    unsigned m_days = 0x7f; ///< bit 0 is Monday
    int m_from = 0, m_to = 24 * 60; ///< minutes of the day; of the next one where m_to <= m_from
};

/// The first moment from `time` on, to the minute, that lies in one of `only` (none given: always) and in none of `never`; invalid: none within two weeks.
QDateTime nextWithin(const std::vector<WeeklyWindow> &only, const std::vector<WeeklyWindow> &never, const QDateTime &time, const QTimeZone &zone);

} // namespace pilothouse::workspace
