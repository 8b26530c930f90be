// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/predicted_columns.h"

#include "core/learn/samples.h"

#include <cmath>

namespace pilothouse::learn {

data::Table predictedColumns(const artifact::Signature &signature, const artifact::Predictions &predictions) {
    data::Table out;
    for (std::size_t o = 0; o < (predictions.classes ? 1 : predictions.outputs); ++o) {
        data::Column column;
        column.name = QStringLiteral("predicted %1").arg(o < signature.outputs.size() && predictions.outputs > 1 ? signature.outputs[o] : signature.target);
        if (predictions.classes) {
            column.type = data::ColumnType::Category;
            column.dictionary = signature.classes;
        }
        for (std::size_t i = 0; i < predictions.count; ++i)
            if (predictions.classes)
                column.codes.push_back(std::int32_t(predictions.values[i]));
            else
                column.numbers.push_back(predictions.values[i * predictions.outputs + o]);
        out.columns.push_back(std::move(column));
    }
    if (predictions.classes == 2 && predictions.probabilities.size() == 2 * predictions.count) {
        data::Column column;
        column.name = QStringLiteral("probability of %1").arg(QString::fromStdString(signature.classes[1]));
        for (std::size_t i = 0; i < predictions.count; ++i)
            column.numbers.push_back(predictions.probabilities[i * 2 + 1]);
        out.columns.push_back(std::move(column));
    }
    return out;
}

data::Table answeredColumns(const artifact::Signature &signature, const artifact::Predictions &predictions) {
    data::Table out = predictedColumns(signature, predictions);
    if (out.columns.empty())
        return out;
    if (signature.task != workspace::TaskKind::Forecast) {
        out.columns.resize(predictions.classes ? 1 : predictions.outputs);
        return out;
    }
    const QStringList targets = signature.targets();
    const std::size_t steps = out.columns.size() / std::size_t(targets.size());
    data::Table first;
    for (qsizetype t = 0; t < targets.size(); ++t) {
        data::Column column = std::move(out.columns[std::size_t(t) * steps]);
        column.name = QStringLiteral("predicted %1").arg(targets[t]);
        first.columns.push_back(std::move(column));
    }
    return first;
}

Result<std::size_t> addPredictedColumns(const artifact::Scorer &scorer, data::Table &table) {
    const artifact::Signature &signature = scorer.signature();
    if (signature.task == workspace::TaskKind::Forecast)
        return invalid(QStringLiteral("A forecast answers windows, not single rows; its predictions cannot stand beside them."), signature.target,
                       QStringLiteral("Compare files of its predictions (pilot score --out) instead."));
    ScoringRows rows;
    PH_ASSIGN(const std::size_t left, addScoringRows(table, signature.inputs, 0, rows));
    artifact::Predictions predictions;
    predictions.classes = signature.classes.size();
    if (rows.inputs.count > 0) {
        PH_ASSIGN(predictions, scorer.score(rows.inputs));
    }
    const std::size_t all = table.rows();
    for (data::Column &from : predictedColumns(signature, predictions).columns) {
        if (table.find(from.name))
            return invalid(QStringLiteral("The rows have a column “%1” already.").arg(from.name), {}, QStringLiteral("Leave out the model, or rename that column."));
        data::Column column = from;
        if (from.type == data::ColumnType::Category)
            column.codes.assign(all, -1);
        else
            column.numbers.assign(all, std::nan(""));
        for (std::size_t i = 0; i < rows.tableRows.size(); ++i)
            if (from.type == data::ColumnType::Category)
                column.codes[rows.tableRows[i]] = from.codes[i];
            else
                column.numbers[rows.tableRows[i]] = from.numbers[i];
        table.columns.push_back(std::move(column));
    }
    return left;
}

} // namespace pilothouse::learn
