// SPDX-License-Identifier: GPL-3.0-or-later
// calendar: parts of a row's time as numbers, "time@hour", in the zone of `time:`: hour 0–23, weekday 0 (Monday) – 6, weekend 0 or 1, day 1–31, day_of_year 1–366, week
// (ISO 8601) 1–53, month 1–12, quarter 1–4, as pandas' dt accessor. With `cyclic: true` hour, weekday, day_of_year and month become a sine and a
// cosine each ("time@hour_sin", "time@hour_cos"), so that 23 lies beside 0 for a model that adds and multiplies.
#include "core/data/transform.h"
#include "core/data/transform_settings.h"
#include "core/workspace/yaml_tree.h"

#include <QDateTime>
#include <QTimeZone>

#include <cmath>
#include <limits>
#include <numbers>

namespace pilothouse::data {

namespace {

const QStringList &partNames() {
    static const QStringList names{QStringLiteral("day"),     QStringLiteral("day_of_year"), QStringLiteral("hour"),    QStringLiteral("month"),
                                   QStringLiteral("quarter"), QStringLiteral("week"),        QStringLiteral("weekday"), QStringLiteral("weekend")};
    return names;
}

double partOf(const QDateTime &time, const QString &part) {
    const QDate date = time.date();
    if (part == QLatin1String("hour"))
        return time.time().hour();
    if (part == QLatin1String("weekday"))
        return date.dayOfWeek() - 1;
    if (part == QLatin1String("weekend"))
        return date.dayOfWeek() > 5 ? 1 : 0;
    if (part == QLatin1String("day"))
        return date.day();
    if (part == QLatin1String("day_of_year"))
        return date.dayOfYear();
    if (part == QLatin1String("week"))
        return date.weekNumber();
    return part == QLatin1String("month") ? date.month() : (date.month() + 2) / 3;
}

/// How far round its circle a part is, 0 … 1; below 0: it has none.
double turnOf(const QDateTime &time, const QString &part) {
    if (part == QLatin1String("hour"))
        return (time.time().hour() + time.time().minute() / 60.0) / 24;
    if (part == QLatin1String("weekday"))
        return (time.date().dayOfWeek() - 1) / 7.0;
    if (part == QLatin1String("day_of_year"))
        return (time.date().dayOfYear() - 1) / double(time.date().daysInYear());
    return part == QLatin1String("month") ? (time.date().month() - 1) / 12.0 : -1;
}

bool isCyclic(const QString &part) { return turnOf(QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC), part) >= 0; }

class Calendar final : public ColumnMaker {
public:
    Calendar(QStringList parts, bool cyclic) : m_parts(std::move(parts)), m_cyclic(cyclic) {}
    QStringList columnNames(const QStringList &) const override {
        QStringList names;
        for (const QString &part : m_parts) {
            const QString name = QStringLiteral("time@") + part;
            if (m_cyclic && isCyclic(part))
                names << name + QStringLiteral("_sin") << name + QStringLiteral("_cos");
            else
                names << name;
        }
        return names;
    }
    Result<std::vector<Column>> columns(const PastRows &past) const override {
        std::vector<Column> all;
        for (const QString &name : columnNames(past.targets)) {
            all.emplace_back().name = name;
            all.back().numbers.assign(past.times.size(), std::numeric_limits<double>::quiet_NaN());
        }
        const QTimeZone zone(past.zone.toUtf8());
        for (std::size_t row = 0; row < past.times.size(); ++row) {
            if (past.times[row] == Column::missingTime)
                continue;
            const QDateTime time = QDateTime::fromMSecsSinceEpoch(past.times[row], zone);
            std::size_t at = 0;
            for (const QString &part : m_parts) {
                const double turn = m_cyclic ? turnOf(time, part) : -1;
                if (turn < 0) {
                    all[at++].numbers[row] = partOf(time, part);
                } else {
                    all[at++].numbers[row] = std::sin(2 * std::numbers::pi * turn);
                    all[at++].numbers[row] = std::cos(2 * std::numbers::pi * turn);
                }
            }
        }
        return all;
    }

private:
    QStringList m_parts;
    bool m_cyclic;
};

Result<TransformPtr> makeCalendar(const workspace::TransformSpec &spec) {
    TransformSettings settings(spec);
    const QStringList parts = settings.texts("parts");
    const bool cyclic = settings.flag("cyclic", false);
    PH_TRY(settings.check());
    const QString known = QStringLiteral("Known: %1.").arg(partNames().join(QStringLiteral(", ")));
    if (parts.isEmpty())
        return invalid(QStringLiteral("calendar: it is not said which parts of the time."), {}, QStringLiteral("Write calendar: {parts: [hour, weekday]}. ") + known);
    for (const QString &part : parts) {
        const QString nearest = workspace::nearestName(part, partNames());
        if (!partNames().contains(part))
            return invalid(QStringLiteral("A time has no part “%1”.").arg(part), QStringLiteral("parts"), nearest.isEmpty() ? known : QStringLiteral("Did you mean “%1”? %2").arg(nearest, known));
    }
    return TransformPtr(std::make_shared<const Calendar>(parts, cyclic));
}

} // namespace

PILOTHOUSE_TRANSFORM(calendar, "", makeCalendar)

} // namespace pilothouse::data
