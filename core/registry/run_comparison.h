// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/registry.h"

#include <QStringList>

#include <atomic>

namespace pilothouse::registry {

/// Runs that are compared at once, at most.
inline constexpr int mostComparedRuns = 50;

/// One parameter, metric or tag over the runs that are compared; all vectors have one entry a run, in the order of the runs.
struct ComparedRow {
    enum Kind { Param, Metric, Tag } kind = Param;
    QString name;
    std::vector<std::optional<QString>> texts; ///< as logged; a metric in its shortest exact form; nullopt: that run has none
    std::vector<double> numbers;               ///< NaN: that run has none, or it is no number
    bool numeric = false;                      ///< every run that has it has a finite number
    bool differs = false;                      ///< not the same everywhere; having none differs from having one
};

struct RunComparison {
    std::vector<Run> runs;
    std::vector<ComparedRow> rows; ///< parameters, metrics, tags; by name within each
    QStringList missing;           ///< ids that were asked for and that the registry does not know (deleted since)

    const ComparedRow *row(ComparedRow::Kind kind, const QString &name) const;
    QString runName(std::size_t run) const; ///< its name, or the beginning of its id; with the beginning of the id where two runs have one name
};

/// Parameters are the same where their texts are, or where both are numbers and equal ("1e-3", "0.001"). MLflow's own tags ("mlflow.…") are left
/// out, but for mlflow.user and mlflow.source.…, which say who and from what. Pure; any thread.
RunComparison compareRuns(std::vector<Run> runs);

/// Where the runs stand on one axis of parallel coordinates or of a scatter plot.
struct ComparedAxis {
    QString name;
    QStringList categories;    ///< not empty: texts, sorted, each at its own height from 0
    double from = 0, to = 1;   ///< of numbers: the least and the greatest finite one
    bool log = false;          ///< all are greater than zero, and the greatest is more than 100 times the least
    std::vector<double> place; ///< one a run, 0 … 1; NaN: not on this axis
    double placeOf(double number) const; ///< of an axis of numbers; NaN where it has none
    double numberAt(double place) const; ///< the way back
};
ComparedAxis axisOf(const ComparedRow &row);

/// How far a loading is; written by the loading thread, read by whoever shows it.
struct LoadProgress {
    std::atomic<int> done{0}, total{0};
};

/// Reads the runs by id and compares them; blocks. Ids the registry does not know go to `missing`.
/// Errors: Invalid for none or more than mostComparedRuns ids; NotFound if none of them is known; what the registry says; Cancelled.
Result<RunComparison> loadComparison(const Registry &registry, const QStringList &runIds, std::stop_token stop = {}, LoadProgress *progress = nullptr);

} // namespace pilothouse::registry
