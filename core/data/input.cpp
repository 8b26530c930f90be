// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/input.h"

#include "core/base/memory.h"
#include "core/data/number_text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::data {

namespace {

constexpr double missingValue = std::numeric_limits<double>::quiet_NaN();

/// Index in a list sorted by bytes, −1 if it is not there.
double indexOf(const std::vector<std::string> &sorted, const std::string &text) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), text);
    return at != sorted.end() && *at == text ? double(at - sorted.begin()) : -1.0;
}

bool allMissing(const Column &column) {
    for (std::size_t row = 0; row < column.size(); ++row)
        if (!column.isMissing(row))
            return false;
    return true;
}

Result<void> fillNumbers(Rows &rows, std::size_t at, const Column &column) {
    if (column.type == ColumnType::Number) {
        for (std::size_t row = 0; row < rows.count; ++row)
            rows.values[row * rows.width + at] = column.numbers[row];
        return {};
    }
    if (!allMissing(column))
        return invalid(QStringLiteral("The column “%1” must hold numbers, but it holds %2.")
                           .arg(column.name, column.type == ColumnType::Time ? QStringLiteral("times") : QStringLiteral("texts")),
                       {}, QStringLiteral("Look for texts in it with `pilot profile FILE`; name the ones that mean missing in `data: {missing: […]}`."));
    for (std::size_t row = 0; row < rows.count; ++row)
        rows.values[row * rows.width + at] = missingValue;
    return {};
}

/// A number column where the model knows categories (1, 2, 3 read from a file without letters): by its shortest text.
void fillCategoriesFromValues(Rows &rows, std::size_t at, const Column &column, const std::vector<std::string> &categories) {
    for (std::size_t row = 0; row < rows.count; ++row)
        rows.values[row * rows.width + at] = column.isMissing(row) ? missingValue : indexOf(categories, column.text(row).toStdString());
}

void fillCategories(Rows &rows, std::size_t at, const Column &column, const std::vector<std::string> &categories) {
    std::vector<double> index;
    index.reserve(column.dictionary.size());
    for (const std::string &text : column.dictionary)
        index.push_back(indexOf(categories, text));
    for (std::size_t row = 0; row < rows.count; ++row)
        rows.values[row * rows.width + at] = column.codes[row] < 0 ? missingValue : index[std::size_t(column.codes[row])];
}

} // namespace

Result<Rows> rowsFromTable(const Table &table, const std::vector<Input> &inputs) {
    Rows rows;
    rows.count = table.rows();
    rows.width = inputs.size();
    std::vector<const Column *> columns;
    QStringList absent;
    for (const Input &input : inputs) {
        columns.push_back(table.find(input.name));
        if (!columns.back())
            absent << input.name;
    }
    if (!absent.isEmpty())
        return invalid(QStringLiteral("The data lacks %1 of the model's %2 inputs: %3.").arg(absent.size()).arg(inputs.size()).arg(absent.join(QStringLiteral(", "))),
                       {}, QStringLiteral("The data has: %1.").arg(table.names().join(QStringLiteral(", "))));
    PH_TRY(requireMemory(qint64(rows.count * rows.width * sizeof(double)), QStringLiteral("The matrix of %1 rows and %2 inputs").arg(rows.count).arg(rows.width), {}, QStringLiteral("Take a part of the rows.")));
    rows.values.resize(rows.count * rows.width);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i].type == ColumnType::Category) {
            if (columns[i]->type == ColumnType::Category)
                fillCategories(rows, i, *columns[i], inputs[i].categories);
            else
                fillCategoriesFromValues(rows, i, *columns[i], inputs[i].categories);
        } else {
            PH_TRY(fillNumbers(rows, i, *columns[i]));
        }
    }
    return rows;
}

} // namespace pilothouse::data
