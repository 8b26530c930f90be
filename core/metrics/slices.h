// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metrics.h"
#include "core/metrics/resampling.h"
#include "core/metrics/slicing.h"

namespace pilothouse::metrics {

inline constexpr std::size_t sliceRows = 30; ///< a slice with fewer rows is shown, but neither gets an interval nor is judged

/// One group of rows: the metric on it, and is it worse than on the rest?
struct Slice {
    QString by, name;
    std::size_t rows = 0;
    double value = 0, low = 0, high = 0; ///< with its 95 % bootstrap interval; NaN: none
    double rest = 0;                     ///< the metric on all other rows that are in a group
    double p = 1, adjusted = 1;          ///< one-sided: worse than the rest; adjusted for the number of slices. NaN: not judged
    bool worse = false;                  ///< adjusted p below 0.05
};

/// One group of rows of two models. change = b − a.
struct PairedSlice {
    QString by, name;
    std::size_t rows = 0;
    double a = 0, b = 0, change = 0, low = 0, high = 0; ///< 95 % paired bootstrap interval of the change; NaN: none
    double p = 1, adjusted = 1;                         ///< two-sided, adjusted for the number of slices. NaN: not judged
    QString verdict;                                    ///< of b: "better" | "worse" | "not distinguishable", by the adjusted p at 0.05
};

/// The metric on each slice. All rows are drawn again together (in blocks where `how` says so), so that a slice against the rest is
/// judged on what hangs together; p is that of the difference over its bootstrap standard error (Efron, Tibshirani 1993, chapter 6), and is adjusted
/// over all slices judged (Benjamini, Hochberg 1995: of the slices marked, one in twenty is marked by chance).
/// Invalid for a metric that is not one of the rows, or slicings of other rows.
Result<std::vector<Slice>> evaluateSlices(const std::vector<Slicing> &slicings, const QString &metric, const Scored &scored, const Resampling &how);
Result<std::vector<PairedSlice>> compareSlices(const std::vector<Slicing> &slicings, const QString &metric, const Scored &a, const Scored &b, const Resampling &how);

/// Adjusted p-values of the step-up procedure of Benjamini and Hochberg, as statsmodels' multipletests(method="fdr_bh"); NaN stays NaN and
/// does not count.
std::vector<double> benjaminiHochberg(const std::vector<double> &p);

/// Rounds that so many rows and slices allow in seconds: `wanted`, but never below 200.
int sliceRounds(std::size_t rows, std::size_t slices, int wanted = 1000);

/// {"slice","by","rows","value","low","high","rest","p","p_adjusted","worse"}
QJsonObject toJson(const Slice &slice);
/// {"slice","by","rows","against","model","change","low","high","p","p_adjusted","verdict"}
QJsonObject toJson(const PairedSlice &slice);

} // namespace pilothouse::metrics
