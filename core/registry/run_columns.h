// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/run_filter.h"

#include <functional>

namespace pilothouse::registry {

/// One column of a table of runs. By name: run_name, run_id, experiment, user_id, status, start_time, end_time, duration, artifact_uri,
/// error; params.KEY, tags.KEY, metrics.KEY (the last value), metrics.KEY:min, metrics.KEY:max, metrics.KEY@STEP.
struct RunColumn {
    enum Field { Name, Id, Experiment, User, Status, Started, Ended, Duration, Artifacts, Error, Param, Tag, Metric } field = Name;
    enum Figure { Last, Min, Max, AtStep } figure = Last; ///< of a metric
    QString key;
    qint64 step = 0; ///< AtStep
    QString name() const;
    /// It needs the points of the metric: a list of runs tells the last value only.
    bool needsHistory() const { return field == Metric && figure != Last; }
    bool operator==(const RunColumn &) const = default;
};
/// Invalid for what is none of the above.
Result<RunColumn> runColumn(const QString &name);
/// Those of a comma-separated list.
Result<std::vector<RunColumn>> runColumns(const QString &names);
/// What shows a list of runs well: name, status, times, user, and up to three metrics and params that most runs have and that differ.
std::vector<RunColumn> usualColumns(const std::vector<Run> &runs);

/// A metric over its points. NaN is left out of min and max; nullopt: no such point.
std::optional<double> figureOf(const std::vector<MetricPoint> &points, const RunColumn &column);

/// Value of a column that needs a history; nullopt: not known yet. NaN: known, and there is none.
using RunFigures = std::function<std::optional<double>(const QString &runId, const RunColumn &column)>;

/// One value: a number, a text, or nothing.
struct RunValue {
    std::optional<double> number; ///< a time in ms since 1970 (UTC), a duration in s; a param or tag that reads as a number
    QString text;                 ///< as it was logged; of times ISO 8601
    bool known = true;            ///< false: its history was not read yet
    bool isEmpty() const { return !number && text.isEmpty(); }
};
RunValue runValue(const Run &run, const RunColumn &column, const QDateTime &now, const RunFigures &figures = {});

/// Indexes of the runs that pass, in order. Numbers come before texts and by size; runs without the value come last, up or down; equal ones
/// stay in the order of `runs`.
struct RunOrder {
    std::optional<RunColumn> by; ///< nullopt: as they come, newest first
    bool descending = false;
    bool operator==(const RunOrder &) const = default;
};
/// @param passes  a RunFilter, or another rule; none: all
std::vector<int> shownRuns(const std::vector<Run> &runs, const std::function<bool(const Run &)> &passes, const RunOrder &order, const QDateTime &now, const RunFigures &figures = {});

/// Seconds since a run that calls itself RUNNING gave a sign (its newest metric, else its start), if that is longer than `limit`; nullopt: it
/// has ended, or it was heard of lately. Servers know no heartbeat: a program that was killed stays RUNNING for ever.
constexpr qint64 silenceLimit = 24 * 3600;
std::optional<qint64> silentSeconds(const Run &run, const QDateTime &now, qint64 limit = silenceLimit);

/// A table as CSV (RFC 4180, UTF-8, a line of names): the runs at `rows`, in that order, numbers with full precision.
QByteArray runsCsv(const std::vector<Run> &runs, const std::vector<int> &rows, const std::vector<RunColumn> &columns, const QDateTime &now, const RunFigures &figures = {});

} // namespace pilothouse::registry
