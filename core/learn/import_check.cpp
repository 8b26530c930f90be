// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/import_check.h"

#include "core/learn/import_model.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

/// The largest difference so far.
struct Worst {
    double difference = -1, ours = 0, theirs = 0;
    std::size_t row = 0;
    QString column;
    void see(double d, std::size_t at, const QString &name, double mine, double other) {
        if (!(d <= difference)) // NaN is the worst of all
            *this = {std::isnan(d) ? HUGE_VAL : d, mine, other, at, name};
    }
};

Error disagreement(const QString &what) {
    return refused(what, {}, QStringLiteral("The file may not be the model that made the predictions, inputs may be in another order or transformed before, or the column was written with too few digits (17 keep a number). "
                                            "Without --expected the model is imported as unverified."));
}

QString number(double value) { return QString::number(value, 'g', 9); }

Result<ImportCheck> endOf(const Worst &worst, qint64 compared) {
    if (compared == 0)
        return invalid(QStringLiteral("No row has an expected prediction, so nothing can be compared."), {}, QStringLiteral("Name the column by --expected, or leave it away to import the model as unverified."));
    if (worst.difference > importTolerance)
        return disagreement(QStringLiteral("The predictions are not the expected ones: data row %1 gives %2 here and %3 in column “%4” (difference %5, allowed %6).")
                                .arg(worst.row + 1).arg(number(worst.ours), number(worst.theirs), worst.column, QString::number(worst.difference, 'g', 3)).arg(importTolerance));
    return ImportCheck{compared, std::max(worst.difference, 0.0)};
}

Result<std::vector<const data::Column *>> columnsOf(const data::Table &table, const QStringList &names) {
    std::vector<const data::Column *> columns;
    for (const QString &name : names) {
        columns.push_back(table.find(name));
        if (!columns.back())
            return invalid(QStringLiteral("The rows have no column “%1”, which should hold the expected predictions.").arg(name), {}, QStringLiteral("Columns there: %1.").arg(table.names().join(QLatin1String(", "))));
    }
    return columns;
}

Result<void> needNumbers(const std::vector<const data::Column *> &columns) {
    for (const data::Column *column : columns)
        if (column->type != data::ColumnType::Number)
            return invalid(QStringLiteral("Column “%1” holds %2 values; the expected predictions must be numbers.").arg(column->name, data::columnTypeName(column->type)));
    return {};
}

bool isMissing(const std::vector<const data::Column *> &columns, std::size_t row) {
    return std::any_of(columns.begin(), columns.end(), [&](const auto *column) { return column->isMissing(row); });
}

/// @param columns  one for each output
Result<ImportCheck> checkNumbers(const artifact::Predictions &ours, const std::vector<const data::Column *> &columns, const std::vector<std::size_t> &tableRows) {
    PH_TRY(needNumbers(columns));
    std::vector<double> middle(columns.size(), 0); // root mean square
    qint64 compared = 0;
    for (const std::size_t row : tableRows) {
        if (isMissing(columns, row))
            continue;
        ++compared;
        for (std::size_t c = 0; c < columns.size(); ++c)
            middle[c] += columns[c]->numbers[row] * columns[c]->numbers[row];
    }
    for (double &value : middle)
        value = compared ? std::sqrt(value / double(compared)) : 0;
    Worst worst;
    for (std::size_t i = 0; i < tableRows.size(); ++i) {
        if (isMissing(columns, tableRows[i]))
            continue;
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const double mine = ours.values[i * columns.size() + c], theirs = columns[c]->numbers[tableRows[i]], scale = std::max(std::abs(theirs), middle[c]);
            worst.see(mine == theirs ? 0 : std::abs(mine - theirs) / scale, tableRows[i], columns[c]->name, mine, theirs);
        }
    }
    return endOf(worst, compared);
}

/// @param columns  one for each class, or of two classes the second one's
Result<ImportCheck> checkProbabilities(const artifact::Predictions &ours, const std::vector<const data::Column *> &columns, const std::vector<std::size_t> &tableRows) {
    PH_TRY(needNumbers(columns));
    Worst worst;
    qint64 compared = 0;
    for (std::size_t i = 0; i < tableRows.size(); ++i) {
        if (isMissing(columns, tableRows[i]))
            continue;
        ++compared;
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const double mine = ours.probabilities[i * ours.classes + (columns.size() == 1 ? 1 : c)], theirs = columns[c]->numbers[tableRows[i]];
            worst.see(std::abs(mine - theirs), tableRows[i], columns[c]->name, mine, theirs);
        }
    }
    return endOf(worst, compared);
}

Result<ImportCheck> checkLabels(const artifact::Predictions &ours, const std::vector<std::string> &classes, const data::Column &column, const std::vector<std::size_t> &tableRows) {
    qint64 compared = 0;
    for (std::size_t i = 0; i < tableRows.size(); ++i) {
        if (column.isMissing(tableRows[i]))
            continue;
        ++compared;
        const QString mine = QString::fromStdString(classes[std::size_t(ours.values[i])]), theirs = column.text(tableRows[i]);
        if (mine != theirs)
            return disagreement(QStringLiteral("The predictions are not the expected ones: data row %1 is “%2” here and “%3” in column “%4”.").arg(tableRows[i] + 1).arg(mine, theirs, column.name));
    }
    return endOf({}, compared);
}

/// true if every present value is a class's name: then the one column holds classes, not probabilities.
bool holdsLabels(const data::Column &column, const std::vector<std::string> &classes) {
    for (std::size_t row = 0; row < column.size(); ++row)
        if (!column.isMissing(row) && std::find(classes.begin(), classes.end(), column.text(row).toStdString()) == classes.end())
            return false;
    return true;
}

/// Of a forecast one name for each target stands for its columns NAME@+1, NAME@+2 …, where the rows have them.
QStringList everyStep(const QStringList &expected, const artifact::Signature &signature, const data::Table &table) {
    if (signature.horizon() == 0 || expected.size() != signature.targets().size())
        return expected;
    QStringList all;
    for (const QString &name : expected)
        for (std::size_t step = 1; step <= signature.horizon(); ++step)
            all << QStringLiteral("%1@+%2").arg(name).arg(step);
    return std::all_of(all.begin(), all.end(), [&](const QString &name) { return table.find(name); }) ? all : expected;
}

} // namespace

Result<ImportCheck> checkImport(const artifact::Predictions &ours, const artifact::Signature &signature, const data::Table &table, const std::vector<std::size_t> &tableRows,
                                const QStringList &expected) {
    PH_ASSIGN(const auto columns, columnsOf(table, everyStep(expected, signature, table)));
    if (signature.classes.empty() && columns.size() != ours.outputs)
        return signature.horizon() == 0 ? invalid(QStringLiteral("%1 expected columns were named; the model predicts one number.").arg(columns.size()))
                                        : invalid(QStringLiteral("%1 expected columns were named; the model predicts %2 numbers: %3 steps of %4.").arg(columns.size()).arg(ours.outputs).arg(signature.horizon()).arg(signature.targets().join(QStringLiteral(", "))), {},
                                                  QStringLiteral("Name all steps of the first target, then those of the second; or for each target NAME, where the columns are called NAME@+1, NAME@+2, …."));
    if (signature.classes.empty())
        return checkNumbers(ours, columns, tableRows);
    if (columns.size() == 1 && (ours.classes > 2 || holdsLabels(*columns[0], signature.classes)))
        return checkLabels(ours, signature.classes, *columns[0], tableRows);
    if (columns.size() != ours.classes && !(columns.size() == 1 && ours.classes == 2))
        return invalid(QStringLiteral("%1 expected columns were named; one with the class, or one probability for each of the %2 classes can be compared.").arg(columns.size()).arg(ours.classes), {},
                       QStringLiteral("Name them in the order of the classes."));
    return checkProbabilities(ours, columns, tableRows);
}

} // namespace pilothouse::learn
