// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_blocks.h"
#include "core/data/row_filter.h"

#include <optional>

namespace pilothouse::data {

namespace {

/// A person knows the source, not our copy of it.
Error namingSource(Error error, const workspace::DataSpec &spec) {
    error.where.replace(spec.path(), spec.source);
    return error;
}

Result<void> checkCopy(const workspace::DataSpec &spec, const Fingerprint &fingerprint) {
    if (spec.fetchedSha256.isEmpty() || fingerprint.sha256 == spec.fetchedSha256)
        return {};
    return Error{ErrorKind::Conflict, QStringLiteral("The local copy of the data changed after it was verified."), spec.source,
                 QStringLiteral("Remove the copy %1 and try again: it is fetched anew.").arg(spec.path()), {}};
}

Result<void> applyWhere(LoadedTable &loaded, const workspace::DataSpec &spec) {
    PH_ASSIGN(const RowFilter filter, RowFilter::of(spec, loaded.table.names()));
    if (filter.wantsAll())
        return {};
    const std::vector<std::size_t> rows = filter.rows(loaded.table);
    const std::size_t all = loaded.table.rows();
    if (rows.empty() && all > 0)
        return RowFilter::noRow(spec);
    loaded.report.rowsFiltered = qint64(all - rows.size());
    if (rows.size() < all)
        loaded.table = loaded.table.take(rows);
    return {};
}

} // namespace

Result<LoadedTable> loadData(const workspace::DataSpec &spec, const QMap<QString, ColumnType> &types, std::stop_token stop, const ReadProgress &progress) {
    CsvOptions options(spec);
    options.types = types;
    Result<LoadedTable> read = readCsv(spec.path(), options, std::move(stop), progress);
    if (!read)
        return namingSource(std::move(read).error(), spec);
    LoadedTable loaded = *std::move(read);
    PH_TRY(checkCopy(spec, loaded.fingerprint));
    PH_TRY(applyWhere(loaded, spec));
    return loaded;
}

Result<ReadRows> loadDataBlocks(const workspace::DataSpec &spec, const QMap<QString, ColumnType> &types, const QStringList &only, const TakeRows &take, std::stop_token stop,
                                const ReadProgress &progress) {
    CsvOptions options(spec);
    options.types = types;
    options.fingerprint = !spec.fetchedSha256.isEmpty();
    if (!only.isEmpty())
        options.only = only + spec.where.keys();
    std::optional<RowFilter> filter;
    qint64 filtered = 0;
    const auto wanted = [&](const Table &rows) -> Result<void> {
        if (!filter) { // the first call: every column, no row
            PH_ASSIGN(filter, RowFilter::of(spec, rows.names()));
            return take(rows);
        }
        if (filter->wantsAll())
            return take(rows);
        const std::vector<std::size_t> kept = filter->rows(rows);
        filtered += qint64(rows.rows() - kept.size());
        return kept.empty() ? Result<void>() : take(rows.take(kept));
    };
    Result<ReadRows> read = readCsvBlocks(spec.path(), options, wanted, std::move(stop), progress);
    if (!read)
        return namingSource(std::move(read).error(), spec);
    PH_TRY(checkCopy(spec, read->fingerprint));
    read->report.rowsFiltered = filtered;
    if (filtered > 0 && filtered == read->report.rows)
        return RowFilter::noRow(spec);
    return read;
}

QMap<QString, ColumnType> typesOf(const workspace::Recipe &recipe) {
    QMap<QString, ColumnType> types;
    for (const QString &name : recipe.categorical)
        types.insert(name, ColumnType::Category);
    if (recipe.task == workspace::TaskKind::Classification)
        types.insert(recipe.target, ColumnType::Category);
    return types;
}

Result<LoadedTable> loadData(const workspace::Recipe &recipe, std::stop_token stop, const ReadProgress &progress) { return loadData(recipe.data, typesOf(recipe), std::move(stop), progress); }

} // namespace pilothouse::data
