// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/propose_target.h"

#include "core/data/split.h"

#include <QRegularExpression>

#include <algorithm>
#include <map>
#include <set>

namespace pilothouse::data {

namespace {

/// The columns that make up a time, by the names that data files use (NASA POWER: YEAR, MO, DY, HR).
QStringList timeParts(const Profile &profile) {
    static const QStringList names[] = {{QStringLiteral("year"), QStringLiteral("yr"), QStringLiteral("yyyy")},
                                        {QStringLiteral("month"), QStringLiteral("mo"), QStringLiteral("mm")},
                                        {QStringLiteral("day"), QStringLiteral("dy"), QStringLiteral("dd")},
                                        {QStringLiteral("hour"), QStringLiteral("hr"), QStringLiteral("hh")},
                                        {QStringLiteral("minute"), QStringLiteral("min"), QStringLiteral("mi")}};
    QStringList parts;
    for (const QStringList &wanted : names) {
        const auto it = std::find_if(profile.columns.begin(), profile.columns.end(), [&](const ColumnStatistics &s) {
            return s.type == ColumnType::Number && s.whole && wanted.contains(s.name.toLower());
        });
        if (it == profile.columns.end())
            break;
        parts << it->name;
    }
    return parts.size() >= 3 ? parts : QStringList();
}

/// Most frequent distance of neighbours; 0 if fewer than nine in ten have it.
std::int64_t regularStep(const std::vector<std::int64_t> &rising) {
    std::map<std::int64_t, std::size_t> steps;
    for (std::size_t i = 1; i < rising.size(); ++i)
        ++steps[rising[i] - rising[i - 1]];
    const auto most = std::max_element(steps.begin(), steps.end(), [](const auto &a, const auto &b) { return a.second < b.second; });
    if (most == steps.end() || most->first <= 0 || most->second * 10 < (rising.size() - 1) * 9)
        return 0;
    return most->first;
}

/// The times of the rows where a category has its most frequent value, if that makes each of them occur once.
bool oneSeries(const Table &table, const ColumnStatistics &by, const std::vector<std::int64_t> &times, std::vector<std::int64_t> &chosen) {
    const Column *column = table.find(by.name);
    chosen.clear();
    for (std::size_t row = 0; row < times.size(); ++row)
        if (times[row] != Column::missingTime && column->text(row) == by.top.front().first)
            chosen.push_back(times[row]);
    std::sort(chosen.begin(), chosen.end());
    return std::adjacent_find(chosen.begin(), chosen.end()) == chosen.end() && chosen.size() >= 20;
}

} // namespace

QString stepText(std::int64_t milliseconds) {
    static constexpr std::pair<std::int64_t, const char *> units[] = {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "min"}, {1000, "s"}};
    for (const auto &[size, name] : units)
        if (milliseconds >= size && milliseconds % size == 0)
            return QString::number(milliseconds / size) + QLatin1String(name);
    return {};
}

std::optional<TimeAxis> findTimeAxis(const Table &table, const Profile &profile) {
    std::vector<workspace::TimeSpec> candidates;
    for (const ColumnStatistics &s : profile.columns)
        if (s.type == ColumnType::Time && s.present > 0)
            candidates.push_back({s.name, {}, {}, QStringLiteral("UTC")});
    if (const QStringList parts = timeParts(profile); !parts.isEmpty())
        candidates.push_back({{}, parts, {}, QStringLiteral("UTC")});
    for (workspace::TimeSpec &spec : candidates) {
        const auto times = rowTimes(table, spec);
        if (!times)
            continue;
        TimeAxis axis;
        for (const std::int64_t t : *times)
            if (t != Column::missingTime)
                axis.times.push_back(t);
        std::sort(axis.times.begin(), axis.times.end());
        const std::size_t distinct = std::set(axis.times.begin(), axis.times.end()).size();
        if (axis.times.size() < 20)
            continue;
        // The table may be the beginning of a larger file: one series, where the file has several.
        const ColumnStatistics *const all = profile.find(spec.column);
        if (distinct * 100 < axis.times.size() * 99 || (all && all->distinct * 100 < all->present * 96)) {
            std::vector<std::int64_t> chosen;
            for (const ColumnStatistics &s : profile.columns) {
                if (s.type != ColumnType::Category || s.distinct < 2 || s.distinct > 1000 || !oneSeries(table, s, *times, chosen))
                    continue;
                axis.where = s.name;
                axis.whereValue = s.top.front().first;
                axis.times = chosen;
                break;
            }
            if (axis.where.isEmpty())
                continue;
        }
        axis.times.erase(std::unique(axis.times.begin(), axis.times.end()), axis.times.end());
        spec.step = stepText(regularStep(axis.times));
        if (spec.step.isEmpty())
            continue;
        axis.spec = spec;
        return axis;
    }
    return {};
}

int targetScore(const QString &name) {
    static const QRegularExpression sure(QStringLiteral(R"((^|[^a-z])(target|label|class|outcome|y)([^a-z]|$))"), QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression likely(QStringLiteral(R"((^|[^a-z])(price|value|species|failure|survived|churn|default|quality|result|response|score|sales|demand|diagnosis|status)([^a-z]|$))"),
                                           QRegularExpression::CaseInsensitiveOption);
    QString words = name;
    words.replace(QLatin1Char('_'), QLatin1Char(' '));
    return words.contains(sure) ? 2 : words.contains(likely) ? 1 : 0;
}

bool looksLikeClasses(const ColumnStatistics &s) {
    if (s.type == ColumnType::Category)
        return s.distinct >= 2 && s.distinct <= 50;
    return s.type == ColumnType::Number && s.whole && s.distinct >= 2 && s.distinct <= 10 && s.distinct * 20 <= s.present;
}

} // namespace pilothouse::data
