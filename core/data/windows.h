// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/grid.h"
#include "core/data/input.h"
#include "core/data/resample.h"
#include "core/data/split.h"
#include "core/workspace/recipe.h"

#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::data {

/// A forecast's samples: for each origin time t the last `window` steps of every series, and the next `horizon` steps of
/// every target. Steps are matched by time, never by row, so a gap leaves windows out instead of shifting them.
struct Windows {
    std::vector<QString> series;  ///< s series; the targets first, then the included features
    std::size_t window = 0, horizon = 0, targetCount = 1;
    std::int64_t stepMs = 0;
    std::vector<Input> inputs;    ///< series by series, oldest first: "t2m@-23" … "t2m@0"
    std::vector<QString> targets; ///< [outputs()] "t2m@+1" … "t2m@+h", then all steps of the second target, …
    Rows x;                       ///< [n × s·window]
    std::vector<double> y;        ///< [n × outputs()], in the order of `targets`; NaN only with Targets::AnyPresent
    std::vector<std::int64_t> origins; ///< [n] time of step @0, ms UTC, rising
    std::size_t leftOutGap = 0;     ///< origins left out: a step of window or horizon has no row
    std::size_t leftOutMissing = 0; ///< origins left out: a row is there, but a value is missing
    std::size_t repeatedTimes = 0;  ///< rows that repeat a time: the first is kept
    std::size_t offGrid = 0;        ///< rows left out: their time lies beside the grid of most rows
    std::size_t withoutTime = 0;    ///< rows left out: no time
    std::size_t rows = 0;           ///< on the grid, one a time
    std::size_t interpolated = 0;   ///< windows that hold interpolated steps
    std::optional<StepCounts> steps; ///< what resampling came to, where the recipe asks for it
    std::size_t count() const { return origins.size(); }
    std::size_t outputs() const { return targetCount * horizon; }
    std::int64_t targetTime(std::size_t row, std::size_t step) const { return origins[row] + std::int64_t(step + 1) * stepMs; } ///< step from 0
    QStringList notes() const; ///< what was left out and why, a sentence each
    void setLeftOut(const GridFacts &facts); ///< rows that do not lie on the grid, or not alone
    Error noWindow(const workspace::Recipe &recipe) const; ///< Invalid: none is left
};

/// The series of a forecast: targets, then included features, each once.
QStringList seriesNames(const workspace::Recipe &recipe);
/// Their columns. Invalid: one is not there, or holds no numbers.
Result<std::vector<const Column *>> seriesColumns(const Table &table, const workspace::Recipe &recipe);

/// Which targets an origin needs. Inputs must always be whole.
enum class Targets {
    Whole,      ///< all steps of the horizon, of every target: training
    AnyPresent, ///< at least one of one target; the others are NaN: figures by step
    None,       ///< y stays empty, also for the newest rows: scoring
};

/// Builds the windows of a forecast recipe (task, target or targets, features: {include}, time, forecast). Invalid: a column is
/// missing or no number, no time axis, more than one row in a hundred repeats a time (several series in one file: choose
/// one by `where`), or no whole window is left. With `resample` the rows are brought to the steps first (resample.h); with `interpolate` a
/// window's missing inputs are filled from its own steps, never a target.
Result<Windows> buildWindows(const Table &table, const workspace::Recipe &recipe, Targets targets = Targets::Whole);

/// After: a window tests if its first target is at or after the time, and trains if its last target is before; those
/// between are left out. Every and Random count windows (neighbours overlap; a note says so). Stratified is Invalid.
Result<Split> splitWindows(const Windows &windows, const workspace::SplitSpec &spec);

/// The listed windows (x, y, origins).
Windows takeWindows(const Windows &windows, const std::vector<std::size_t> &rows);

} // namespace pilothouse::data
