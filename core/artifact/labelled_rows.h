// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/data/time_fill.h"
#include "core/metrics/metrics.h"

#include <QStringList>

namespace pilothouse::artifact {

/// Rows with what was true, coded by a signature: inputs as Rows, targets [count × outputs] (classification: [count], class index).
struct LabelledRows {
    Rows inputs;
    std::vector<double> targets;
    std::vector<std::size_t> tableRows; ///< where each row stood in the table
    std::size_t withoutTarget = 0;      ///< rows left out: the true value is missing
    std::size_t unknownClass = 0;       ///< rows left out: a class that the model does not know
    std::size_t withoutInput = 0;       ///< rows left out: an input that is not optional is missing
    std::vector<data::FilledInput> filled; ///< missing inputs that the rows beside them in time tell (impute: time), rising by row; `inputs` misses them
    std::size_t width() const { return inputs.count ? targets.size() / inputs.count : 0; }
    void noteFilled(const std::vector<data::FilledInput> &ofTable); ///< takes over what is filled in a table, rising by its rows
    void complete();           ///< writes what is `filled` into `inputs`: what a model is asked
    QStringList notes() const; ///< what was left out and why, a sentence each
    LabelledRows take(const std::vector<std::size_t> &rows) const;
};

/// From a table with one column for each input and output of the signature, such as a package's sample.csv. Invalid and named: a
/// column that is missing or of the wrong type.
Result<LabelledRows> labelledRows(const data::Table &table, const Signature &signature);

/// Types by which such a table must be read, so that a label "1" stays a text and a category of digits too.
QMap<QString, data::ColumnType> columnTypes(const Signature &signature);

/// The rows of sample.csv; empty if the package keeps none.
Result<LabelledRows> sampleRows(const QString &folder, const Signature &signature);

/// Predicts every row and puts it beside the truth. What mase of a forecast is measured in stays unknown (naive_scale.h has it).
Result<metrics::Scored> scoreRows(const Scorer &scorer, const LabelledRows &rows);

/// rowHash of each row, of its inputs as they came: what other rows tell of them has no part.
std::vector<std::uint64_t> rowHashes(const LabelledRows &rows);

} // namespace pilothouse::artifact
