// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hash.h"
#include "core/data/csv_beginning.h"

#include <array>
#include <optional>
#include <span>
#include <stop_token>

namespace pilothouse::data {

/// Who takes what a pass reads, batch by batch, in file order.
class BlockTaker {
public:
    virtual ~BlockTaker() = default;
    /// After the first batch with rows: about so many will come in all.
    virtual void expect(std::size_t) {}
    /// How many parts of the work can be done side by side (a column each), and one of them: beside the other parts, and while the
    /// next batch is read.
    virtual std::size_t parts() const = 0;
    virtual void take(std::span<const Block> blocks, std::size_t part) = 0;
    /// After all parts have taken a batch; nothing else runs. An error ends the pass.
    virtual Result<void> taken() { return {}; }
};

/// One reading of a file from its first row to its last, with as much at the same time as can be. Memory does not grow with the file.
class CsvPass {
public:
    /// @param columns  [columns of the file]
    CsvPass(const CsvBeginning &beginning, std::vector<ReadColumn> columns, const CsvOptions &options, const QString &path);
    /// @param hash  digests too
    Result<void> run(bool hash, BlockTaker &taker, std::stop_token stop, const ReadProgress &progress);

    /// The report of the beginning with what this pass found.
    ReadReport report() const;
    qint64 rows() const { return m_rows; }
    const QString &md5() const { return m_md5Text; }
    const QString &sha256() const { return m_sha256Text; }

private:
    struct Batch;
    struct Blocks {
        std::vector<Block> list;
        std::size_t used = 0;
    };
    Result<void> fill(Batch &batch, std::string_view rest, FileStream &stream);
    Result<void> parse(Batch &batch, Batch &next, FileStream &stream, BlockTaker &taker);
    Result<void> account(const Batch &batch);
    std::size_t expectedRows(const Batch &batch, const FileStream &stream) const;
    std::span<const Block> parsed() const { return std::span(m_parsed.list).first(m_parsed.used); }
    Error openQuote() const;

    const CsvBeginning &m_beginning;
    const CsvDialect &m_dialect;
    const std::vector<ReadColumn> m_columns;
    const CsvOptions &m_options;
    const QString &m_path;
    std::size_t m_batchBytes = 0;
    std::size_t m_skipped = 0;  ///< bytes before the first row that were passed
    qint64 m_line = 0;          ///< lines of rows that were passed
    Blocks m_blocks, m_parsed;  ///< of this batch; of the one before, which is taken meanwhile
    std::optional<Hasher> m_md5, m_sha256;
    std::vector<Problem> m_problems;
    std::array<qint64, 6> m_counts{};
    qint64 m_rows = 0, m_ragged = 0, m_blank = 0, m_comments = 0;
    QString m_md5Text, m_sha256Text;
};

} // namespace pilothouse::data
