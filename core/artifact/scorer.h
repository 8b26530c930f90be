// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"
#include "core/workspace/recipe.h"

#include <QJsonObject>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pilothouse::artifact {

/// One input of a model, as the serving routes name it.
struct Input {
    QString name;
    data::ColumnType type = data::ColumnType::Number; ///< Number or Category
    std::vector<std::string> categories;              ///< Category: those seen in training, sorted
    bool optional = false;                            ///< a missing value is imputed
};

/// What goes in and comes out. A forecast's inputs are its window, oldest step first, series by series:
/// "t2m@-23" … "t2m@0"; its outputs are the horizon's steps "t2m@+1" …
struct Signature {
    workspace::TaskKind task = workspace::TaskKind::Regression;
    std::vector<Input> inputs;        ///< k
    std::vector<QString> outputs;     ///< m; 1 except for multi-step forecasts
    std::vector<std::string> classes; ///< Classification: labels in the order of `probabilities`
    QString target, unit;
    QJsonObject toJson() const;
    static Result<Signature> fromJson(const QJsonObject &object, const QString &where);
};

/// Rows as numbers, row-major [rows × k] in signature order: numbers as they are (NaN = missing), categories as the index
/// into Input::categories, −1 = unknown, NaN = missing.
struct Rows {
    std::size_t count = 0, width = 0;
    std::vector<double> values;
    std::span<const double> row(std::size_t i) const { return {values.data() + i * width, width}; }
};

/// Regression, forecast: values [n × m]. Classification: values [n] = class index, probabilities [n × classes].
struct Predictions {
    std::size_t count = 0, outputs = 1, classes = 0;
    std::vector<double> values;
    std::vector<double> probabilities;
};

/// Rows → predictions, pre-processing included. score() may be called from several threads at once.
class Scorer {
public:
    virtual ~Scorer() = default;
    virtual const Signature &signature() const = 0;
    /// Invalid if a required input is NaN or the width is wrong.
    virtual Result<Predictions> score(const Rows &rows) const = 0;
};

using ScorerPtr = std::shared_ptr<const Scorer>;
/// How everything above core/learn gets a scorer: package folder → scorer. app/pilot passes learn's; the console has none.
using ScorerLoader = std::function<Result<ScorerPtr>(const QString &packageFolder)>;

/// Picks and codes the inputs of a signature out of a table, by name. A missing column is Invalid and names it.
/// For forecasts the table must hold the inputs already (see data's window builder).
Result<Rows> rowsFromTable(const data::Table &table, const Signature &signature);

} // namespace pilothouse::artifact
