// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/csv.h"

#include <QJsonObject>

#include <cmath>
#include <utility>
#include <vector>

namespace pilothouse::data {

/// One column in figures. Quantiles by linear interpolation, h = (n − 1)·q; std with ddof 0. NaN = undefined (no value).
struct ColumnStatistics {
    QString name;
    ColumnType type = ColumnType::Number;
    qint64 missing = 0, present = 0, distinct = 0;
    double min = NAN, max = NAN, mean = NAN, std = NAN, sum = NAN; ///< numbers
    double q25 = NAN, median = NAN, q75 = NAN;                     ///< numbers
    double mostCommon = NAN;    ///< numbers: the value that occurs most often (the smallest of several)
    qint64 mostCommonCount = 0; ///< how often
    qint64 maxCount = 0;        ///< numbers: how often max occurs
    double sentinel = NAN;      ///< numbers: a value such as −999 at the edge, far from all others: perhaps "missing"
    bool whole = false;         ///< numbers: all are whole
    bool counter = false;       ///< numbers: rising by one nearly everywhere: a row number
    std::int64_t firstTime = Column::missingTime, lastTime = Column::missingTime; ///< times
    std::int64_t step = 0;      ///< times: the most frequent distance of neighbours in ms; 0 = none
    qint64 gaps = 0;            ///< times: neighbours at another distance than `step`
    qint64 missingSteps = 0;    ///< times: whole steps between neighbours, all of them
    qint64 longestGap = 0;      ///< times: and the most between two neighbours
    bool sorted = false;        ///< times: rising in file order
    std::vector<std::pair<QString, qint64>> top; ///< categories: the six most frequent, ties in code-point order
    QStringList estimated; ///< keys of toJson() whose figures are estimates (block_statistics.h); empty: all are exact
};

/// Something a person should look at before training on this file.
struct QualityProblem {
    QString column; ///< empty: the file
    QString what, hint;
    qint64 line = 0; ///< 0: no single place
};

struct Profile {
    qint64 rows = 0;
    std::vector<ColumnStatistics> columns;
    std::vector<QualityProblem> problems;
    Fingerprint fingerprint;
    ReadReport report;
    qint64 repeatedRows = 0; ///< rows that equal an earlier one in every column
    bool repeatsEstimated = false; ///< repeatedRows is an estimate
    const ColumnStatistics *find(const QString &name) const;
    /// {"rows","columns":[{"name","type","missing","distinct","min","max","mean","std","quantiles":{"q25","median","q75"},
    /// "top":[["text",count]…]}],"md5","sha256","bytes","problems":[{"column","what","hint","line"}],"report":{…}}. min and max of
    /// times are ISO texts; they also have "step_seconds","gaps","missing_steps","longest_gap". Keys without meaning for a type are absent. Of a
    /// file that was read in blocks (file_profile.h) a column may have "estimated":[keys], the profile "repeated_rows_estimated":true.
    QJsonObject toJson() const;
};

ColumnStatistics statisticsOf(const Column &column);
/// true for a column that tells rows apart and says nothing else: texts that are all distinct, or whole numbers that count
/// the rows. A model must not learn from it.
bool isIdentifier(const ColumnStatistics &column);
/// Fills in the quality problems of a profile that has everything else.
void findProblems(Profile &profile);
/// Statistics of every column (in parallel) and the quality problems. Any thread.
Profile profileOf(const LoadedTable &loaded, int threads = 0);

} // namespace pilothouse::data
