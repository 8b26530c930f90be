// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv.h"

#include "core/base/hash.h"
#include "core/base/task.h"
#include "core/data/block_parser.h"
#include "core/data/column_builder.h"
#include "core/data/file_stream.h"
#include "core/data/record_cutter.h"

#include <algorithm>
#include <optional>

namespace pilothouse::data {

namespace {

constexpr std::size_t prefixBytes = 256 * 1024;
constexpr std::size_t defaultBatch = 2u << 20;
constexpr std::size_t blocksOfBatch = 16; // few enough to be cheap, and the last one, for which all threads wait, is short (measured: 8 % against 8 of them)
constexpr std::size_t longestRecord = 256u << 20;
constexpr std::size_t padding = 64; ///< readable bytes that parseBlock needs on both sides

/// Bytes of one batch: what the batch before left over, then what was read.
struct Batch {
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
        if (rest.size() + padding > room) {
            const std::size_t more = 2 * rest.size() + padding - room;
            storage.insert(storage.begin(), more, '\0');
            room += more;
        }
        begin = room - rest.size();
        std::copy(rest.begin(), rest.end(), storage.begin() + std::ptrdiff_t(begin));
    }
};

/// One reading of the file with given column types; a second is made if the types turn out wrong.
class Pass {
public:
    Pass(const CsvDialect &dialect, const CsvOptions &options, const QString &path, std::vector<ColumnType> types)
        : m_dialect(dialect), m_options(options), m_path(path), m_types(std::move(types)) {
        for (std::size_t i = 0; i < m_types.size(); ++i)
            columns.emplace_back(dialect.names[i], m_types[i]);
        m_batchBytes = options.batchBytes ? options.batchBytes : defaultBatch;
    }
    Result<void> run(FileStream &stream, bool hash, std::stop_token stop, const ReadProgress &progress);

    std::vector<ColumnBuilder> columns;
    std::vector<Problem> problems;
    std::array<qint64, 6> counts{};
    qint64 rows = 0, ragged = 0, blank = 0, comments = 0;
    QString md5, sha256;

private:
    Result<void> fill(Batch &batch, std::string_view rest, FileStream &stream);
    Result<void> parse(Batch &batch, Batch &next, FileStream &stream);
    void settle(std::size_t column);
    Result<void> account(const Batch &batch);
    void expectRows(const Batch &batch, const FileStream &stream);
    Error openQuote() const;

    const CsvDialect &m_dialect;
    const CsvOptions &m_options;
    const QString &m_path;
    const std::vector<ColumnType> m_types;
    std::size_t m_batchBytes = 0;
    std::size_t m_skipped = 0; ///< bytes before the first row that were passed
    qint64 m_line = 0;         ///< lines of rows that were passed
    struct Blocks {
        std::vector<Block> list;
        std::size_t used = 0;
    } m_blocks, m_parsed; ///< of this batch; of the one before, which is put into the columns meanwhile
    std::optional<Hasher> m_md5, m_sha256;
};

/// Reads the next batch behind `rest` of the one before and finds where it can be cut.
Result<void> Pass::fill(Batch &batch, std::string_view rest, FileStream &stream) {
    if (batch.storage.empty()) {
        batch.room = std::min<std::size_t>(m_batchBytes / 8, 64 * 1024) + padding;
        batch.storage.resize(batch.room + m_batchBytes + padding);
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

Error Pass::openQuote() const {
    const QString where = QStringLiteral("%1:%2").arg(m_path).arg(m_dialect.bodyLine + m_line);
    return invalid(QStringLiteral("A quote in the record that begins here never closes."), where, QStringLiteral("Close it, or double the quotes that belong to the text."));
}

/// Does at the same time what can be done at the same time: digests of this batch (each needs the bytes in order, so each is
/// one task), reading the next, putting the one before into the columns, parsing this one. One wait a batch.
Result<void> Pass::parse(Batch &batch, Batch &next, FileStream &stream) {
    const bool hashed = m_md5 && !stream.packed();
    const std::string_view raw = batch.freshBytes();
    const std::vector<std::string_view> &cuts = batch.cuts.blocks;
    m_blocks.used = cuts.size();
    if (m_blocks.list.size() < m_blocks.used)
        m_blocks.list.resize(m_blocks.used);
    Result<void> read;
    const std::size_t firstBlock = 3 + columns.size();
    parallelFor(firstBlock + m_blocks.used, 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t task = first; task < last; ++task) {
            if (task == 0 && hashed)
                m_md5->add(raw.data(), raw.size());
            else if (task == 1 && !batch.last)
                read = fill(next, batch.rest(), stream);
            else if (task == 2 && hashed)
                m_sha256->add(raw.data(), raw.size());
            else if (task > 2 && task < firstBlock)
                settle(task - 3);
            else if (task >= firstBlock) {
                Block &block = m_blocks.list[task - firstBlock];
                block.text = cuts[task - firstBlock];
                parseBlock(block, m_dialect, m_types);
            }
        }
    }, m_options.threads);
    PH_TRY(read);
    return account(batch);
}

/// Puts what the batch before gave for one column behind what is there.
void Pass::settle(std::size_t column) {
    for (std::size_t b = 0; b < m_parsed.used; ++b)
        columns[column].add(m_parsed.list[b], column);
}

/// Counts what this batch gave, in file order.
Result<void> Pass::account(const Batch &batch) {
    for (std::size_t b = 0; b < m_blocks.used; ++b) {
        const Block &block = m_blocks.list[b];
        for (const Problem &p : block.problems) {
            if (problems.size() == ReadReport::kept)
                break;
            problems.push_back(p);
            problems.back().line += m_dialect.bodyLine + m_line;
        }
        for (std::size_t k = 0; k < counts.size(); ++k)
            counts[k] += block.counts[k];
        rows += qint64(block.rows);
        ragged += block.ragged;
        blank += block.blank;
        comments += block.comments;
        m_line += block.lines;
    }
    const std::size_t rest = batch.rest().size();
    if (rest > longestRecord || (batch.last && rest > 0))
        return openQuote();
    return {};
}

/// From the first batch, so that columns are made in their final size once.
void Pass::expectRows(const Batch &batch, const FileStream &stream) {
    std::size_t count = std::size_t(rows);
    if (!batch.last && !stream.packed() && !batch.text().empty())
        count = std::size_t(double(count) * double(stream.fileSize()) / double(batch.text().size()) * 1.02) + 1000;
    for (ColumnBuilder &column : columns)
        column.expect(count);
}

Result<void> Pass::run(FileStream &stream, bool hash, std::stop_token stop, const ReadProgress &progress) {
    if (hash) {
        m_md5.emplace(Hasher::Kind::Md5);
        m_sha256.emplace(Hasher::Kind::Sha256);
        stream.onPackedBytes([this](const char *bytes, std::size_t count) {
            m_md5->add(bytes, count);
            m_sha256->add(bytes, count);
        });
    }
    Batch batches[3]; // one is read, one is parsed, and the texts of one go into the columns
    PH_TRY(fill(batches[0], {}, stream));
    for (std::size_t turn = 0;; ++turn) {
        if (stop.stop_requested())
            return cancelled();
        Batch &batch = batches[turn % 3];
        const bool first = rows == 0;
        PH_TRY(parse(batch, batches[(turn + 1) % 3], stream));
        if (first)
            expectRows(batch, stream);
        std::swap(m_blocks, m_parsed);
        if (progress)
            progress(stream.bytesRead(), stream.fileSize());
        if (batch.last)
            break;
    }
    parallelFor(columns.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t column = first; column < last; ++column)
            settle(column);
    }, m_options.threads);
    PH_TRY(stream.check());
    if (hash) {
        md5 = m_md5->hex();
        sha256 = m_sha256->hex();
    }
    return {};
}

/// The types that the beginning of the file shows; the whole file decides in the end.
std::vector<ColumnType> guessTypes(std::string_view prefix, bool whole, const CsvDialect &dialect) {
    std::string padded(padding, '\0');
    padded += prefix.substr(std::min(dialect.bodyOffset, prefix.size()));
    if (whole && padded.size() > padding && padded.back() != '\n')
        padded += '\n';
    std::vector<ColumnType> types(dialect.names.size(), ColumnType::Category);
    const RecordCuts cuts = cutRecords(std::string_view(padded).substr(padding), dialect, 32 * 1024);
    if (cuts.blocks.empty())
        return types;
    Block block;
    const std::size_t length = cuts.blocks.front().size();
    padded.resize(padding + length);
    padded.append(padding, '\0');
    block.text = std::string_view(padded).substr(padding, length);
    parseBlock(block, dialect, types);
    for (std::size_t i = 0; i < types.size(); ++i) {
        ColumnBuilder column(dialect.names[i], ColumnType::Category);
        column.add(block, i);
        bool exact = false;
        types[i] = column.shownType(dialect.missing, dialect.decimal, exact);
    }
    return types;
}

/// The file from its opening to the finished table.
class Reader {
public:
    Reader(const QString &path, const CsvOptions &options, std::stop_token stop, const ReadProgress &progress)
        : m_path(path), m_options(options), m_stop(std::move(stop)), m_progress(progress) {}
    Result<LoadedTable> read();

private:
    Result<void> readBeginning();
    bool resolve(Pass &pass);
    LoadedTable finish(Pass &pass);
    bool known(std::size_t column) const { return m_options.types.contains(m_dialect.names[column]); }

    const QString &m_path;
    const CsvOptions &m_options;
    std::stop_token m_stop;
    const ReadProgress &m_progress;
    std::unique_ptr<FileStream> m_first; ///< kept open, to see whether a later reading finds the same file
    CsvDialect m_dialect;
    std::vector<ColumnType> m_types;
    ReadReport m_report;
    QString m_md5, m_sha256;
};

Result<void> Reader::readBeginning() {
    PH_ASSIGN(m_first, FileStream::open(m_path));
    std::string prefix(prefixBytes, '\0');
    PH_ASSIGN(const std::size_t length, m_first->read(prefix.data(), prefix.size()));
    prefix.resize(length);
    const bool whole = length < prefixBytes;
    PH_ASSIGN(m_dialect, findDialect(prefix, whole, m_options, m_path, m_report));
    m_types = guessTypes(prefix, whole, m_dialect);
    for (std::size_t i = 0; i < m_types.size(); ++i)
        m_types[i] = m_options.types.value(m_dialect.names[i], m_types[i]);
    return {};
}

/// Settles the types by what the whole file shows. true: a column was read in the wrong way, read again.
bool Reader::resolve(Pass &pass) {
    struct Shown {
        ColumnType type = ColumnType::Category;
        bool exact = true;
    };
    std::vector<Shown> shown(pass.columns.size());
    parallelFor(pass.columns.size(), 1, [&](std::size_t first, std::size_t last) { // a text column is walked through
        for (std::size_t i = first; i < last; ++i)
            if (!known(i))
                shown[i].type = pass.columns[i].shownType(m_dialect.missing, m_dialect.decimal, shown[i].exact);
    }, m_options.threads);
    bool again = false;
    for (std::size_t i = 0; i < pass.columns.size(); ++i) {
        if (known(i) || shown[i].type == pass.columns[i].type())
            continue;
        if (pass.columns[i].type() == ColumnType::Category && shown[i].exact) {
            pass.columns[i].convert(shown[i].type, m_dialect.decimal);
        } else {
            m_types[i] = shown[i].type;
            again = true;
        }
    }
    return again;
}

LoadedTable Reader::finish(Pass &pass) {
    LoadedTable loaded;
    loaded.report = std::move(m_report);
    loaded.report.rows = pass.rows;
    loaded.report.rowsDropped = pass.ragged;
    loaded.report.blankLines += pass.blank;
    loaded.report.commentLines += pass.comments;
    for (std::size_t k = 0; k < pass.counts.size(); ++k) {
        if (pass.counts[k] == 0)
            continue;
        loaded.report.counts[problemKindName(ProblemKind(k))] += pass.counts[k];
        loaded.report.problemCount += pass.counts[k];
    }
    for (Problem &p : pass.problems)
        if (loaded.report.problems.size() < ReadReport::kept)
            loaded.report.problems.push_back(std::move(p));
    loaded.fingerprint = {m_md5, m_sha256, m_first->fileSize(), pass.rows, qint64(pass.columns.size()), {}};
    for (ColumnBuilder &column : pass.columns) {
        loaded.table.columns.push_back(column.take());
        loaded.fingerprint.schema.push_back({loaded.table.columns.back().name, loaded.table.columns.back().type});
    }
    return loaded;
}

Result<LoadedTable> Reader::read() {
    PH_TRY(readBeginning());
    // Category → number or time → done, or number ↔ category ↔ time: the counts are the file's, so three readings settle it.
    for (int reading = 0;; ++reading) {
        PH_ASSIGN(const auto stream, FileStream::open(m_path));
        Pass pass(m_dialect, m_options, m_path, m_types);
        PH_TRY(pass.run(*stream, m_options.fingerprint && reading == 0, m_stop, m_progress));
        if (!stream->sameFileAs(*m_first))
            return invalid(QStringLiteral("The file was changed while it was read."), m_path, QStringLiteral("Wait until the program that writes it is done, then read it again."));
        if (reading == 0) {
            m_md5 = pass.md5;
            m_sha256 = pass.sha256;
        }
        if (!resolve(pass) || reading == 3)
            return finish(pass);
    }
}

} // namespace

Result<LoadedTable> readCsv(const QString &path, const CsvOptions &options, std::stop_token stop, const ReadProgress &progress) {
    try {
        return Reader(path, options, std::move(stop), progress).read();
    } catch (const std::bad_alloc &) {
        return invalid(QStringLiteral("The file does not fit into memory."), path, QStringLiteral("Read a part of it, or use a machine with more memory."));
    }
}

} // namespace pilothouse::data
