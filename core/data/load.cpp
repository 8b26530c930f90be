// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv.h"

#include "core/data/number_text.h"

namespace pilothouse::data {

namespace {

/// Which rows of a column equal a text: as numbers, times or texts, by the column's type.
std::vector<bool> equalRows(const Column &column, const QString &wanted) {
    const std::string text = wanted.toStdString();
    const auto number = parseNumber(text);
    const std::int64_t time = parseIsoTime(text);
    std::vector<bool> categories;
    for (const std::string &category : column.dictionary)
        categories.push_back(category == text);
    std::vector<bool> equal(column.size());
    for (std::size_t row = 0; row < column.size(); ++row) {
        if (column.isMissing(row))
            equal[row] = text.empty();
        else if (column.type == ColumnType::Category)
            equal[row] = categories[std::size_t(column.codes[row])];
        else if (column.type == ColumnType::Number)
            equal[row] = number && column.numbers[row] == *number;
        else
            equal[row] = column.times[row] == time;
    }
    return equal;
}

Result<void> applyWhere(LoadedTable &loaded, const workspace::DataSpec &spec) {
    std::vector<bool> keep(loaded.table.rows(), true);
    for (auto it = spec.where.begin(); it != spec.where.end(); ++it) {
        const Column *column = loaded.table.find(it.key());
        if (!column)
            return invalid(QStringLiteral("`where` names the column “%1”, which the file does not have.").arg(it.key()), spec.source,
                           QStringLiteral("It has: %1.").arg(loaded.table.names().join(QStringLiteral(", "))));
        const std::vector<bool> equal = equalRows(*column, it.value());
        for (std::size_t row = 0; row < keep.size(); ++row)
            keep[row] = keep[row] && equal[row];
    }
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < keep.size(); ++row)
        if (keep[row])
            rows.push_back(row);
    if (rows.empty() && !keep.empty())
        return invalid(QStringLiteral("No row of the file fits `where`."), spec.source, QStringLiteral("Compare its values with those that `pilot profile` shows."));
    loaded.report.rowsFiltered = qint64(keep.size() - rows.size());
    if (rows.size() < keep.size())
        loaded.table = loaded.table.take(rows);
    return {};
}

} // namespace

Result<LoadedTable> loadData(const workspace::DataSpec &spec, const QMap<QString, ColumnType> &types, std::stop_token stop, const ReadProgress &progress) {
    CsvOptions options(spec);
    options.types = types;
    Result<LoadedTable> read = readCsv(spec.path(), options, std::move(stop), progress);
    if (!read) {
        Error error = std::move(read).error();
        error.where.replace(spec.path(), spec.source); // a person knows the source, not our copy of it
        return error;
    }
    LoadedTable loaded = *std::move(read);
    if (!spec.fetchedSha256.isEmpty() && loaded.fingerprint.sha256 != spec.fetchedSha256)
        return Error{ErrorKind::Conflict, QStringLiteral("The local copy of the data changed after it was verified."), spec.source,
                     QStringLiteral("Remove the copy %1 and try again: it is fetched anew.").arg(spec.path()), {}};
    if (!spec.where.isEmpty())
        PH_TRY(applyWhere(loaded, spec));
    return loaded;
}

Result<LoadedTable> loadData(const workspace::Recipe &recipe, std::stop_token stop, const ReadProgress &progress) {
    QMap<QString, ColumnType> types;
    for (const QString &name : recipe.categorical)
        types.insert(name, ColumnType::Category);
    if (recipe.task == workspace::TaskKind::Classification)
        types.insert(recipe.target, ColumnType::Category);
    return loadData(recipe.data, types, std::move(stop), progress);
}

} // namespace pilothouse::data
