// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_pass.h"

#include "core/base/task.h"
#include "core/data/record_cutter.h"

#include <algorithm>

namespace pilothouse::data {

namespace {

constexpr std::size_t defaultBatch = 2u << 20;
constexpr std::size_t blocksOfBatch = 16; // few enough to be cheap, and the last one, for which all threads wait, is short (measured: 8 % against 8 of them)
constexpr std::size_t longestRecord = 256u << 20;

} // namespace

/// Bytes of one batch: what the batch before left over, then what was read.
struct CsvPass::Batch {
    std::vector<char> storage;
    std::size_t room = 0;  ///< before the fresh bytes, for the rest of the batch before
    std::size_t begin = 0; ///< of the text
    std::size_t fresh = 0; ///< bytes read into this batch
    bool last = false;
    bool closed = false;   ///< the file ends without a line feed: one was put behind it
    RecordCuts cuts;

    std::size_t end() const { return room + fresh + closed; }
    std::string_view text() const { return {storage.data() + begin, end() - begin}; }
    std::string_view freshBytes() const { return {storage.data() + room, fresh}; }
    std::string_view rest() const { return text().substr(cuts.consumed); } ///< the beginning of a record that the next batch ends
    /// Makes room for `bytes` that will stand before the fresh ones.
    void prepend(std::string_view rest) {
        if (rest.size() + blockPadding > room) {
            const std::size_t more = 2 * rest.size() + blockPadding - room;
            storage.insert(storage.begin(), more, '\0');
            room += more;
        }
        begin = room - rest.size();
        std::copy(rest.begin(), rest.end(), storage.begin() + std::ptrdiff_t(begin));
    }
};

CsvPass::CsvPass(const CsvBeginning &beginning, std::vector<ReadColumn> columns, const CsvOptions &options, const QString &path)
    : m_beginning(beginning), m_dialect(beginning.dialect), m_columns(std::move(columns)), m_options(options), m_path(path), m_batchBytes(options.batchBytes ? options.batchBytes : defaultBatch) {}

/// Reads the next batch behind `rest` of the one before and finds where it can be cut.
Result<void> CsvPass::fill(Batch &batch, std::string_view rest, FileStream &stream) {
    if (batch.storage.empty()) {
        batch.room = std::min<std::size_t>(m_batchBytes / 8, 64 * 1024) + blockPadding;
        batch.storage.resize(batch.room + m_batchBytes + blockPadding);
    }
    PH_ASSIGN(batch.fresh, stream.read(batch.storage.data() + batch.room, m_batchBytes));
    batch.last = batch.fresh < m_batchBytes;
    batch.closed = false;
    batch.prepend(rest);
    const std::size_t skip = std::min(m_dialect.bodyOffset - m_skipped, batch.text().size());
    batch.begin += skip;
    m_skipped += skip;
    if (batch.last && !batch.text().empty() && batch.text().back() != '\n') {
        batch.storage[batch.end()] = '\n'; // in the padding
        batch.closed = true;
    }
    batch.cuts = cutRecords(batch.text(), m_dialect, std::max<std::size_t>(m_batchBytes / blocksOfBatch, 16));
    return {};
}

Error CsvPass::openQuote() const {
    const QString where = QStringLiteral("%1:%2").arg(m_path).arg(m_dialect.bodyLine + m_line);
    return invalid(QStringLiteral("A quote in the record that begins here never closes."), where, QStringLiteral("Close it, or double the quotes that belong to the text."));
}

/// Does at the same time what can be done at the same time: digests of this batch (each needs the bytes in order, so each is
/// one task), reading the next, taking what the one before gave, parsing this one. One wait a batch.
Result<void> CsvPass::parse(Batch &batch, Batch &next, FileStream &stream, BlockTaker &taker) {
    const bool hashed = m_md5 && !stream.packed();
    const std::string_view raw = batch.freshBytes();
    const std::vector<std::string_view> &cuts = batch.cuts.blocks;
    m_blocks.used = cuts.size();
    if (m_blocks.list.size() < m_blocks.used)
        m_blocks.list.resize(m_blocks.used);
    Result<void> read;
    const std::size_t firstBlock = 3 + taker.parts();
    parallelFor(firstBlock + m_blocks.used, 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t task = first; task < last; ++task) {
            if (task == 0 && hashed)
                m_md5->add(raw.data(), raw.size());
            else if (task == 1 && !batch.last)
                read = fill(next, batch.rest(), stream);
            else if (task == 2 && hashed)
                m_sha256->add(raw.data(), raw.size());
            else if (task > 2 && task < firstBlock)
                taker.take(parsed(), task - 3);
            else if (task >= firstBlock) {
                Block &block = m_blocks.list[task - firstBlock];
                block.text = cuts[task - firstBlock];
                parseBlock(block, m_dialect, m_columns);
            }
        }
    }, m_options.threads);
    PH_TRY(read);
    return account(batch);
}

/// Counts what this batch gave, in file order.
Result<void> CsvPass::account(const Batch &batch) {
    for (std::size_t b = 0; b < m_blocks.used; ++b) {
        const Block &block = m_blocks.list[b];
        for (const Problem &p : block.problems) {
            if (m_problems.size() == ReadReport::kept)
                break;
            m_problems.push_back(p);
            m_problems.back().line += m_dialect.bodyLine + m_line;
        }
        for (std::size_t k = 0; k < m_counts.size(); ++k)
            m_counts[k] += block.counts[k];
        m_rows += qint64(block.rows);
        m_ragged += block.ragged;
        m_blank += block.blank;
        m_comments += block.comments;
        m_line += block.lines;
    }
    const std::size_t rest = batch.rest().size();
    if (rest > longestRecord || (batch.last && rest > 0))
        return openQuote();
    return {};
}

/// From the first batch, so that columns are made in their final size once.
std::size_t CsvPass::expectedRows(const Batch &batch, const FileStream &stream) const {
    if (batch.last || stream.packed() || batch.text().empty())
        return std::size_t(m_rows);
    return std::size_t(double(m_rows) * double(stream.fileSize()) / double(batch.text().size()) * 1.02) + 1000;
}

Result<void> CsvPass::run(bool hash, BlockTaker &taker, std::stop_token stop, const ReadProgress &progress) {
    PH_ASSIGN(const std::unique_ptr<FileStream> stream, FileStream::open(m_path));
    if (hash) {
        m_md5.emplace(Hasher::Kind::Md5);
        m_sha256.emplace(Hasher::Kind::Sha256);
        stream->onPackedBytes([this](const char *bytes, std::size_t count) {
            m_md5->add(bytes, count);
            m_sha256->add(bytes, count);
        });
    }
    Batch batches[3]; // one is read, one is parsed, and the texts of one are taken
    PH_TRY(fill(batches[0], {}, *stream));
    for (std::size_t turn = 0;; ++turn) {
        if (stop.stop_requested())
            return cancelled();
        Batch &batch = batches[turn % 3];
        const bool first = m_rows == 0;
        PH_TRY(parse(batch, batches[(turn + 1) % 3], *stream, taker));
        if (turn > 0)
            PH_TRY(taker.taken());
        if (first && m_rows > 0)
            taker.expect(expectedRows(batch, *stream));
        std::swap(m_blocks, m_parsed);
        if (progress)
            progress(stream->bytesRead(), stream->fileSize());
        if (batch.last)
            break;
    }
    parallelFor(taker.parts(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t part = first; part < last; ++part)
            taker.take(parsed(), part);
    }, m_options.threads);
    PH_TRY(taker.taken());
    PH_TRY(stream->check());
    PH_TRY(sameFile(m_beginning, *stream, m_path));
    if (hash) {
        m_md5Text = m_md5->hex();
        m_sha256Text = m_sha256->hex();
    }
    return {};
}

ReadReport CsvPass::report() const {
    ReadReport report = m_beginning.report;
    report.rows = m_rows;
    report.rowsDropped = m_ragged;
    report.blankLines += m_blank;
    report.commentLines += m_comments;
    for (std::size_t k = 0; k < m_counts.size(); ++k) {
        if (m_counts[k] == 0)
            continue;
        report.counts[problemKindName(ProblemKind(k))] += m_counts[k];
        report.problemCount += m_counts[k];
    }
    for (const Problem &p : m_problems)
        if (report.problems.size() < ReadReport::kept)
            report.problems.push_back(p);
    return report;
}

} // namespace pilothouse::data
