// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/task.h"
#include "core/drift/drift.h"
#include "core/drift/profile_stream.h"
#include "core/drift/sorted_sample.h"
#include "core/drift/statistics.h"

#include <algorithm>
#include <numeric>

namespace pilothouse::drift {

namespace {

constexpr std::size_t keptCategories = 1000;

void profileNumbers(const data::Column &column, ColumnProfile &profile) {
    const std::vector<double> sorted = sortedFinite(column.numbers);
    profile.present = sorted.size();
    profile.edges = decileEdges(sorted);
    profile.counts = binCounts(sorted, profile.edges);
    addFigures(profile, sorted);
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

} // namespace

void addFigures(ColumnProfile &profile, const std::vector<double> &sorted) {
    if (sorted.empty())
        return;
    const Moments moments = momentsOf(sorted);
    profile.min = sorted.front();
    profile.max = sorted.back();
    profile.mean = moments.mean;
    profile.std = profile.min == profile.max ? 0 : moments.std;
    profile.quantiles.reserve(quantileSteps + 1);
    for (int i = 0; i <= quantileSteps; ++i)
        profile.quantiles.push_back(quantile(sorted, double(i) / quantileSteps));
}

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

double ColumnProfile::resolution() const {
    if (sketch)
        return sketch->exact() ? 0 : profileResolution + 1.0 / double(sketch->bound());
    return kind == data::ColumnType::Number ? profileResolution : 0;
}

} // namespace pilothouse::drift
