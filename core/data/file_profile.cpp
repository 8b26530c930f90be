// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/file_profile.h"

#include "core/base/memory.h"
#include "core/base/task.h"
#include "core/data/block_statistics.h"
#include "core/data/csv_blocks.h"
#include "core/data/distinct_sample.h"
#include "core/data/table_size.h"
#include "core/data/text_index.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <thread>

namespace pilothouse::data {

namespace {

constexpr std::size_t sampledRows = std::size_t(1) << 18; ///< of rows that differ; about 15 MiB

/// Hashes of the rows of a piece. Texts by their bytes: codes are those of one piece.
std::vector<std::uint64_t> rowHashes(const Table &rows) {
    std::vector<std::uint64_t> hashes(rows.rows(), 0);
    const auto add = [&](std::size_t row, std::uint64_t value) { hashes[row] = mixedHash(hashes[row], value); };
    for (const Column &column : rows.columns) {
        std::vector<std::uint64_t> texts;
        for (const std::string &text : column.dictionary)
            texts.push_back(textHash(text) | 1);
        for (std::size_t row = 0; row < hashes.size(); ++row) {
            switch (column.type) {
            case ColumnType::Number: add(row, std::isnan(column.numbers[row]) ? 1 : std::bit_cast<std::uint64_t>(column.numbers[row])); break;
            case ColumnType::Category: add(row, column.codes[row] < 0 ? 0 : texts[std::size_t(column.codes[row])]); break;
            case ColumnType::Time: add(row, std::uint64_t(column.times[row])); break;
            }
        }
    }
    return hashes;
}

/// Two readings: the statistics, and then what lies outside the fences that they give.
class BlockProfiler {
public:
    BlockProfiler(const QString &path, const CsvOptions &options, const std::optional<ExpectedSchema> &expected) : m_path(path), m_options(options), m_expected(expected) {}

    Result<FileProfile> run(std::stop_token stop, const ReadProgress &progress) {
        m_out.blocks = true;
        PH_ASSIGN(const std::unique_ptr<FileStream> file, FileStream::open(m_path));
        qint64 before = 0; // bytes that the readings of the statistics took
        const auto measured = [&](qint64 done, qint64 total) {
            before = total;
            if (progress)
                progress(done, total + file->fileSize());
        };
        const auto counted = [&](qint64 done, qint64 total) {
            if (progress)
                progress(before + done, before + total);
        };
        PH_ASSIGN(ReadRows read, readCsvBlocks(m_path, m_options, [this](const Table &rows) { return measure(rows); }, stop, measured));
        finish(std::move(read));
        CsvOptions again = m_options;
        again.fingerprint = false;
        for (const ColumnStatistics &s : m_out.profile.columns)
            again.types.insert(s.name, s.type);
        PH_ASSIGN([[maybe_unused]] const ReadRows same, readCsvBlocks(m_path, again, [this](const Table &rows) { return count(rows); }, stop, counted));
        PH_ASSIGN(const std::unique_ptr<FileStream> now, FileStream::open(m_path));
        if (!now->sameFileAs(*file))
            return invalid(QStringLiteral("The file was changed while it was read."), m_path, QStringLiteral("Wait until the program that writes it is done, then read it again."));
        m_out.quality = qualityOf(m_out.profile, m_counts, m_expected ? &*m_expected : nullptr);
        return std::move(m_out);
    }

private:
    Result<void> measure(const Table &rows) {
        if (rows.rows() == 0)
            return {};
        if (m_columns.empty()) {
            m_out.rows = rows;
            for (const Column &column : rows.columns)
                m_columns.emplace_back(column.name, column.type);
        }
        parallelFor(m_columns.size() + 1, 1, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) {
                if (i < m_columns.size()) {
                    m_columns[i].add(rows.columns[i]);
                    continue;
                }
                for (const std::uint64_t hash : rowHashes(rows))
                    m_rows.add(hash);
            }
        }, m_options.threads);
        return {};
    }
    void finish(ReadRows read) {
        Profile &profile = m_out.profile;
        profile.rows = read.report.rows;
        profile.fingerprint = std::move(read.fingerprint);
        profile.report = std::move(read.report);
        for (const BlockStatistics &column : m_columns)
            profile.columns.push_back(column.statistics());
        for (std::size_t i = 0; m_columns.empty() && i < profile.fingerprint.schema.size(); ++i) // no row at all
            profile.columns.push_back(BlockStatistics(profile.fingerprint.schema[i].name, profile.fingerprint.schema[i].type).statistics());
        profile.repeatedRows = m_rows.repeated();
        profile.repeatsEstimated = !m_rows.exact();
        const bool estimated = profile.repeatsEstimated || std::any_of(profile.columns.begin(), profile.columns.end(), [](const ColumnStatistics &s) { return !s.estimated.isEmpty(); });
        profile.report.notes << QStringLiteral("The file was read in blocks, because its table does not fit into memory%1.")
                                    .arg(estimated ? QStringLiteral(": figures marked “about” are estimates, the others are exact") : QString());
        findProblems(profile);
        m_counts.resize(profile.columns.size());
    }
    Result<void> count(const Table &rows) {
        parallelFor(rows.rows() > 0 ? m_counts.size() : 0, 1, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i)
                countColumn(rows.columns[i], m_out.profile.columns[i], m_expected ? m_expected->find(rows.columns[i].name) : nullptr, m_counts[i]);
        }, m_options.threads);
        return {};
    }

    const QString &m_path;
    const CsvOptions &m_options;
    const std::optional<ExpectedSchema> &m_expected;
    std::vector<BlockStatistics> m_columns;
    DistinctSample m_rows{sampledRows};
    std::vector<ColumnCounts> m_counts;
    FileProfile m_out;
};

/// Bytes that the table and its profile take: statistics sort a copy of a column on each thread, the search for repeated rows a number a row.
qint64 wholeNeed(const TableSize &size, int threads) {
    const auto workers = qint64(threads > 0 ? threads : int(std::max(1u, std::thread::hardware_concurrency())));
    return size.bytes + 8 * size.rows * std::max<qint64>(std::min(workers, size.columns), 1);
}

} // namespace

Result<FileProfile> profileBlocks(const QString &path, const CsvOptions &options, const std::optional<ExpectedSchema> &expected, std::stop_token stop, const ReadProgress &progress) {
    return BlockProfiler(path, options, expected).run(std::move(stop), progress);
}

Result<FileProfile> profileFile(const QString &path, const CsvOptions &options, const std::optional<ExpectedSchema> &expected, std::stop_token stop, const ReadProgress &progress) {
    PH_ASSIGN(const CsvBeginning beginning, readBeginning(path, options));
    if (!beginning.whole && !requireMemory(wholeNeed(tableSize(beginning, path), options.threads), {}, path, {}))
        return profileBlocks(path, options, expected, std::move(stop), progress);
    Result<LoadedTable> loaded = readCsv(path, options, stop, progress);
    if (!loaded && loaded.error().kind == ErrorKind::Refused) // more different texts than its beginning showed
        return profileBlocks(path, options, expected, std::move(stop), progress);
    if (!loaded)
        return std::move(loaded).error();
    FileProfile out;
    out.profile = profileOf(*loaded, options.threads);
    out.quality = qualityOf(*loaded, out.profile, expected ? &*expected : nullptr);
    out.rows = std::move(loaded->table);
    return out;
}

} // namespace pilothouse::data
