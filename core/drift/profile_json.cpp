// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/drift/drift.h"
#include "core/drift/profile_stream.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::drift {

using Q = QLatin1String;

namespace {

QJsonArray texts(const std::vector<QString> &list) {
    QJsonArray array;
    for (const QString &text : list)
        array.append(text);
    return array;
}

QJsonObject columnToJson(const ColumnProfile &c) {
    QJsonObject object{{Q("name"), c.name},
                       {Q("kind"), data::columnTypeName(c.kind)},
                       {Q("present"), qint64(c.present)},
                       {Q("missing"), qint64(c.missing)}};
    if (c.kind == data::ColumnType::Number) {
        object.insert(Q("min"), jsonNumber(c.min));
        object.insert(Q("max"), jsonNumber(c.max));
        object.insert(Q("mean"), jsonNumber(c.mean));
        object.insert(Q("std"), jsonNumber(c.std));
        object.insert(Q("edges"), jsonNumbers(c.edges));
        object.insert(Q("counts"), jsonNumbers(c.counts));
        object.insert(Q("quantiles"), jsonNumbers(c.quantiles));
        if (c.sketch) {
            QJsonArray levels;
            for (const std::vector<double> &level : c.sketch->levels())
                levels.append(jsonNumbers(level));
            object.insert(Q("sketch"), QJsonObject{{Q("bound"), qint64(c.sketch->bound())}, {Q("levels"), levels}});
        }
        if (c.sharedBins)
            object.insert(Q("shared_bins"), true);
    } else {
        object.insert(Q("categories"), texts(c.categories));
        object.insert(Q("counts"), jsonNumbers(c.categoryCounts));
        object.insert(Q("other"), jsonNumber(c.otherCount));
        if (c.distinct) {
            QJsonObject sample; // hash → how often, in hexadecimal: JSON's numbers have 53 bits
            for (const auto &[hash, count] : c.distinct->counts())
                sample.insert(QString::number(hash, 16), count);
            object.insert(Q("distinct"), QJsonObject{{Q("about"), c.distinct->distinct()}, {Q("mask"), QString::number(c.distinct->mask(), 16)}, {Q("sample"), sample}});
            object.insert(Q("lost"), c.lost);
        }
    }
    return object;
}

/// Counts that do not fit the edges, a total or an order would give wrong figures without a word; so they are refused.
Result<void> checkColumn(const ColumnProfile &c, const QString &where) {
    const bool numbers = c.kind == data::ColumnType::Number;
    const std::vector<double> &counts = numbers ? c.counts : c.categoryCounts;
    const double total = std::accumulate(counts.begin(), counts.end(), c.otherCount);
    const bool fits = numbers ? counts.size() == c.edges.size() + 1 && c.quantiles.size() == (c.present ? quantileSteps + 1 : 0)
                              : counts.size() == c.categories.size();
    if (!fits || total != double(c.present) || std::any_of(counts.begin(), counts.end(), [](double n) { return !(n >= 0); }))
        return invalid(QStringLiteral("The profile of column \"%1\" does not add up: its counts do not match its bins or rows.").arg(c.name),
                       where, QStringLiteral("Make the profile again from its rows."));
    if (!std::is_sorted(c.edges.begin(), c.edges.end()) || !std::is_sorted(c.quantiles.begin(), c.quantiles.end()))
        return invalid(QStringLiteral("The profile of column \"%1\" has edges or quantiles out of order.").arg(c.name), where,
                       QStringLiteral("Make the profile again from its rows."));
    return {};
}

/// What adds up; nothing where the profile has none of it.
Result<void> sketchFromJson(const QJsonObject &object, ColumnProfile &c, const QString &where) {
    const auto wrong = [&] { return invalid(QStringLiteral("The sketch of column \"%1\" does not fit its rows.").arg(c.name), where, QStringLiteral("Make the profile again from its rows.")); };
    if (c.kind == data::ColumnType::Number) {
        c.sharedBins = object.value(Q("shared_bins")).toBool();
        const QJsonObject sketch = object.value(Q("sketch")).toObject();
        if (sketch.isEmpty())
            return {};
        JsonReader r(sketch, where);
        const qint64 bound = r.integer("bound");
        const QJsonArray list = r.array("levels");
        PH_TRY(r.check());
        if (bound < 2 || bound > (1 << 20) || list.isEmpty() || list.size() > 60)
            return wrong();
        std::vector<std::vector<double>> levels;
        for (const QJsonValue &level : list) {
            std::vector<double> values;
            for (const QJsonValue &value : level.toArray()) {
                if (!value.isDouble())
                    return wrong();
                values.push_back(value.toDouble());
            }
            levels.push_back(std::move(values));
        }
        c.sketch = data::QuantileSketch::fromLevels(std::size_t(bound), std::move(levels));
        if (c.sketch->count() != qint64(c.present))
            return wrong();
        return {};
    }
    const QJsonObject distinct = object.value(Q("distinct")).toObject();
    if (distinct.isEmpty())
        return {};
    bool fine = false;
    const std::uint64_t mask = distinct.value(Q("mask")).toString().toULongLong(&fine, 16);
    std::unordered_map<std::uint64_t, qint64> counts;
    const QJsonObject sample = distinct.value(Q("sample")).toObject();
    for (auto it = sample.begin(); fine && it != sample.end(); ++it) {
        const std::uint64_t hash = it.key().toULongLong(&fine, 16);
        fine = fine && !(hash & mask) && it->isDouble();
        counts.emplace(hash, qint64(it->toDouble()));
    }
    c.lost = object.value(Q("lost")).toDouble();
    if (!fine || !(c.lost >= 0) || ((mask + 1) & mask) != 0)
        return wrong();
    c.distinct = data::DistinctSample::fromCounts(distinctBound, mask, std::move(counts));
    return {};
}

Result<ColumnProfile> columnFromJson(const QJsonObject &object, const QString &where) {
    JsonReader r(object, where);
    ColumnProfile c;
    c.name = r.text("name");
    const QString kind = r.text("kind");
    const qint64 present = r.integer("present"), missing = r.integer("missing");
    const std::vector<double> counts = r.numbers("counts");
    PH_TRY(r.check());
    if (kind != QStringLiteral("number") && kind != QStringLiteral("category"))
        return invalid(QStringLiteral("The profile of column \"%1\" has the kind \"%2\".").arg(c.name, kind), where,
                       QStringLiteral("A column is a number or a category."));
    if (kind == QStringLiteral("number")) {
        c.min = r.number("min");
        c.max = r.number("max");
        c.mean = r.number("mean");
        c.std = r.number("std");
        c.edges = r.numbers("edges");
        c.quantiles = r.numbers("quantiles");
        c.counts = counts;
    } else {
        c.kind = data::ColumnType::Category;
        const QStringList names = r.texts("categories");
        c.categories.assign(names.begin(), names.end());
        c.categoryCounts = counts;
        c.otherCount = r.number("other", 0);
    }
    PH_TRY(r.check());
    if (present < 0 || missing < 0)
        return invalid(QStringLiteral("The profile of column \"%1\" has a negative row count.").arg(c.name), where);
    c.present = std::size_t(present);
    c.missing = std::size_t(missing);
    PH_TRY(checkColumn(c, where));
    PH_TRY(sketchFromJson(object, c, where));
    return c;
}

} // namespace

QJsonObject Profile::toJson() const {
    QJsonArray list;
    for (const ColumnProfile &c : columns)
        list.append(columnToJson(c));
    return {{Q("format"), QStringLiteral("pilothouse-profile/1")}, {Q("name"), name}, {Q("rows"), qint64(rows)}, {Q("columns"), list}};
}

Result<Profile> Profile::fromJson(const QJsonObject &object, const QString &where) {
    JsonReader r(object, where);
    Profile profile;
    const QString format = r.text("format");
    profile.name = r.text("name");
    const qint64 rows = r.integer("rows");
    const QJsonArray list = r.array("columns");
    PH_TRY(r.check());
    if (format != QStringLiteral("pilothouse-profile/1") || rows < 0)
        return invalid(QStringLiteral("This is no data profile that this version knows (format \"%1\").").arg(format), where,
                       QStringLiteral("Give a profile.json of a model package, the package itself, or a data file."));
    profile.rows = std::size_t(rows);
    for (const QJsonValue &value : list) {
        PH_ASSIGN(ColumnProfile column, columnFromJson(value.toObject(), where));
        profile.columns.push_back(std::move(column));
    }
    return profile;
}

} // namespace pilothouse::drift
