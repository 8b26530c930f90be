// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/folds.h"

#include "core/data/lots.h"
#include "core/data/unknown_column.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace pilothouse::data {

namespace {

/// @param part  [n] the fold that validates each row
std::vector<Fold> foldsOf(const std::vector<std::size_t> &part, std::size_t folds) {
    std::vector<Fold> all(folds);
    for (std::size_t row = 0; row < part.size(); ++row)
        for (std::size_t k = 0; k < folds; ++k)
            (part[row] == k ? all[k].validation : all[k].train).push_back(row);
    return all;
}

Error tooFew(std::size_t count, const QString &what, int folds) {
    return invalid(QStringLiteral("%1 %2 are too few for %3 folds.").arg(count).arg(what).arg(folds), {}, QStringLiteral("Use fewer folds in `validation:`, or more data."));
}

} // namespace

Result<std::vector<Fold>> kFold(std::size_t rows, int folds, std::optional<std::uint64_t> seed) {
    const auto k = std::size_t(folds);
    if (rows < k)
        return tooFew(rows, QStringLiteral("training rows"), folds);
    std::vector<std::size_t> order(rows), part(rows);
    std::iota(order.begin(), order.end(), std::size_t(0));
    if (seed) {
        Lots lots(*seed);
        shuffle(order, lots);
    }
    std::size_t at = 0;
    for (std::size_t fold = 0; fold < k; ++fold)
        for (const std::size_t end = at + rows / k + (fold < rows % k ? 1 : 0); at < end; ++at)
            part[order[at]] = fold;
    return foldsOf(part, k);
}

Result<std::vector<Fold>> stratifiedKFold(const std::vector<std::size_t> &classes, int folds, std::optional<std::uint64_t> seed) {
    const auto k = std::size_t(folds);
    std::map<std::size_t, std::size_t> numbers; // classes in order of first appearance
    std::vector<std::vector<std::size_t>> rowsOf;
    for (std::size_t row = 0; row < classes.size(); ++row) {
        const auto [at, fresh] = numbers.try_emplace(classes[row], rowsOf.size());
        if (fresh)
            rowsOf.emplace_back();
        rowsOf[at->second].push_back(row);
    }
    const bool enough = std::any_of(rowsOf.begin(), rowsOf.end(), [k](const auto &rows) { return rows.size() >= k; });
    if (!enough)
        return tooFew(classes.size(), QStringLiteral("training rows, none of their classes with as many rows as folds,"), folds);
    std::vector<std::size_t> part(classes.size());
    std::optional<Lots> lots;
    if (seed)
        lots.emplace(*seed);
    std::size_t first = 0; // where the class begins when the rows are sorted by class; every k-th goes to the same fold
    for (const std::vector<std::size_t> &rows : rowsOf) {
        std::vector<std::size_t> counts(k, 0), parts;
        for (std::size_t i = 0; i < rows.size(); ++i)
            ++counts[(first + i) % k];
        for (std::size_t fold = 0; fold < k; ++fold)
            parts.insert(parts.end(), counts[fold], fold);
        if (lots)
            shuffle(parts, *lots);
        for (std::size_t i = 0; i < rows.size(); ++i)
            part[rows[i]] = parts[i];
        first += rows.size();
    }
    return foldsOf(part, k);
}

Result<std::vector<Fold>> groupedKFold(const std::vector<std::size_t> &groups, int folds) {
    const auto k = std::size_t(folds);
    std::vector<std::size_t> sizes;
    for (const std::size_t group : groups) {
        if (group >= sizes.size())
            sizes.resize(group + 1, 0);
        ++sizes[group];
    }
    if (sizes.size() < k)
        return tooFew(sizes.size(), QStringLiteral("groups of training rows"), folds);
    std::vector<std::size_t> order(sizes.size()), foldOf(sizes.size()), rowsIn(k, 0), part(groups.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return sizes[a] < sizes[b]; });
    for (auto group = order.rbegin(); group != order.rend(); ++group) {
        const auto lightest = std::size_t(std::min_element(rowsIn.begin(), rowsIn.end()) - rowsIn.begin());
        foldOf[*group] = lightest;
        rowsIn[lightest] += sizes[*group];
    }
    for (std::size_t row = 0; row < groups.size(); ++row)
        part[row] = foldOf[groups[row]];
    return foldsOf(part, k);
}

Result<std::vector<Fold>> expandingWindow(std::size_t rows, int folds, std::size_t horizon, std::size_t gap) {
    const auto k = std::size_t(folds);
    const std::size_t size = horizon ? horizon : rows / (k + 1);
    if (size == 0 || rows <= size * k + gap)
        return tooFew(rows, QStringLiteral("training rows (%1 in each fold, %2 between)").arg(size).arg(gap), folds);
    std::vector<Fold> all(k);
    for (std::size_t fold = 0; fold < k; ++fold) {
        const std::size_t begin = rows - (k - fold) * size;
        all[fold].train.resize(begin - gap);
        std::iota(all[fold].train.begin(), all[fold].train.end(), std::size_t(0));
        all[fold].validation.resize(size);
        std::iota(all[fold].validation.begin(), all[fold].validation.end(), begin);
    }
    return all;
}

/// A group's number, one for each text in order of first appearance; −1 where it is missing. Invalid: no such column.
Result<std::vector<std::int64_t>> groupNumbers(const Table &table, const QString &by) {
    const Column *column = table.find(by);
    if (!column)
        return invalid(QStringLiteral("The rows are to be grouped by “%1”, which the data does not have.").arg(by), {}, columnsHint(by, table.names()));
    std::map<QString, std::int64_t> numbers;
    std::vector<std::int64_t> groups(table.rows(), -1);
    for (std::size_t row = 0; row < groups.size(); ++row)
        if (!column->isMissing(row))
            groups[row] = numbers.try_emplace(column->text(row), std::int64_t(numbers.size())).first->second;
    return groups;
}

} // namespace pilothouse::data
