// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/labelled_rows.h"
#include "core/artifact/package.h"
#include "core/data/csv.h"
#include "core/data/quality.h"
#include "core/data/resample.h"
#include "core/data/windows.h"
#include "core/learn/data_file.h"
#include "core/learn/unknown_categories.h"
#include "core/workspace/recipe.h"

#include <stop_token>

namespace pilothouse::learn {

/// A recipe's data as samples: rows of a table, or the windows of a forecast.
struct Samples {
    artifact::Signature signature;
    artifact::LabelledRows rows;         ///< all that can be used, training and test
    std::vector<std::size_t> train, test; ///< numbers in `rows`; empty if not split
    std::vector<std::int64_t> origins;   ///< forecast: time of step @0 of each row, ms UTC
    std::size_t window = 0, series = 0;  ///< forecast
    std::int64_t stepMs = 0;             ///< forecast
    std::optional<data::StepCounts> steps; ///< where the recipe resamples: what that came to. `loaded.table` then has a row a step
    std::optional<data::TimeLine> line;  ///< where the recipe imputes over time: when each row of `rows` was
    QStringList notes;                   ///< what was left out and why
    std::optional<data::QualityReport> quality; ///< where the recipe asks for it
    data::LoadedTable loaded;
};

/// Loads and splits. Categories and classes are those of the training rows; nothing of the test rows goes into them.
/// Invalid: whatever the data says against training: missing values without impute (with the count and the column), a
/// constant target, no test rows, a category without one_hot. Refused: the recipe's `quality:` does not hold.
Result<Samples> trainingSamples(const workspace::Recipe &recipe, std::stop_token stop, const data::ReadProgress &progress);

/// The windows of a forecast as labelled rows, numbered as they are.
artifact::LabelledRows windowRows(data::Windows windows);

/// The recipe that a package was trained by.
Result<workspace::Recipe> recipeOf(const artifact::Package &package);

/// Labelled rows of another file for a package: its recipe says how the file is read, its signature how rows are coded. Conflict: a fetched copy changed.
Result<Samples> samplesFor(const artifact::Package &package, const DataFile &dataFile, std::stop_token stop = {});

/// Rows to score, with or without a true value.
struct ScoringRows {
    data::Rows inputs;
    std::vector<std::int64_t> origins;  ///< forecast, and steps that the recipe makes of the rows: their times
    std::vector<std::string> series;    ///< of such steps, where time: {by} tells several series apart
    std::vector<std::size_t> tableRows; ///< row of the file (after `where`), 0-based; empty where there are times
    QStringList notes;
    std::vector<UnknownCategories> unknown = {}; ///< of all rows that were ever added, by input
};
/// Of the whole file, in memory. scoring_blocks.h gives predictions of larger files.
Result<ScoringRows> scoringRows(const artifact::Package &package, const DataFile &dataFile, std::stop_token stop = {});

/// Adds the rows of a table that the model can score, and gives how many it cannot: an input is missing that it does not fill in.
/// @param firstRow  number of the table's first row in the file (after `where`)
Result<std::size_t> addScoringRows(const data::Table &table, const std::vector<data::Input> &inputs, std::size_t firstRow, ScoringRows &rows);

/// The same of a table of steps, which have times and, with `time.by`, a series.
Result<std::size_t> addScoringSteps(const data::Table &table, const workspace::TimeSpec &time, const std::vector<data::Input> &inputs, ScoringRows &rows);

QString notScoredNote(std::size_t rows); ///< a sentence about rows that the model cannot score

} // namespace pilothouse::learn
