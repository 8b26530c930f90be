// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/profile.h"
#include "core/workspace/recipe.h"

#include <QSet>

#include <optional>

namespace pilothouse::data {

/// A column as it was where the data was right: in a file, or in the training rows of a model.
struct ExpectedColumn {
    QString name;
    ColumnType type = ColumnType::Number;
    double min = NAN, max = NAN;   ///< numbers; NaN: no value
    QSet<QString> categories;      ///< categories
    bool allCategories = true;     ///< false: rare ones are not listed, so a new one cannot be told
};
struct ExpectedSchema {
    QString name; ///< file or package
    std::vector<ExpectedColumn> columns;
    bool times = true; ///< false: its time columns are not listed, so a new one cannot be told
    const ExpectedColumn *find(const QString &column) const;
};
ExpectedSchema schemaOf(const Table &table, const QString &name);

/// One thing that a check found: in a column, or in the file where `column` is empty.
struct QualityFinding {
    QString check, column;
    double value = 0; ///< a share 0 … 1 of the values or rows, or a count of columns (constant, absent, new, type changes: 1 each)
    qint64 count = 0; ///< values or rows
    QString what;     ///< a sentence
};

/// A file measured. The checks (workspace::knownQualityChecks()):
///   missing       share of a column's values        duplicates    share of rows that equal an earlier one
///   outliers      share of a column's numbers beyond Tukey's far fences (quartiles ∓ 3 interquartile ranges; Tukey 1977)
///   constant      columns with one value            dropped       share of rows that could not be read
/// and against a reference:
///   absent_columns, new_columns, type_changes       columns
///   out_of_range  share of a column's numbers outside the reference's minimum … maximum
///   new_categories  share of a column's values that the reference does not have
struct QualityReport {
    qint64 rows = 0;
    QString reference;                    ///< ExpectedSchema::name; empty: none
    std::vector<QualityFinding> findings; ///< value > 0 only; by check, worst first
    /// What a gate is judged on: the worst column's share, or the number of columns; 0 if nothing was found; NaN for a check that
    /// needs a reference where there is none.
    double value(const QString &check) const;
    const QualityFinding *worst(const QString &check) const; ///< null: nothing was found
    /// {"rows","reference"|null,"checks":{check: value|null},"findings":[{"check","column","value","count","what"}]}
    QJsonObject toJson() const;
};

/// What the checks count in the values of one column; sums of pieces are those of the whole.
struct ColumnCounts {
    qint64 outliers = 0, outOfRange = 0, unknown = 0;
    std::string firstUnknown; ///< category
};
/// Adds what a column, or a piece of it, has.
/// @param s         statistics of the whole column
/// @param expected  null: no reference, or it does not have the column
void countColumn(const Column &values, const ColumnStatistics &s, const ExpectedColumn *expected, ColumnCounts &counts);

/// @param counts   of each column of the profile
/// @param columns  those judged; empty: all. Duplicates are whole rows in every case.
QualityReport qualityOf(const Profile &profile, const std::vector<ColumnCounts> &counts, const ExpectedSchema *expected = nullptr, const QStringList &columns = {});
/// @param profile  profileOf(loaded)
QualityReport qualityOf(const LoadedTable &loaded, const Profile &profile, const ExpectedSchema *expected = nullptr, const QStringList &columns = {});

/// "missing <= 0.2: 0.43, column “income”: 430 of 1000 values are missing" for each gate that fails; empty: all hold.
QStringList failedQualityGates(const QualityReport &report, const std::vector<workspace::GateSpec> &gates);

} // namespace pilothouse::data
