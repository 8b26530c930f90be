// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/base/task.h"
#include "core/drift/drift.h"
#include "core/drift/sorted_sample.h"
#include "core/drift/statistics.h"

#include <algorithm>
#include <numeric>

namespace pilothouse::drift {

using Q = QLatin1String;

namespace {

constexpr int quantileSteps = 1000;
constexpr std::size_t keptCategories = 1000;

void profileNumbers(const data::Column &column, ColumnProfile &profile) {
    const std::vector<double> sorted = sortedFinite(column.numbers);
    profile.present = sorted.size();
    profile.edges = decileEdges(sorted);
    profile.counts = binCounts(sorted, profile.edges);
    if (sorted.empty())
        return;
    const Moments moments = momentsOf(sorted);
    profile.min = sorted.front();
    profile.max = sorted.back();
    profile.mean = moments.mean;
    profile.std = profile.min == profile.max ? 0 : moments.std;
    for (int i = 0; i <= quantileSteps; ++i)
        profile.quantiles.push_back(quantile(sorted, double(i) / quantileSteps));
}

void profileCategories(const data::Column &column, ColumnProfile &profile) {
    std::vector<double> counts(column.dictionary.size(), 0);
    for (const std::int32_t code : column.codes) {
        if (code < 0)
            continue;
        ++counts[std::size_t(code)];
        ++profile.present;
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (counts[i] > 0)
            order.push_back(i);
    if (order.size() > keptCategories) {
        std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return counts[a] > counts[b]; });
        for (auto rare = order.begin() + keptCategories; rare != order.end(); ++rare)
            profile.otherCount += counts[*rare];
        order.resize(keptCategories);
    }
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return column.dictionary[a] < column.dictionary[b]; });
    for (const std::size_t i : order) {
        profile.categories.push_back(QString::fromStdString(column.dictionary[i]));
        profile.categoryCounts.push_back(counts[i]);
    }
}

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
    } else {
        object.insert(Q("categories"), texts(c.categories));
        object.insert(Q("counts"), jsonNumbers(c.categoryCounts));
        object.insert(Q("other"), jsonNumber(c.otherCount));
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
    return c;
}

} // namespace

Profile profileOf(const data::Table &table, const QString &name) {
    Profile profile{name, table.rows(), {}};
    std::vector<const data::Column *> kept;
    for (const data::Column &column : table.columns)
        if (column.type != data::ColumnType::Time)
            kept.push_back(&column);
    profile.columns.resize(kept.size());
    parallelFor(kept.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            ColumnProfile &c = profile.columns[i];
            c.name = kept[i]->name;
            c.kind = kept[i]->type;
            if (c.kind == data::ColumnType::Number)
                profileNumbers(*kept[i], c);
            else
                profileCategories(*kept[i], c);
            c.missing = kept[i]->size() - c.present;
        }
    });
    return profile;
}

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
