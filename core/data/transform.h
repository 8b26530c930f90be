// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/input.h"
#include "core/data/time_line.h"
#include "core/workspace/recipe.h"

#include <QMap>

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace pilothouse::data {

/// What is true of the training rows, for transforms that learn from it (target_encode) or balance it (smote).
struct TrainingTarget {
    std::vector<double> values;       ///< [rows × outputs], row-major; classification: [rows], class index
    std::size_t outputs = 1;
    std::vector<std::string> classes; ///< Classification only
    const TimeLine *line = nullptr;   ///< when the rows were; null: the recipe does not ask for it
};

/// How a category becomes numbers: a line for each category, one for an unknown and one for a missing value. NaN stays missing.
struct CategoryTable {
    std::vector<QString> names;               ///< [columns] of the numbers made
    std::vector<std::vector<double>> lines;   ///< [categories][columns]
    std::vector<double> unknown, missing;     ///< [columns]
    bool operator==(const CategoryTable &) const = default;
};

/// How one input goes into the model: out = (coded(missing ? fill : in) − offset) / scale. coded() is the number itself, k columns of 0
/// and 1 (hot), or the line of a table.
struct ColumnMap {
    QString name;
    std::vector<std::string> categories; ///< Category: sorted by bytes
    double fill = std::numeric_limits<double>::quiet_NaN(); ///< NaN: a missing value stays missing; of a category: its index
    bool category = false, hot = false;
    bool refusesUnknown = false;         ///< a category that training did not have is an error
    std::optional<std::int64_t> overTime; ///< what is missing was read off the rows before and behind, over so many steps at most (0: any); `fill` is for the rest
    std::optional<CategoryTable> table;
    std::vector<double> offset, scale;   ///< [width()]; 0 and 1 if not scaled
    std::size_t width() const { return hot ? categories.size() : table ? table->names.size() : 1; }
    QString outputName(std::size_t column) const; ///< "median_income", "ocean_proximity=INLAND"
    /// out: width(). A category must be coded (hot or table), otherwise its index comes out.
    void apply(double in, double *out) const;
};

/// One input on its way through the steps: its map so far, and the training rows as this map has made them.
class ColumnFit {
public:
    ColumnFit(const Rows &training, std::size_t column, const Input &input);
    const Input &input() const { return m_input; }
    bool isCategory() const { return m_map.category && !m_map.hot && !m_map.table; } ///< not yet coded
    const ColumnMap &map() const { return m_map; }
    std::size_t rows() const { return m_rows; }
    std::size_t width() const { return m_map.width(); }
    /// [rows × width()], row-major. A category that is not coded: its index, −1 unknown, NaN missing.
    const std::vector<double> &values() const { return m_values; }
    std::vector<double> present(std::size_t column = 0) const; ///< the values of one column that are not missing

    void fill(double value);                   ///< of a number, or a category that is not coded
    void fillOverTime(const TimeLine &line, std::int64_t limit); ///< of a number: the training rows by each other; fill() is for what is left
    void codeHot(bool refuseUnknown);
    void codeBy(CategoryTable table, bool refuseUnknown);
    /// @param trainingValues  [rows × columns] what the training rows get instead of the table's lines; numbers, no categories any more
    void codeCrossFitted(CategoryTable table, std::vector<double> trainingValues);
    bool isCrossFitted() const { return m_crossFitted; } ///< the training rows are not what the map makes of them
    bool isNominal() const { return m_map.category && !m_crossFitted; } ///< its numbers stand for categories
    /// Each column: v → (v − offset) / scale; the function gets the values that are not missing and gives offset and scale (not 0).
    void rescale(const std::function<std::pair<double, double>(const std::vector<double> &)> &fit);

private:
    const Input &m_input;
    ColumnMap m_map;
    std::size_t m_rows;
    bool m_crossFitted = false;
    std::vector<double> m_values;
};

/// Rows that a sampler has added to those it got.
struct MadeRows {
    Rows x;
    std::vector<double> targets;                    ///< class index of each
    std::vector<std::size_t> bases, neighbours;     ///< the rows between which each one lies
};

/// Of rows that have a time, those that repeat one of their series.
struct RepeatedTimes {
    std::size_t rows = 0, repeated = 0;
};

/// What a step makes columns of: rows in time.
struct PastRows {
    const Table &table;
    const std::vector<std::int64_t> &times; ///< [rows] ms UTC, Column::missingTime without one
    std::int64_t stepMs = 0;                ///< 0: the recipe names no step
    QString zone;                           ///< whose hours and days calendar columns count
    QStringList targets;
    bool targetKnown = false;               ///< a row's own targets are known when it is predicted: forecasts
    QString by;                             ///< column that tells series apart for steps that name none; empty: one series
    const QMap<QString, RepeatedTimes> *ofAll = nullptr; ///< these rows are a part of more, of which this is known, by the column that tells series apart
};

/// How far back a step that makes columns looks.
struct LookBack {
    QStringList columns;    ///< at which; empty: the targets
    QString by;             ///< column that tells series apart, where the step names one
    std::int64_t steps = 0; ///< 0: at the row's own time only
};

/// How a step fills what is missing.
struct Filling {
    bool overTime = false;  ///< numbers: by the rows before and behind in time, where there are any
    std::int64_t limit = 0; ///< so many steps in a row at most; 0: any number
};

/// One step of a recipe with its settings. It works on columns, makes columns, or makes rows.
class Transform {
public:
    virtual ~Transform() = default;
    /// Columns that it works on where the recipe names none; one that is named and not accepted is an error.
    virtual bool accepts(const ColumnFit &column) const = 0;
    virtual QString subject() const { return QStringLiteral("numbers"); } ///< what it accepts, in words
    /// Learns from the training rows and changes the column's map.
    virtual Result<void> fit(ColumnFit &column, const TrainingTarget &target) const = 0;
    /// Before the rows are read: may make an input optional (a missing value can be used) or add a category to it.
    virtual void prepare(Input &) const {}
    virtual bool codesCategories() const { return false; } ///< makes numbers of the categories that it accepts
    virtual std::optional<Filling> filling() const { return {}; } ///< of a step that fills what is missing
    /// true: it makes columns of earlier rows and of the time, before any row is split off, and learns nothing. They are inputs of the model
    /// from then on: who asks a served model for a prediction sends them.
    virtual bool makesColumns() const { return false; }
    virtual QStringList columnNames(const QStringList &) const { return {}; } ///< of the columns made; takes the recipe's targets
    /// In the order of columnNames(), each as long as the table. Invalid: a column that is not there or does not fit.
    virtual Result<std::vector<Column>> columns(const PastRows &past) const;
    virtual std::optional<LookBack> lookBack() const { return {}; } ///< of a step that makes columns of earlier rows
    /// true: it makes training rows out of training rows, after all columns are done, and nothing at all when scoring.
    virtual bool makesRows() const { return false; }
    /// @param x       [n × width] the rows that an estimator will learn from
    /// @param groups  for each column of x the number of the category it codes, −1 for a number
    virtual Result<MadeRows> make(const Rows &x, const TrainingTarget &target, const std::vector<int> &groups) const;
};

/// A step that makes columns and does nothing else.
class ColumnMaker : public Transform {
public:
    bool accepts(const ColumnFit &) const override { return false; }
    Result<void> fit(ColumnFit &, const TrainingTarget &) const override { return {}; }
    bool makesColumns() const override { return true; }
};

using TransformPtr = std::shared_ptr<const Transform>;

/// A transform that recipes may name. Each file of core/data/transforms defines its own by PILOTHOUSE_TRANSFORM(name, words, make), on
/// one line from its beginning; CMake collects names, words and entries. words: "" or the setting that may stand alone and its
/// values, the default first: "strategy median mean".
struct TransformEntry {
    using Make = Result<TransformPtr> (*)(const workspace::TransformSpec &spec);
    const char *name;
    const char *words;
    Make make;
};

/// All of them, sorted by name.
const std::vector<const TransformEntry *> &transformTable();

/// A step by name. Invalid (with the nearest known name): an unknown transform or setting, a value of the wrong type or out of range.
Result<TransformPtr> makeTransform(const workspace::TransformSpec &spec);

/// All steps of a recipe; an error names the place in its file.
struct TransformStep {
    workspace::TransformSpec spec;
    TransformPtr transform;
    bool names(const QString &input) const; ///< true if `columns` is empty or names it; a series names all its steps
};
Result<std::vector<TransformStep>> makeTransforms(const workspace::Recipe &recipe);

} // namespace pilothouse::data

#define PILOTHOUSE_TRANSFORM(name, words, make)                                                                                                     \
    const TransformEntry &transformEntry_##name() {                                                                                                 \
        static const TransformEntry entry{#name, words, make};                                                                                      \
        return entry;                                                                                                                               \
    }
