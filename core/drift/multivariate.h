// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"

#include <QJsonObject>

#include <limits>
#include <span>
#include <vector>

namespace pilothouse::drift {

/// All columns together. What no column shows by itself: two that no longer go together, a group of rows that is new. Each answer is an effect size in the scale of psiWarning and
/// psiDrifted: two normal samples a PSI of 0.10 apart are 0.32 standard deviations apart, and 0.25 are 0.5.
inline constexpr double aucWarning = 0.59, aucDrifted = 0.638;     ///< of a classifier that tells their rows apart
inline constexpr double shiftWarning = 0.32, shiftDrifted = 0.5;   ///< standard deviations
inline constexpr std::size_t multivariateRows = 500;               ///< on each side; below: too few rows
inline constexpr std::size_t multivariateSample = 10'000;          ///< on each side, drawn; where both have so many the interval need not be clear of a limit

/// A standard error that reaches over a limit is "too few rows" unless the sample is full.
struct MultivariateVerdict {
    bool tooFewRows = true, warning = false, drifted = false;
    std::size_t rowsNeeded = multivariateRows; ///< on each side
    QString word() const;                      ///< "High", "Moderate", "Low", "Too few rows"
};

struct MultivariateDrift {
    quint64 seed = 7;
    QStringList columns;                               ///< that took part
    std::size_t referenceRows = 0, currentRows = 0;    ///< of the samples
    struct {
        double auc = std::numeric_limits<double>::quiet_NaN(), low = 0, high = 0; ///< of rows that the classifier was not trained on; 95 % interval (DeLong 1988)
        double byChance = 0;                           ///< what 97.5 of 100 pairs of samples without drift stay below
        QString learner;
        int folds = 0;
        MultivariateVerdict verdict = {};
    } classifier;
    struct {
        std::size_t components = 0, width = 0;         ///< kept, of
        double reference = 0, current = 0;             ///< mean squared error of a row that is rebuilt from the reference's components
        double shift = 0, error = 0;                   ///< of its mean, in standard deviations of the reference's rows
        MultivariateVerdict verdict = {};
    } reconstruction;
    struct {
        double distance = 0;                           ///< 2·E|X−Y| − E|X−X'| − E|Y−Y'|, each pair once (without bias; may be a little below 0)
        double shift = 0;                              ///< as far apart as two normal samples of so many standard deviations would be
        double p = 1;                                  ///< of a permutation test; secondary
        int permutations = 0;
        std::size_t rows = 0;                          ///< on each side
        MultivariateVerdict verdict = {};
    } energy;
    bool drifted() const { return classifier.verdict.drifted; } ///< the classifier decides
    /// {"seed","rows":{…},"columns","classifier":{"auc","low","high","by_chance","learner","folds","verdict","rows_needed"},"pca":{"components","width","reference","current","shift","error","verdict"},
    /// "energy":{"distance","shift","p","permutations","rows","verdict"},"drifted"}
    QJsonObject toJson() const;
    QStringList lines() const; ///< a sentence an answer
};

/// Rows as numbers: standardised by the reference's mean and deviation (constant columns are left out), missing ones 0 beside a column that says so; a category as a column for each of the
/// 20 most frequent of the reference and one for all others.
struct CodedRows {
    std::size_t count = 0, width = 0;
    std::vector<double> values; ///< [count × width]
    std::span<const double> row(std::size_t i) const { return {values.data() + i * width, width}; }
};
struct CodedPair {
    CodedRows reference, current;
    QStringList columns, names; ///< those of the tables, and those of `width`
};
/// Invalid: no column in common that varies.
/// @param leaveOut  columns by name, e.g. the target
Result<CodedPair> codedPair(const data::Table &reference, const data::Table &current, std::size_t mostRows, quint64 seed, const QStringList &leaveOut = {});

/// Area under the ROC curve with its standard error (DeLong, DeLong, Clarke-Pearson 1988), ties counted half.
struct Area {
    double auc = 0, error = 0;
};
Area areaOf(std::span<const double> negative, std::span<const double> positive);
/// 97.5 of 100 areas without any difference stay below.
double areaByChance(std::size_t negative, std::size_t positive);

/// Verdict on an effect with a standard error; `full`: the samples are as large as they get.
MultivariateVerdict verdictOn(double effect, double error, double warningAt, double driftedAt, std::size_t rows);

/// Reconstruction by as many principal components of the reference as hold 95 % of its variance.
void reconstruct(const CodedPair &pair, MultivariateDrift &into);
/// On the first `mostRows` of each side.
void measureEnergy(const CodedPair &pair, std::size_t mostRows, int permutations, MultivariateDrift &into);

} // namespace pilothouse::drift
