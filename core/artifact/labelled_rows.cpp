// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/labelled_rows.h"

#include "core/artifact/package.h"
#include "core/base/count_text.h"
#include "core/data/csv.h"

#include <QFileInfo>

#include <algorithm>
#include <cmath>

namespace pilothouse::artifact {

namespace {

const data::Column *findColumn(const data::Table &table, const QString &name, Error *error) {
    const data::Column *column = table.find(name);
    if (!column)
        *error = invalid(QStringLiteral("Column “%1” is missing: it holds what the predictions are compared with.").arg(name), {},
                         QStringLiteral("Columns there: %1.").arg(table.names().join(QLatin1String(", "))));
    return column;
}

/// True values of one output, NaN = missing, −1 = a class the model does not know.
Result<std::vector<double>> truthOf(const data::Table &table, const QString &name, const Signature &signature) {
    Error error;
    const data::Column *column = findColumn(table, name, &error);
    if (!column)
        return error;
    std::vector<double> truth(column->size(), std::nan(""));
    if (signature.classes.empty()) {
        if (column->type != data::ColumnType::Number)
            return invalid(QStringLiteral("Column “%1” holds %2 values; numbers were expected.").arg(name, data::columnTypeName(column->type)));
        return column->numbers;
    }
    for (std::size_t i = 0; i < truth.size(); ++i) {
        if (column->isMissing(i))
            continue;
        const auto found = std::find(signature.classes.begin(), signature.classes.end(), column->text(i).toStdString());
        truth[i] = found == signature.classes.end() ? -1 : double(found - signature.classes.begin());
    }
    return truth;
}

} // namespace

QStringList LabelledRows::notes() const {
    QStringList notes;
    if (withoutTarget)
        notes << QStringLiteral("%1 left out: the true value is missing.").arg(rowsText(withoutTarget));
    if (unknownClass)
        notes << QStringLiteral("%1 left out: a class that the model does not know.").arg(rowsText(unknownClass));
    if (withoutInput)
        notes << QStringLiteral("%1 left out: an input is missing that the model does not fill in.").arg(rowsText(withoutInput));
    return notes;
}

LabelledRows LabelledRows::take(const std::vector<std::size_t> &rows) const {
    LabelledRows taken;
    const std::size_t outputs = width();
    taken.inputs = {rows.size(), inputs.width, {}};
    taken.inputs.values.reserve(rows.size() * inputs.width);
    for (const std::size_t row : rows) {
        const auto in = inputs.row(row);
        taken.inputs.values.insert(taken.inputs.values.end(), in.begin(), in.end());
        taken.targets.insert(taken.targets.end(), targets.begin() + std::ptrdiff_t(row * outputs), targets.begin() + std::ptrdiff_t((row + 1) * outputs));
        taken.tableRows.push_back(tableRows[row]);
    }
    for (std::size_t i = 0; i < rows.size() && !filled.empty(); ++i) {
        auto one = std::lower_bound(filled.begin(), filled.end(), rows[i], [](const data::FilledInput &f, std::size_t row) { return f.row < row; });
        for (; one != filled.end() && one->row == rows[i]; ++one)
            taken.filled.push_back({i, one->input, one->value});
    }
    return taken;
}

void LabelledRows::complete() {
    for (const data::FilledInput &one : filled)
        inputs.row(one.row)[one.input] = one.value;
    filled.clear();
}

void LabelledRows::noteFilled(const std::vector<data::FilledInput> &ofTable) {
    std::size_t row = 0;
    for (const data::FilledInput &one : ofTable) { // both rise
        while (row < tableRows.size() && tableRows[row] < one.row)
            ++row;
        if (row < tableRows.size() && tableRows[row] == one.row)
            filled.push_back({row, one.input, one.value});
    }
}

Result<LabelledRows> labelledRows(const data::Table &table, const Signature &signature) {
    PH_ASSIGN(const Rows all, data::rowsFromTable(table, signature.inputs));
    std::vector<std::vector<double>> truths;
    for (const QString &output : signature.outputs) {
        PH_ASSIGN(std::vector<double> truth, truthOf(table, output, signature));
        truths.push_back(std::move(truth));
    }
    LabelledRows rows;
    rows.inputs.width = all.width;
    rows.inputs.values.reserve(all.values.size());
    for (std::size_t i = 0; i < all.count; ++i) {
        const auto in = all.row(i);
        bool lacksInput = false;
        for (std::size_t k = 0; k < in.size(); ++k)
            lacksInput |= std::isnan(in[k]) && !signature.inputs[k].optional;
        const bool lacksTruth = std::any_of(truths.begin(), truths.end(), [i](const auto &truth) { return std::isnan(truth[i]); });
        if (lacksTruth)
            ++rows.withoutTarget;
        else if (!signature.classes.empty() && truths[0][i] < 0)
            ++rows.unknownClass;
        else if (lacksInput)
            ++rows.withoutInput;
        else {
            rows.inputs.values.insert(rows.inputs.values.end(), in.begin(), in.end());
            for (const auto &truth : truths)
                rows.targets.push_back(truth[i]);
            rows.tableRows.push_back(i);
        }
    }
    rows.inputs.count = rows.tableRows.size();
    return rows;
}

QMap<QString, data::ColumnType> columnTypes(const Signature &signature) {
    QMap<QString, data::ColumnType> types;
    for (const Input &input : signature.inputs)
        types.insert(input.name, input.type);
    for (const QString &output : signature.outputs)
        types.insert(output, signature.classes.empty() ? data::ColumnType::Number : data::ColumnType::Category);
    return types;
}

Result<LabelledRows> sampleRows(const QString &folder, const Signature &signature) {
    const QString path = folder + QStringLiteral("/sample.csv");
    if (!QFileInfo::exists(path))
        return LabelledRows{};
    data::CsvOptions options;
    options.delimiter = QStringLiteral(",");
    options.decimal = QStringLiteral(".");
    options.missing = QStringList{QString()}; // a category may be called NA
    options.types = columnTypes(signature);
    PH_ASSIGN(const data::LoadedTable loaded, data::readCsv(path, options));
    return labelledRows(loaded.table, signature);
}

Result<metrics::Scored> scoreRows(const Scorer &scorer, const LabelledRows &rows) {
    if (!rows.filled.empty()) {
        LabelledRows whole = rows;
        whole.complete();
        return scoreRows(scorer, whole);
    }
    PH_ASSIGN(Predictions predictions, scorer.score(rows.inputs));
    metrics::Scored scored;
    scored.count = rows.inputs.count;
    scored.outputs = predictions.outputs;
    scored.classes = predictions.classes;
    scored.truth = rows.targets;
    scored.predicted = std::move(predictions.values);
    scored.probabilities = std::move(predictions.probabilities);
    if (scorer.signature().horizon() > 0)
        scored.naiveScales.assign(std::size_t(scorer.signature().targets().size()), std::nan(""));
    return scored;
}

std::vector<std::uint64_t> rowHashes(const LabelledRows &rows) {
    std::vector<std::uint64_t> hashes(rows.inputs.count);
    const std::size_t outputs = rows.width();
    for (std::size_t i = 0; i < hashes.size(); ++i)
        hashes[i] = rowHash(rows.inputs.row(i), std::span(rows.targets).subspan(i * outputs, outputs));
    return hashes;
}

} // namespace pilothouse::artifact
