// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/samples.h"

#include "core/artifact/leakage.h"
#include "core/base/count_text.h"
#include "core/base/file.h"
#include "core/data/made_columns.h"
#include "core/data/prepare_table.h"
#include "core/data/split.h"
#include "core/data/time_fill.h"
#include "core/data/transforms.h"
#include "core/learn/filled_samples.h"
#include "core/learn/quality_gate.h"
#include "core/workspace/recipe_place.h"

#include <QSet>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace pilothouse::learn {

namespace {

using workspace::Recipe;
using workspace::TaskKind;

/// Labels of the training rows, in the order of numbers if all are numbers, else of bytes.
std::vector<std::string> classesOf(const data::Column &target, const std::vector<std::size_t> &rows) {
    std::vector<std::string> classes;
    QSet<QString> seen;
    for (const std::size_t row : rows) {
        if (target.isMissing(row))
            continue;
        const QString text = target.text(row);
        if (!seen.contains(text)) {
            seen.insert(text);
            classes.push_back(text.toStdString());
        }
    }
    const auto number = [](const std::string &text, double *value) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
        return error == std::errc() && end == text.data() + text.size();
    };
    double a = 0, b = 0;
    const bool numbers = std::all_of(classes.begin(), classes.end(), [&](const std::string &text) { return number(text, &a); });
    std::sort(classes.begin(), classes.end(), [&](const std::string &x, const std::string &y) { return numbers && number(x, &a) && number(y, &b) ? a < b : x < y; });
    return classes;
}

Result<void> checkInputs(const Recipe &recipe, const data::Table &table, const std::vector<data::Input> &inputs, const std::vector<std::size_t> &train) {
    PH_ASSIGN(const std::vector<data::TransformStep> steps, data::makeTransforms(recipe));
    const QStringList made = data::madeColumns(steps, recipe.targets());
    for (const data::Input &input : inputs) {
        const data::Column *column = table.find(input.name);
        const bool mayMiss = !column || input.optional || made.contains(input.name); // rows whose past the data does not have are left out
        std::size_t missing = 0, first = 0;
        for (std::size_t i = 0; !mayMiss && i < column->size(); ++i) {
            if (!column->isMissing(i))
                continue;
            first = missing == 0 ? i : first;
            ++missing;
        }
        if (missing > 0 && std::all_of(train.begin(), train.end(), [&](std::size_t row) { return column->isMissing(row); })) // nothing to impute from
            return invalid(QStringLiteral("Column “%1” has no value in any of the %2 training rows.").arg(input.name).arg(train.size()), recipe.data.source,
                           QStringLiteral("Leave it out by features: {exclude: [%1]}.").arg(input.name));
        const bool coded = std::any_of(steps.begin(), steps.end(), [&](const auto &step) { return step.transform->codesCategories() && step.names(input.name); });
        if (input.type == data::ColumnType::Category && !coded)
            return invalid(QStringLiteral("Column “%1” holds categories, and no estimator takes texts.").arg(input.name), recipe.file,
                           QStringLiteral("Add one_hot to transforms, or leave the column out by features: {exclude: [%1]}.").arg(input.name));
        if (missing > 0)
            return invalid(QStringLiteral("%1 of %2 rows have no value in column “%3” (the first is data row %4).").arg(missing).arg(column->size()).arg(input.name).arg(first + 1),
                           recipe.data.source, QStringLiteral("Add “impute: median” to transforms, or leave the column out by features: {exclude: [%1]}.").arg(input.name));
    }
    return {};
}

/// A column that is made of the past has no value in the first rows. Invalid: it has none at all.
Result<QStringList> shortPasts(const Recipe &recipe, const data::Table &table) {
    PH_ASSIGN(const std::vector<data::TransformStep> steps, data::makeTransforms(recipe));
    QStringList notes;
    for (const QString &name : data::madeColumns(steps, recipe.targets())) {
        const data::Column *column = table.find(name);
        std::size_t missing = 0;
        for (std::size_t row = 0; column && row < column->size(); ++row)
            missing += column->isMissing(row);
        if (missing == table.rows())
            return invalid(QStringLiteral("“%1” has no value in any row: the data has no rows that lie so far back.").arg(name), workspace::placeInFile(recipe.file, {QStringLiteral("transforms")}),
                           QStringLiteral("Compare the step of `time:` with the times that `pilot profile` shows."));
        if (missing > 0)
            notes << QStringLiteral("“%1” is missing in %2 rows, whose past is not in the data.").arg(name).arg(missing);
    }
    return notes;
}

/// Row numbers of a table as numbers of the samples that were kept.
std::vector<std::size_t> kept(const std::vector<std::size_t> &tableRows, const artifact::LabelledRows &rows) {
    std::vector<std::size_t> out;
    auto it = rows.tableRows.begin();
    for (const std::size_t row : tableRows) { // both rise
        while (it != rows.tableRows.end() && *it < row)
            ++it;
        if (it != rows.tableRows.end() && *it == row)
            out.push_back(std::size_t(it - rows.tableRows.begin()));
    }
    return out;
}

Result<void> checkSides(const Recipe &recipe, const Samples &samples) {
    if (samples.train.empty() || samples.test.empty())
        return invalid(QStringLiteral("After rows without a usable target were left out, %1 training rows and %2 test rows remain; both are needed.")
                           .arg(samples.train.size()).arg(samples.test.size()), recipe.file, QStringLiteral("Check target and split."));
    const std::size_t outputs = samples.rows.width();
    const QStringList targets = samples.signature.targets();
    for (std::size_t o = 0; o < outputs; ++o) {
        const double first = samples.rows.targets[samples.train[0] * outputs + o];
        const bool constant = std::all_of(samples.train.begin(), samples.train.end(), [&](std::size_t i) { return samples.rows.targets[i * outputs + o] == first; });
        if (const QString &target = targets[qsizetype(o * std::size_t(targets.size()) / outputs)]; constant)
            return invalid(QStringLiteral("The target “%1” has one and the same value in all training rows: there is nothing to learn.").arg(target), workspace::placeInFile(recipe.file, {QStringLiteral("target")}, target),
                           QStringLiteral("Check target, where and split."));
    }
    return {};
}

/// Test rows with a category that no training row has, a sentence a column.
QStringList unseenCategories(const Samples &samples) {
    QStringList notes;
    const data::Rows &inputs = samples.rows.inputs;
    for (std::size_t k = 0; k < samples.signature.inputs.size(); ++k) {
        if (samples.signature.inputs[k].type != data::ColumnType::Category)
            continue;
        const auto unseen = std::count_if(samples.test.begin(), samples.test.end(), [&](std::size_t row) { return inputs.values[row * inputs.width + k] == -1; });
        if (unseen > 0)
            notes << QStringLiteral("%1 of %2 test rows have a category of “%3” that no training row has.").arg(unseen).arg(samples.test.size()).arg(samples.signature.inputs[k].name);
    }
    return notes;
}

Result<Samples> tableSamples(const Recipe &recipe, data::LoadedTable loaded) {
    Samples samples;
    samples.loaded = std::move(loaded);
    PH_ASSIGN(samples.steps, data::prepareTable(samples.loaded.table, recipe));
    const data::Table &table = samples.loaded.table;
    PH_ASSIGN(samples.notes, shortPasts(recipe, table));
    if (samples.steps)
        samples.notes.prepend(samples.steps->note());
    PH_ASSIGN(const data::Split split, data::splitRows(table, recipe.split, recipe.target, recipe.time));
    samples.notes += split.notes;
    samples.signature.task = recipe.task;
    samples.signature.target = recipe.target;
    samples.signature.outputs = {recipe.target};
    PH_ASSIGN(samples.signature.inputs, data::inputsOf(table, recipe, split.train));
    PH_TRY(checkInputs(recipe, table, samples.signature.inputs, split.train));
    if (recipe.task == TaskKind::Classification) {
        samples.signature.classes = classesOf(*table.find(recipe.target), split.train);
        if (samples.signature.classes.size() < 2)
            return invalid(QStringLiteral("The target “%1” has fewer than two classes in the training rows: there is nothing to learn.").arg(recipe.target), workspace::placeInFile(recipe.file, {QStringLiteral("target")}),
                           QStringLiteral("Check target, where and split."));
        if (samples.signature.classes.size() > 1000)
            return invalid(QStringLiteral("The target “%1” has %2 different values; these are hardly classes.").arg(recipe.target).arg(samples.signature.classes.size()), workspace::placeInFile(recipe.file, {QStringLiteral("target")}),
                           QStringLiteral("Choose task: regression, or another target."));
    }
    PH_ASSIGN(samples.rows, artifact::labelledRows(table, samples.signature));
    samples.notes += samples.rows.notes();
    samples.train = kept(split.train, samples.rows);
    samples.test = kept(split.test, samples.rows);
    PH_TRY(fillSides(table, recipe, samples));
    return samples;
}

Result<Samples> windowSamples(const Recipe &recipe, data::LoadedTable loaded, bool split) {
    Samples samples;
    samples.loaded = std::move(loaded);
    PH_ASSIGN(data::Windows windows, data::buildWindows(samples.loaded.table, recipe));
    samples.notes += windows.notes();
    samples.signature.task = recipe.task;
    samples.signature.target = recipe.target;
    samples.signature.inputs = windows.inputs;
    samples.signature.outputs = windows.targets;
    samples.origins = windows.origins;
    samples.window = windows.window;
    samples.stepMs = windows.stepMs;
    samples.series = windows.series.size();
    samples.steps = windows.steps;
    if (split) {
        PH_ASSIGN(data::Split sides, data::splitWindows(windows, recipe.split));
        samples.notes += sides.notes;
        samples.train = std::move(sides.train);
        samples.test = std::move(sides.test);
    }
    samples.rows = windowRows(std::move(windows));
    return samples;
}

/// A file as a package's recipe reads it, its columns as the signature has them, made into the rows that the model knows.
struct LoadedFor {
    Recipe recipe;
    data::LoadedTable loaded;
    std::optional<data::StepCounts> steps;
};

Result<LoadedFor> loadFor(const artifact::Package &package, const DataFile &dataFile, std::stop_token stop) {
    LoadedFor out;
    PH_ASSIGN(out.recipe, recipeOf(package));
    Recipe &recipe = out.recipe;
    dataFile.readBy(recipe.data);
    QMap<QString, data::ColumnType> types;
    if (recipe.task != TaskKind::Forecast)
        types = artifact::columnTypes(package.signature);
    PH_ASSIGN(out.loaded, data::loadData(recipe.data, types, stop));
    if (recipe.task != TaskKind::Forecast) {
        PH_ASSIGN(out.steps, data::prepareTable(out.loaded.table, recipe));
    }
    return out;
}

} // namespace

Result<Samples> trainingSamples(const Recipe &recipe, std::stop_token stop, const data::ReadProgress &progress) {
    PH_ASSIGN(data::LoadedTable loaded, data::loadData(recipe, stop, progress));
    const QString readingNote = loaded.report.note();
    PH_ASSIGN(std::optional<data::QualityReport> quality, checkQuality(recipe, loaded, stop));
    Result<Samples> samples = recipe.task == TaskKind::Forecast ? windowSamples(recipe, std::move(loaded), true) : tableSamples(recipe, std::move(loaded));
    if (!samples) {
        Error error = samples.error();
        if (error.kind == ErrorKind::Invalid && !readingNote.isEmpty()) // a value that is missing may be one that could not be read
            error.what += QLatin1Char(' ') + readingNote;
        return error;
    }
    if (!readingNote.isEmpty())
        samples->notes.prepend(readingNote);
    samples->quality = std::move(quality);
    PH_TRY(checkSides(recipe, *samples));
    samples->notes += unseenCategories(*samples);
    for (const artifact::Leak &leak : artifact::leaksOf(samples->rows.take(samples->train), samples->signature))
        samples->notes << QStringLiteral("“%1” gives the target away (%2): if it is known only afterwards, leave it out by features: {exclude: [%1]}.").arg(leak.input, leak.how);
    return samples;
}

artifact::LabelledRows windowRows(data::Windows windows) {
    artifact::LabelledRows rows;
    rows.tableRows.resize(windows.count());
    std::iota(rows.tableRows.begin(), rows.tableRows.end(), std::size_t(0));
    rows.inputs = std::move(windows.x);
    rows.targets = std::move(windows.y);
    return rows;
}

Result<Recipe> recipeOf(const artifact::Package &package) {
    const QString file = package.folder + QStringLiteral("/recipe.yaml");
    PH_ASSIGN(const QByteArray yaml, readFile(file));
    return workspace::parseRecipe(yaml, file);
}

Result<Samples> samplesFor(const artifact::Package &package, const DataFile &dataFile, std::stop_token stop) {
    PH_ASSIGN(LoadedFor file, loadFor(package, dataFile, stop));
    auto &[recipe, loaded, steps] = file;
    Samples samples;
    if (recipe.task == TaskKind::Forecast) {
        PH_ASSIGN(samples, windowSamples(recipe, std::move(loaded), false));
        return samples;
    }
    samples.signature = package.signature;
    samples.loaded = std::move(loaded);
    PH_ASSIGN(samples.rows, artifact::labelledRows(samples.loaded.table, package.signature));
    samples.notes = samples.rows.notes();
    if (const QString note = samples.loaded.report.note(); !note.isEmpty())
        samples.notes.prepend(note);
    samples.steps = steps;
    if (steps)
        samples.notes.prepend(steps->note());
    PH_TRY(fillRows(samples.loaded.table, recipe, samples));
    return samples;
}

Result<std::size_t> addScoringRows(const data::Table &table, const std::vector<data::Input> &inputs, std::size_t firstRow, ScoringRows &rows) {
    PH_ASSIGN(const data::Rows all, data::rowsFromTable(table, inputs));
    rows.inputs.width = all.width;
    rows.inputs.values.reserve(rows.inputs.values.size() + all.values.size());
    const std::size_t before = rows.tableRows.size();
    UnknownCounter unknown(table, inputs, rows.unknown);
    for (std::size_t i = 0; i < all.count; ++i) {
        const auto row = all.row(i);
        bool whole = true;
        for (std::size_t k = 0; k < row.size(); ++k)
            whole &= !std::isnan(row[k]) || inputs[k].optional;
        if (!whole)
            continue;
        unknown.add(i, row);
        rows.inputs.values.insert(rows.inputs.values.end(), row.begin(), row.end());
        rows.tableRows.push_back(firstRow + i);
    }
    rows.inputs.count = rows.tableRows.size();
    return all.count - (rows.tableRows.size() - before);
}

Result<std::size_t> addScoringSteps(const data::Table &table, const workspace::TimeSpec &time, const std::vector<data::Input> &inputs, ScoringRows &rows) {
    PH_ASSIGN(const std::vector<std::int64_t> times, data::rowTimes(table, time));
    ScoringRows found;
    found.unknown = std::move(rows.unknown);
    PH_ASSIGN(const std::size_t left, addScoringRows(table, inputs, 0, found));
    rows.unknown = std::move(found.unknown);
    rows.inputs.width = found.inputs.width;
    rows.inputs.values.insert(rows.inputs.values.end(), found.inputs.values.begin(), found.inputs.values.end());
    rows.inputs.count += found.inputs.count;
    const data::Column *const by = time.by.isEmpty() ? nullptr : table.find(time.by);
    for (const std::size_t row : found.tableRows) {
        rows.origins.push_back(times[row]);
        if (by)
            rows.series.push_back(by->text(row).toStdString());
    }
    return left;
}

QString notScoredNote(std::size_t rows) { return QStringLiteral("%1 left out: an input is missing that the model does not fill in.").arg(rowsText(rows)); }

Result<ScoringRows> scoringRows(const artifact::Package &package, const DataFile &dataFile, std::stop_token stop) {
    PH_ASSIGN(LoadedFor file, loadFor(package, dataFile, stop));
    auto &[recipe, loaded, steps] = file;
    ScoringRows out;
    if (const QString note = loaded.report.note(); !note.isEmpty())
        out.notes << note;
    if (recipe.task == TaskKind::Forecast) {
        PH_ASSIGN(data::Windows windows, data::buildWindows(loaded.table, recipe, data::Targets::None));
        out.inputs = std::move(windows.x);
        out.origins = std::move(windows.origins);
        out.notes += windows.notes();
        return out;
    }
    const std::vector<data::Input> &inputs = package.signature.inputs;
    PH_ASSIGN(const data::TimeFill fill, data::fillOverTime(loaded.table, recipe, inputs));
    data::writeFilled(loaded.table, inputs, fill.values);
    PH_ASSIGN(const std::size_t left, steps ? addScoringSteps(loaded.table, *recipe.time, inputs, out) : addScoringRows(loaded.table, inputs, 0, out));
    if (steps)
        out.notes << steps->note();
    out.notes += fill.counts.notes();
    if (left > 0)
        out.notes << notScoredNote(left);
    out.notes += unknownNotes(out.unknown);
    return out;
}

} // namespace pilothouse::learn
