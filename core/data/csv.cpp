// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv.h"

#include "core/base/memory.h"
#include "core/base/task.h"
#include "core/data/column_builder.h"
#include "core/data/csv_pass.h"
#include "core/data/table_size.h"

#include <chrono>

namespace pilothouse::data {

namespace {

constexpr qint64 memoryKept = qint64(32) << 20; ///< left over for what the next batches bring
constexpr auto memoryLook = std::chrono::milliseconds(20);

/// Builds the columns of a table.
class TableTaker final : public BlockTaker {
public:
    TableTaker(const CsvBeginning &beginning, const QString &path) : m_path(path) {
        for (std::size_t i = 0; i < beginning.columns.size(); ++i) {
            if (!beginning.columns[i].wanted)
                continue;
            columns.emplace_back(beginning.dialect.names[i], beginning.columns[i].type);
            places.push_back(i);
        }
    }
    std::vector<ColumnBuilder> columns;
    std::vector<std::size_t> places; ///< where each stands in the file

    void expect(std::size_t rows) override {
        for (ColumnBuilder &column : columns)
            column.expect(rows);
    }
    std::size_t parts() const override { return columns.size(); }
    void take(std::span<const Block> blocks, std::size_t part) override {
        for (const Block &block : blocks)
            columns[part].add(block, places[part]);
    }
    /// How many different texts will come nobody knows beforehand: what is left is looked at while they come.
    Result<void> taken() override {
        const auto now = std::chrono::steady_clock::now();
        if (now - m_looked < memoryLook)
            return {};
        m_looked = now;
        const MemoryRoom room = memoryRoom();
        if (room.bytes < 0 || room.bytes >= memoryKept)
            return {};
        return refused(QStringLiteral("The table needs more memory than there is: after %1 rows %2 of %3 is left.").arg(columns.empty() ? 0 : columns.front().rows()).arg(memoryText(room.bytes), room.bound), m_path,
                       tooLargeHint() + QLatin1Char(' ') + room.hint);
    }

private:
    const QString &m_path;
    std::chrono::steady_clock::time_point m_looked = std::chrono::steady_clock::now();
};

/// Settles the types by what the whole file shows. true: a column was read in the wrong way, read again.
bool resolve(TableTaker &read, CsvBeginning &beginning, const CsvOptions &options) {
    std::vector<ShownType> shown(read.columns.size());
    parallelFor(shown.size(), 1, [&](std::size_t first, std::size_t last) { // a text column is walked through
        for (std::size_t i = first; i < last; ++i)
            shown[i] = beginning.isKnown(options, read.places[i]) ? ShownType{read.columns[i].type(), true} : read.columns[i].shownType(beginning.dialect.decimal);
    }, options.threads);
    bool again = false;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        ColumnBuilder &column = read.columns[i];
        if (shown[i].type == column.type())
            continue;
        if (column.type() == ColumnType::Category && shown[i].exact) {
            column.convert(shown[i].type, beginning.dialect.decimal);
        } else {
            beginning.columns[read.places[i]].type = shown[i].type;
            again = true;
        }
    }
    return again;
}

Result<LoadedTable> readTable(const QString &path, const CsvOptions &options, std::stop_token stop, const ReadProgress &progress) {
    PH_ASSIGN(CsvBeginning beginning, readBeginning(path, options));
    if (!beginning.whole)
        PH_TRY(requireTable(tableSize(beginning, path), path));
    LoadedTable loaded;
    // Category → number or time → done, or number ↔ category ↔ time: the counts are the file's, so three readings settle it.
    for (int reading = 0;; ++reading) {
        TableTaker table(beginning, path);
        CsvPass pass(beginning, beginning.columns, options, path);
        PH_TRY(pass.run(options.fingerprint && reading == 0, table, stop, progress));
        if (reading == 0)
            loaded.fingerprint = {pass.md5(), pass.sha256(), beginning.file->fileSize(), pass.rows(), qint64(beginning.columns.size()), {}};
        if (resolve(table, beginning, options) && reading < 3)
            continue;
        loaded.report = pass.report();
        for (ColumnBuilder &column : table.columns) {
            loaded.table.columns.push_back(column.take());
            loaded.fingerprint.schema.push_back({loaded.table.columns.back().name, loaded.table.columns.back().type});
        }
        return loaded;
    }
}

} // namespace

Result<LoadedTable> readCsv(const QString &path, const CsvOptions &options, std::stop_token stop, const ReadProgress &progress) {
    try {
        return readTable(path, options, std::move(stop), progress);
    } catch (const std::bad_alloc &) {
        return refused(QStringLiteral("The file does not fit into memory."), path, tooLargeHint());
    }
}

} // namespace pilothouse::data
