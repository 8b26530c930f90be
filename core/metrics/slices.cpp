// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/slices.h"

#include "core/base/json.h"
#include "core/base/task.h"
#include "core/metrics/metric_entry.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>

namespace pilothouse::metrics {

namespace {

using Q = QLatin1String;
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr double level = 0.05;

struct Group {
    const Slicing *slicing = nullptr;
    std::int32_t number = 0; ///< in the slicing
    std::vector<std::size_t> rows;
    QString name() const { return slicing->names[number]; }
};

Result<std::vector<Group>> groupsOf(const std::vector<Slicing> &slicings, std::size_t count) {
    std::vector<Group> groups;
    for (const Slicing &slicing : slicings) {
        if (slicing.of.size() != count)
            return invalid(QStringLiteral("The slices by %1 are of %2 rows, and there are %3.").arg(slicing.by).arg(slicing.of.size()).arg(count));
        const std::size_t first = groups.size();
        for (std::int32_t g = 0; g < slicing.names.size(); ++g)
            groups.push_back({&slicing, g, {}});
        for (std::size_t i = 0; i < count; ++i)
            if (slicing.of[i] >= 0)
                groups[first + std::size_t(slicing.of[i])].rows.push_back(i);
    }
    std::erase_if(groups, [](const Group &g) { return g.rows.empty(); });
    return groups;
}

Result<const MetricEntry *> entryFor(const QString &metric, const Scored &scored, const Resampling &how) {
    PH_TRY(checkScored(scored));
    const MetricEntry *entry = metricEntry(metric);
    if (!entry || !entry->isFor(scored))
        return invalid(QStringLiteral("%1 is no metric of these rows.").arg(metric), {}, QStringLiteral("Known: %1.").arg(metricNames(scored).join(QLatin1String(", "))));
    if (how.rows != scored.count)
        return invalid(QStringLiteral("The bootstrap was set up for %1 rows, and there are %2.").arg(how.rows).arg(scored.count));
    return entry;
}

/// The metric on some of the rows, each counted as often as `all` says. NaN if none was drawn.
using Value = std::function<double(const Counts &all, Counts &room)>;

/// On one group: what must be sorted is sorted among its own rows.
Value onGroup(const MetricEntry &entry, const Scored &scored, const Group &group) {
    struct Part {
        Scored scored;
        Evaluator evaluator;
        explicit Part(Scored rows) : scored(std::move(rows)), evaluator(scored) {}
    };
    return [&entry, &group, part = std::make_shared<const Part>(scored.take(group.rows))](const Counts &all, Counts &room) {
        room.resize(group.rows.size());
        std::uint64_t drawn = 0;
        for (std::size_t i = 0; i < room.size(); ++i)
            drawn += room[i] = all[group.rows[i]];
        return drawn == 0 ? undefined : entry.value(Draw(part->evaluator, room));
    };
}

/// On the other groups of its slicing.
Value onRest(const MetricEntry &entry, const Evaluator &whole, const Group &group) {
    return [&entry, &whole, &group](const Counts &all, Counts &room) {
        room.resize(all.size());
        std::uint64_t drawn = 0;
        for (std::size_t i = 0; i < room.size(); ++i)
            drawn += room[i] = group.slicing->of[i] < 0 || group.slicing->of[i] == group.number ? 0 : all[i];
        return drawn == 0 ? undefined : entry.value(Draw(whole, room));
    };
}

/// Each value over the rounds, [value][round].
std::vector<std::vector<double>> drawValues(const std::vector<Value> &values, const Resampling &how) {
    const std::size_t rounds = how.block == 0 ? 0 : std::size_t(how.rounds);
    std::vector<std::vector<double>> drawn(values.size(), std::vector<double>(rounds));
    parallelFor(rounds, 8, [&](std::size_t from, std::size_t to) {
        Counts counts, room;
        for (std::size_t round = from; round < to; ++round) {
            how.draw(round, counts);
            for (std::size_t v = 0; v < values.size(); ++v)
                drawn[v][round] = values[v](counts, room);
        }
    });
    return drawn;
}

/// The difference over its bootstrap standard error; NaN where fewer than 90 % of the rounds define it.
double zOf(double difference, const std::vector<double> &a, const std::vector<double> &b) {
    double n = 0, mean = 0, squares = 0;
    for (std::size_t r = 0; r < a.size(); ++r) {
        const double d = a[r] - b[r];
        if (!std::isfinite(d))
            continue;
        ++n; // Welford
        const double step = d - mean;
        mean += step / n;
        squares += step * (d - mean);
    }
    if (n < 2 || n < 0.9 * double(a.size()) || !std::isfinite(difference))
        return undefined;
    const double error = std::sqrt(squares / (n - 1));
    return error > 0 ? difference / error : difference == 0 ? 0 : std::copysign(std::numeric_limits<double>::infinity(), difference);
}

} // namespace

Result<std::vector<Slice>> evaluateSlices(const std::vector<Slicing> &slicings, const QString &metric, const Scored &scored, const Resampling &how) {
    PH_ASSIGN(const MetricEntry *entry, entryFor(metric, scored, how));
    PH_ASSIGN(const std::vector<Group> groups, groupsOf(slicings, scored.count));
    const Evaluator whole(scored);
    std::vector<Value> values; // each group, then what is left of each
    for (const Group &g : groups)
        values.push_back(onGroup(*entry, scored, g));
    for (const Group &g : groups)
        values.push_back(onRest(*entry, whole, g));
    std::vector<std::vector<double>> rounds = drawValues(values, how);
    const Counts once(scored.count, 1);
    Counts room;
    std::vector<Slice> slices;
    std::vector<double> p;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        Slice slice{groups[g].slicing->by, groups[g].name(), groups[g].rows.size(), values[g](once, room), undefined, undefined,
                    values[groups.size() + g](once, room), undefined, undefined, false};
        if (slice.rows >= sliceRows) {
            const double z = zOf(slice.value - slice.rest, rounds[g], rounds[groups.size() + g]);
            slice.p = 0.5 * std::erfc((entry->largerIsBetter ? -z : z) / std::sqrt(2.0));
            const Interval range = percentileInterval(std::move(rounds[g]));
            slice.low = range.low;
            slice.high = range.high;
        }
        p.push_back(slice.p);
        slices.push_back(std::move(slice));
    }
    const std::vector<double> adjusted = benjaminiHochberg(p);
    for (std::size_t g = 0; g < slices.size(); ++g) {
        slices[g].adjusted = adjusted[g];
        slices[g].worse = adjusted[g] < level;
    }
    return slices;
}

Result<std::vector<PairedSlice>> compareSlices(const std::vector<Slicing> &slicings, const QString &metric, const Scored &a, const Scored &b, const Resampling &how) {
    PH_ASSIGN(const MetricEntry *entry, entryFor(metric, a, how));
    PH_TRY(checkScored(b));
    if (a.truth != b.truth || a.classes != b.classes)
        return invalid(QStringLiteral("The two models were not scored on the same rows, so they cannot be compared in pairs."));
    PH_ASSIGN(const std::vector<Group> groups, groupsOf(slicings, a.count));
    std::vector<Value> values;
    for (const Scored *side : {&a, &b})
        for (const Group &g : groups)
            values.push_back(onGroup(*entry, *side, g));
    const std::vector<std::vector<double>> rounds = drawValues(values, how);
    const Counts once(a.count, 1);
    Counts room;
    std::vector<PairedSlice> slices;
    std::vector<double> p;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const double ofA = values[g](once, room), ofB = values[groups.size() + g](once, room);
        PairedSlice slice{groups[g].slicing->by, groups[g].name(), groups[g].rows.size(), ofA, ofB, ofB - ofA, undefined, undefined, undefined, undefined,
                          QStringLiteral("not distinguishable")};
        if (slice.rows >= sliceRows) {
            const std::vector<double> &before = rounds[g], &now = rounds[groups.size() + g];
            slice.p = std::erfc(std::abs(zOf(slice.change, now, before)) / std::sqrt(2.0));
            std::vector<double> changes(now.size());
            std::transform(now.begin(), now.end(), before.begin(), changes.begin(), std::minus<>());
            const Interval range = percentileInterval(std::move(changes));
            slice.low = range.low;
            slice.high = range.high;
        }
        p.push_back(slice.p);
        slices.push_back(std::move(slice));
    }
    const std::vector<double> adjusted = benjaminiHochberg(p);
    for (std::size_t g = 0; g < slices.size(); ++g) {
        slices[g].adjusted = adjusted[g];
        if (adjusted[g] < level)
            slices[g].verdict = (slices[g].change > 0) == entry->largerIsBetter ? QStringLiteral("better") : QStringLiteral("worse");
    }
    return slices;
}

std::vector<double> benjaminiHochberg(const std::vector<double> &p) {
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::erase_if(order, [&](std::size_t i) { return std::isnan(p[i]); });
    std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return p[i] < p[j]; });
    std::vector<double> adjusted(p.size(), undefined);
    double smallest = 1;
    for (std::size_t rank = order.size(); rank > 0; --rank) {
        smallest = std::min(smallest, p[order[rank - 1]] * double(order.size()) / double(rank));
        adjusted[order[rank - 1]] = smallest;
    }
    return adjusted;
}

int sliceRounds(std::size_t rows, std::size_t slices, int wanted) {
    return std::clamp(int(4e8 / double(std::max<std::size_t>(1, rows * slices))), std::min(200, wanted), wanted);
}

QJsonObject toJson(const Slice &s) {
    return {{Q("by"), s.by}, {Q("slice"), s.name}, {Q("rows"), qint64(s.rows)}, {Q("value"), jsonNumber(s.value)}, {Q("low"), jsonNumber(s.low)}, {Q("high"), jsonNumber(s.high)},
            {Q("rest"), jsonNumber(s.rest)}, {Q("p"), jsonNumber(s.p)}, {Q("p_adjusted"), jsonNumber(s.adjusted)}, {Q("worse"), s.worse}};
}

QJsonObject toJson(const PairedSlice &s) {
    return {{Q("by"), s.by}, {Q("slice"), s.name}, {Q("rows"), qint64(s.rows)}, {Q("against"), jsonNumber(s.a)}, {Q("model"), jsonNumber(s.b)}, {Q("change"), jsonNumber(s.change)},
            {Q("low"), jsonNumber(s.low)}, {Q("high"), jsonNumber(s.high)}, {Q("p"), jsonNumber(s.p)}, {Q("p_adjusted"), jsonNumber(s.adjusted)}, {Q("verdict"), s.verdict}};
}

} // namespace pilothouse::metrics
