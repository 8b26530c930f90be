// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/evidence_rows.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/data/csv.h"
#include "core/data/made_columns.h"
#include "core/data/naive_forecast.h"
#include "core/data/prepare_table.h"
#include "core/data/split.h"
#include "core/data/time_fill.h"
#include "core/data/windows.h"
#include "core/drift/drift.h"
#include "core/sources/fetch.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <span>
#include <unordered_map>

namespace pilothouse::promotion {

namespace {

using artifact::LabelledRows;
using artifact::Package;
using workspace::Recipe;
using workspace::TaskKind;

/// Rows of one model with what names each of them: its row in the table, or the time of a window.
struct Named {
    LabelledRows rows;
    std::vector<std::int64_t> names; ///< rising
};

Result<Recipe> recipeOf(const Package &package) {
    const QString file = package.folder + QStringLiteral("/recipe.yaml");
    PH_ASSIGN(const QByteArray yaml, readFile(file));
    PH_ASSIGN(Recipe recipe, workspace::parseRecipe(yaml, file));
    const QString source = package.data.value(QLatin1String("source")).toString();
    if (!source.isEmpty()) // a relative path in the recipe was relative to where it lay, not to the package
        recipe.data.source = source;
    return recipe;
}

Named namedTable(LabelledRows rows) {
    Named out;
    out.names.assign(rows.tableRows.begin(), rows.tableRows.end());
    out.rows = std::move(rows);
    return out;
}

/// Windows coded for a signature, whose inputs must be the windows' own.
Result<Named> namedWindows(const data::Windows &windows, const artifact::Signature &signature) {
    bool same = windows.inputs.size() == signature.inputs.size() && windows.targets == signature.outputs;
    for (std::size_t i = 0; same && i < windows.inputs.size(); ++i)
        same = windows.inputs[i].name == signature.inputs[i].name;
    if (!same)
        return invalid(QStringLiteral("The package's recipe and its signature do not name the same window."));
    Named out;
    out.rows.inputs = windows.x;
    out.rows.targets = windows.y;
    for (std::size_t i = 0; i < windows.count(); ++i)
        out.rows.tableRows.push_back(i);
    out.names = windows.origins;
    return out;
}

Named pick(const Named &from, const std::vector<std::size_t> &rows) {
    Named out;
    out.rows = from.rows.take(rows);
    for (const std::size_t row : rows)
        out.names.push_back(from.names[row]);
    return out;
}

/// Positions in `named` whose name is in `wanted`; both rise.
std::vector<std::size_t> positionsOf(const Named &named, const std::vector<std::size_t> &wanted) {
    std::vector<std::size_t> out;
    auto it = wanted.begin();
    for (std::size_t i = 0; i < named.names.size(); ++i) {
        while (it != wanted.end() && std::int64_t(*it) < named.names[i])
            ++it;
        if (it != wanted.end() && std::int64_t(*it) == named.names[i])
            out.push_back(i);
    }
    return out;
}

/// Test rows of the candidate, the same table for the champion, targets of the training rows.
struct Gathered {
    Named candidate;
    Result<Named> champion = Named{};
    std::vector<double> trainTargets;
    QString rowsFrom;
    bool timed = false; ///< the names are times
};

/// The table as a recipe makes it: brought to its steps, with columns of the past. Empty: it is taken as it is.
Result<std::optional<data::Table>> madeTable(const data::Table &table, const Recipe &recipe) {
    PH_ASSIGN(const std::vector<data::TransformStep> steps, data::makeTransforms(recipe));
    if (data::madeColumns(steps, recipe.targets()).isEmpty() && !data::resamples(recipe, table.names()))
        return std::optional<data::Table>();
    std::optional<data::Table> made = table;
    PH_TRY(data::prepareTable(*made, recipe));
    return made;
}

/// The rows of such a table as a package takes them.
Result<Named> rowsOf(const data::Table &table, const Recipe &recipe, const Package &package) {
    PH_ASSIGN(LabelledRows rows, artifact::labelledRows(table, package.signature));
    PH_ASSIGN(const data::TimeFill fill, data::fillOverTime(table, recipe, package.signature.inputs));
    rows.noteFilled(fill.values);
    return namedTable(std::move(rows));
}

Result<Gathered> fromTable(const data::Table &table, const Recipe &recipe, const Package &candidate, const std::optional<Package> &champion) {
    Gathered out;
    if (recipe.task == TaskKind::Forecast) {
        PH_ASSIGN(const data::Windows windows, data::buildWindows(table, recipe));
        PH_ASSIGN(const data::Split split, data::splitWindows(windows, recipe.split));
        PH_ASSIGN(const Named all, namedWindows(windows, candidate.signature));
        out.candidate = pick(all, split.test);
        out.timed = true;
        out.trainTargets = all.rows.take(split.train).targets;
        if (champion)
            out.champion = [&]() -> Result<Named> {
                PH_ASSIGN(Recipe theirs, recipeOf(*champion));
                PH_ASSIGN(const data::Windows all, data::buildWindows(table, theirs));
                return namedWindows(all, champion->signature);
            }();
        return out;
    }
    PH_ASSIGN(const std::optional<data::Table> made, madeTable(table, recipe));
    const data::Table &own = made ? *made : table;
    PH_ASSIGN(const data::Split split, data::splitRows(own, recipe.split, recipe.target, recipe.time));
    PH_ASSIGN(const Named all, rowsOf(own, recipe, candidate));
    out.candidate = pick(all, positionsOf(all, split.test));
    out.trainTargets = all.rows.take(positionsOf(all, split.train)).targets;
    if (champion)
        out.champion = [&]() -> Result<Named> {
            PH_ASSIGN(const Recipe theirs, recipeOf(*champion));
            if (data::stepsText(theirs) != data::stepsText(recipe))
                return invalid(QStringLiteral("the two do not predict the same rows: their recipes do not resample alike"));
            PH_ASSIGN(const std::optional<data::Table> other, madeTable(table, theirs));
            return rowsOf(other ? *other : table, theirs, *champion);
        }();
    return out;
}

Result<Gathered> fromSource(const Package &candidate, const std::optional<Package> &champion) {
    PH_ASSIGN(Recipe recipe, recipeOf(candidate));
    const QString source = recipe.data.source, wanted = candidate.data.value(QLatin1String("sha256")).toString();
    if (sources::sourceKind(source) != sources::SourceKind::File) { // by its digest: the source may have gone on
        const auto cache = sources::Cache::open();
        const auto copy = cache ? cache->object(wanted) : std::nullopt;
        if (!copy)
            return notFound(QStringLiteral("the copy of %1 that it was trained on is no longer in the cache").arg(source));
        recipe.data.fetched = *copy;
    } else if (!QFileInfo::exists(source))
        return notFound(QStringLiteral("%1 is gone").arg(source));
    const auto types = recipe.task == TaskKind::Forecast ? QMap<QString, data::ColumnType>() : artifact::columnTypes(candidate.signature);
    auto loaded = data::loadData(recipe.data, types);
    if (!loaded || loaded->fingerprint.sha256 != wanted)
        return invalid(loaded ? QStringLiteral("%1 is not the file that the candidate was trained on").arg(source)
                              : QStringLiteral("%1 could not be read (%2)").arg(source, loaded.error().what));
    PH_ASSIGN(Gathered out, fromTable(loaded->table, recipe, candidate, champion));
    out.rowsFrom = QStringLiteral("test rows of %1 (sha256 %2…)").arg(source, wanted.left(12));
    return out;
}

Result<Gathered> fromSample(const Package &candidate, const std::optional<Package> &champion, const QString &why) {
    const QString path = candidate.folder + QStringLiteral("/sample.csv");
    if (!QFileInfo::exists(path))
        return invalid(QStringLiteral("No row is there to score both models on: %1, and the package keeps no sample rows.").arg(why), candidate.folder,
                       QStringLiteral("Put the data file back, or train again with data: {sample: true}; an imported model needs its true values: registry import … --target COLUMN."));
    data::CsvOptions options;
    options.delimiter = QStringLiteral(",");
    options.decimal = QStringLiteral(".");
    options.missing = QStringList{QString()};
    options.types = artifact::columnTypes(candidate.signature);
    options.fingerprint = false;
    PH_ASSIGN(const data::LoadedTable loaded, data::readCsv(path, options));
    Gathered out;
    PH_ASSIGN(LabelledRows rows, artifact::labelledRows(loaded.table, candidate.signature));
    out.candidate = namedTable(std::move(rows));
    if (champion) {
        auto theirs = artifact::labelledRows(loaded.table, champion->signature);
        out.champion = theirs ? Result<Named>(namedTable(std::move(*theirs))) : Result<Named>(theirs.error());
    }
    out.rowsFrom = QStringLiteral("test rows kept in the package, because %1").arg(why);
    return out;
}

/// Keeps the rows that both take and the champion was not trained on.
Result<void> alignWithChampion(ComparedRows &out, const Named &candidate, const Named &champion, const Package &package, bool timed) {
    PH_ASSIGN(const std::vector<std::uint64_t> trained, artifact::trainRowHashes(package.folder));
    out.championHasRowHashes = !trained.empty();
    std::unordered_map<std::int64_t, std::size_t> at;
    for (std::size_t i = 0; i < champion.names.size(); ++i)
        at.emplace(champion.names[i], i);
    std::vector<std::size_t> mine, theirs;
    const std::size_t outputs = champion.rows.width();
    for (std::size_t i = 0; i < candidate.names.size(); ++i) {
        const auto found = at.find(candidate.names[i]);
        if (found == at.end()) {
            ++out.notForChampion;
            continue;
        }
        const std::uint64_t hash = artifact::rowHash(champion.rows.inputs.row(found->second), std::span(champion.rows.targets).subspan(found->second * outputs, outputs));
        if (std::binary_search(trained.begin(), trained.end(), hash)) {
            ++out.excluded;
            continue;
        }
        mine.push_back(i);
        theirs.push_back(found->second);
        if (timed)
            out.times.push_back(candidate.names[i]);
    }
    out.candidate = candidate.rows.take(mine);
    out.champion = champion.rows.take(theirs);
    return {};
}

/// Mean or class shares of the target by the training profile.
Result<std::vector<double>> fromProfile(const Package &candidate) {
    const QString path = candidate.folder + QStringLiteral("/profile.json");
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, path));
    PH_ASSIGN(const drift::Profile profile, drift::Profile::fromJson(object, path));
    const auto &classes = candidate.signature.classes;
    for (const drift::ColumnProfile &column : profile.columns) {
        if (column.name != candidate.signature.target || column.present == 0)
            continue;
        if (classes.empty() && column.kind == data::ColumnType::Number)
            return std::vector<double>{column.mean};
        if (!classes.empty() && column.kind == data::ColumnType::Category) {
            std::vector<double> shares(classes.size(), 0);
            for (std::size_t i = 0; i < column.categories.size(); ++i)
                for (std::size_t k = 0; k < classes.size(); ++k)
                    if (column.categories[i].toStdString() == classes[k])
                        shares[k] = column.categoryCounts[i] / double(column.present);
            return shares;
        }
    }
    return notFound(QStringLiteral("The training profile does not hold the target."), path);
}

} // namespace

Result<ComparedRows> comparedRows(const Package &candidate, const std::optional<Package> &champion) {
    auto source = fromSource(candidate, champion);
    PH_ASSIGN(Gathered gathered, source ? std::move(source) : fromSample(candidate, champion, source.error().what));
    ComparedRows out;
    out.rowsFrom = gathered.rowsFrom;
    out.trainTargets = std::move(gathered.trainTargets);
    if (!champion) {
        out.candidate = std::move(gathered.candidate.rows);
        if (gathered.timed)
            out.times = std::move(gathered.candidate.names);
        return out;
    }
    if (!gathered.champion) {
        out.incomparable = gathered.champion.error().what;
        out.candidate = std::move(gathered.candidate.rows);
        if (gathered.timed)
            out.times = std::move(gathered.candidate.names);
        return out;
    }
    PH_TRY(alignWithChampion(out, gathered.candidate, *gathered.champion, *champion, gathered.timed));
    return out;
}

Result<NaiveAnswer> naiveAnswer(const Package &candidate, const ComparedRows &rows) {
    const artifact::Signature &signature = candidate.signature;
    NaiveAnswer out;
    metrics::Scored &scored = out.scored;
    scored.count = rows.candidate.inputs.count;
    scored.outputs = signature.outputs.size();
    scored.classes = signature.classes.size();
    scored.truth = rows.candidate.targets;
    if (signature.task == TaskKind::Forecast) {
        const QString newest = signature.target + QStringLiteral("@0"); // the targets' windows come first
        const auto at = std::find_if(signature.inputs.begin(), signature.inputs.end(), [&](const auto &input) { return input.name == newest; });
        if (at == signature.inputs.end())
            return invalid(QStringLiteral("The forecast has no input “%1” to persist.").arg(newest), candidate.folder);
        const std::size_t window = std::size_t(at - signature.inputs.begin()) + 1, targets = std::size_t(signature.targets().size());
        PH_ASSIGN(const Recipe recipe, recipeOf(candidate));
        const QString by = workspace::defaultMetric(TaskKind::Forecast, targets);
        const double sign = workspace::largerIsBetter(by) ? -1 : 1;
        double least = 0;
        scored.naiveScales.assign(targets, std::nan(""));
        std::vector<std::size_t> seasons = data::naiveSeasons(window, recipe.time ? recipe.time->stepSeconds() * 1000 : 0);
        std::vector<double> means;
        if (!rows.trainTargets.empty()) {
            seasons.push_back(0); // none: the mean of the training rows
            means = data::meanForecast(rows.trainTargets, targets, scored.outputs);
        }
        for (const std::size_t season : seasons) {
            metrics::Scored one = scored;
            one.predicted.resize(scored.count * scored.outputs);
            for (std::size_t i = 0; i < scored.count; ++i) {
                const auto answers = std::span(one.predicted).subspan(i * scored.outputs, scored.outputs);
                if (season == 0)
                    std::copy(means.begin(), means.end(), answers.begin());
                else
                    data::naiveForecast(rows.candidate.inputs.row(i), window, season, targets, answers);
            }
            PH_ASSIGN(const double value, metrics::metricOf(by, one));
            if (out.name.isEmpty() || sign * value < least) {
                least = sign * value;
                out.name = season == 0 ? QStringLiteral("mean") : data::naiveName(season);
                scored = std::move(one);
            }
        }
        return out;
    }
    std::vector<double> known; // the mean, or the share of each class
    if (rows.trainTargets.empty()) {
        PH_ASSIGN(known, fromProfile(candidate));
    } else {
        known.assign(std::max<std::size_t>(1, scored.classes), 0);
        for (const double target : rows.trainTargets)
            known[scored.classes ? std::size_t(target) : 0] += (scored.classes ? 1.0 : target) / double(rows.trainTargets.size());
    }
    out.name = scored.classes ? QStringLiteral("majority") : QStringLiteral("mean");
    const double answer = scored.classes ? double(std::max_element(known.begin(), known.end()) - known.begin()) : known.front();
    scored.predicted.assign(scored.count * scored.outputs, answer);
    if (scored.classes)
        for (std::size_t i = 0; i < scored.count; ++i)
            scored.probabilities.insert(scored.probabilities.end(), known.begin(), known.end());
    return out;
}

} // namespace pilothouse::promotion
