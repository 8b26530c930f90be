// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/search_plan.h"

#include "core/base/json.h"
#include "core/learn/estimator.h"
#include "core/metrics/random.h"
#include "core/workspace/recipe_place.h"

#include <QJsonObject>
#include <QSet>

#include <algorithm>
#include <cmath>
#include <map>

namespace pilothouse::learn {

namespace {

using workspace::EstimatorSpec;
using workspace::SearchRange;

QVariant drawn(const SearchRange &range, metrics::Random &random) {
    if (!range.choices.isEmpty())
        return range.choices.at(qsizetype(random.below(std::uint64_t(range.choices.size()))));
    if (range.whole && !range.log)
        return qlonglong(range.from) + qlonglong(random.below(std::uint64_t(range.to - range.from) + 1));
    const double at = random.uniform();
    const double value = range.log ? std::exp(std::log(range.from) + at * (std::log(range.to) - std::log(range.from))) : range.from + at * (range.to - range.from);
    return range.whole ? QVariant(qlonglong(std::llround(value))) : QVariant(value);
}

QByteArray keyOf(const EstimatorSpec &spec) { return spec.name.toUtf8() + compactJson(QJsonObject::fromVariantMap(spec.parameters)); }

/// Whether only whole numbers are drawn: both ends are, and the parameter takes no others. A share written {from: 0, to: 1} lies between them.
bool drawnWhole(const workspace::Recipe &recipe, const EstimatorSpec &base, const SearchRange &range) {
    if (!range.whole)
        return false;
    EstimatorSpec between = base;
    between.parameters.insert(range.parameter, range.from + 0.5);
    return !makeEstimator(between, recipe.task);
}

/// Every end and every choice, once in an estimator: so a wrong one is told before the first trial.
Result<void> checkRange(const workspace::Recipe &recipe, const EstimatorSpec &base, const SearchRange &range) {
    QVariantList values = range.choices;
    if (values.isEmpty())
        for (const double end : {range.from, range.to})
            values << (range.whole ? QVariant(qlonglong(end)) : QVariant(end));
    for (const QVariant &value : std::as_const(values)) {
        EstimatorSpec spec = base;
        spec.parameters.insert(range.parameter, value);
        const auto made = makeEstimator(spec, recipe.task);
        if (made)
            continue;
        Error error = made.error();
        if (error.kind == ErrorKind::Invalid)
            error.where = workspace::placeInFile(recipe.file, {QStringLiteral("search"), QStringLiteral("space"), range.estimator}, range.parameter);
        return error;
    }
    return {};
}

} // namespace

Result<std::vector<EstimatorSpec>> searchPoints(const workspace::Recipe &recipe) {
    const workspace::SearchSpec &search = *recipe.search;
    std::vector<EstimatorSpec> points, searched;
    std::vector<SearchRange> space = search.space;
    for (const EstimatorSpec &estimator : recipe.estimators) {
        bool ranged = false;
        for (SearchRange &range : space)
            if (range.estimator == estimator.name) {
                ranged = true;
                PH_TRY(checkRange(recipe, estimator, range));
                range.whole = drawnWhole(recipe, estimator, range);
            }
        (ranged ? searched : points).push_back(estimator);
    }
    QSet<QByteArray> known;
    for (const EstimatorSpec &point : points)
        known.insert(keyOf(point));
    metrics::Random random(search.seed);
    const std::size_t wanted = std::max(points.size(), std::size_t(search.trials));
    for (int misses = 0; points.size() < wanted && misses < 1000;) { // so many draws in a row that are known: the space has no more
        EstimatorSpec point = searched[std::size_t(random.below(searched.size()))];
        for (const SearchRange &range : space)
            if (range.estimator == point.name)
                point.parameters.insert(range.parameter, drawn(range, random));
        if (known.contains(keyOf(point))) {
            ++misses;
            continue;
        }
        misses = 0;
        known.insert(keyOf(point));
        points.push_back(std::move(point));
    }
    return points;
}

std::vector<SearchRound> searchRounds(const workspace::SearchSpec &search, std::size_t trials, std::size_t trainRows, std::size_t leastRows) {
    if (search.method == workspace::SearchSpec::Method::Random)
        return {{1, 1}};
    const auto factor = std::size_t(search.factor);
    std::size_t rounds = 1;
    double rows = double(trainRows);
    for (std::size_t left = trials; left > 1 && rows / double(factor) >= double(leastRows); ++rounds) {
        left = (left + factor - 1) / factor;
        rows /= double(factor);
    }
    std::vector<SearchRound> all;
    for (std::size_t i = 0; i < rounds; ++i) {
        trials = (trials + factor - 1) / factor;
        all.push_back({std::pow(double(factor), -double(rounds - 1 - i)), i + 1 < rounds ? trials : 1});
    }
    return all;
}

workspace::ValidationSpec searchValidation(const workspace::Recipe &recipe) {
    using Kind = workspace::ValidationSpec::Kind;
    workspace::ValidationSpec validation;
    validation.folds = 3;
    if (recipe.task == workspace::TaskKind::Forecast || recipe.split.kind == workspace::SplitSpec::Kind::After) {
        validation.kind = Kind::Expanding;
    } else if (recipe.split.kind == workspace::SplitSpec::Kind::Grouped) {
        validation.kind = Kind::GroupedKFold;
        validation.by = recipe.split.by;
    } else {
        validation.kind = recipe.task == workspace::TaskKind::Classification ? Kind::StratifiedKFold : Kind::KFold;
        validation.seed = recipe.search ? recipe.search->seed : recipe.seed;
    }
    return validation;
}

std::vector<std::size_t> shareOf(const Samples &samples, const workspace::Recipe &recipe, const std::vector<std::size_t> &rows, double share) {
    const auto part = [&](std::size_t count) { return std::min(count, std::max<std::size_t>(1, std::size_t(std::llround(double(count) * share)))); };
    if (share >= 1)
        return rows;
    const bool byTime = recipe.validation && recipe.validation->kind == workspace::ValidationSpec::Kind::Expanding;
    if (byTime) // a forecast's samples, and the rows of a log, stand in the order of time
        return {rows.end() - std::ptrdiff_t(part(rows.size())), rows.end()};
    std::map<std::size_t, std::vector<std::size_t>> classes;
    for (const std::size_t row : rows)
        classes[recipe.task == workspace::TaskKind::Classification ? std::size_t(samples.rows.targets[row]) : 0].push_back(row);
    std::vector<std::size_t> kept;
    for (auto &[number, members] : classes) {
        metrics::Random random(recipe.seed, number);
        metrics::shuffle(members, random);
        kept.insert(kept.end(), members.begin(), members.begin() + std::ptrdiff_t(part(members.size())));
    }
    std::sort(kept.begin(), kept.end());
    return kept;
}

} // namespace pilothouse::learn
