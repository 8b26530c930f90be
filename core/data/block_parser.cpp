// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/block_parser.h"

#include "core/data/number_text.h"

#include <algorithm>
#include <limits>

namespace pilothouse::data {

void BlockDictionary::clear() {
    index.clear();
    keys.clear();
    texts.clear();
    states.clear();
    kept.clear();
}

namespace {

constexpr double missingNumber = std::numeric_limits<double>::quiet_NaN();

/// Reads one block column by column: what a row is, is settled first, by the field index alone.
class Parser {
public:
    Parser(Block &block, const CsvDialect &dialect, const std::vector<ReadColumn> &columns) : m_block(block), m_dialect(dialect), m_columns(columns), m_decimal(dialect.decimal) {}

    void run();

private:
    void findRecords();
    bool skip(const char *begin, const char *end);
    void growTo(std::size_t rows);
    void numbers(std::size_t index);
    void categories(std::size_t index);
    void times(std::size_t index);
    double number(std::string_view text, std::size_t row, std::size_t index);
    std::string_view text(const char *begin, const char *end);
    std::string_view quoted(const char *begin, const char *end);
    std::int32_t code(BlockDictionary &dictionary, std::string_view text);
    void addText(BlockDictionary &dictionary, std::string_view text);
    bool isBlankOrMissing(std::string_view text) const { return m_dialect.missing.isText(text) || text.find_first_not_of(" \t") == text.npos; }
    bool isMissingNumber(std::string_view text) const;
    FieldColumn fields(std::size_t index) const { return {m_block.text.data(), m_block.index.begin(), index, index + 1 == m_columns.size()}; }
    void problem(ProblemKind kind, std::size_t row, std::size_t index, std::string_view text = {});
    void keep(ProblemKind kind, qint64 line, int column, QString what);
    void orderProblems();

    Block &m_block;
    const CsvDialect &m_dialect;
    const std::vector<ReadColumn> &m_columns;
    const char m_decimal;
    std::size_t m_kept = 0; ///< problems kept of this column
    std::string m_scratch;  ///< a quoted field with its quotes resolved
    bool m_behindQuote = false; ///< the field just resolved has text behind its closing quote
};

void Parser::run() {
    m_block.index.build(m_block.text, m_dialect.delimiter, m_dialect.comment);
    findRecords();
    m_block.rows = m_block.records.size();
    if (m_block.rows > m_block.capacity)
        growTo(m_block.rows + m_block.rows / 8);
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        if (!m_columns[i].wanted)
            continue;
        m_kept = 0;
        switch (m_columns[i].type) {
        case ColumnType::Number: numbers(i); break;
        case ColumnType::Category: categories(i); break;
        case ColumnType::Time: times(i); break;
        }
    }
    orderProblems();
}

/// Lists the records that have as many fields as the header; skips and counts the others.
void Parser::findRecords() {
    const char *const text = m_block.text.data();
    const std::uint32_t *const ends = m_block.index.begin();
    const std::size_t width = m_columns.size();
    const bool quotedLines = m_block.index.lineFeedsInQuotes();
    const char *begin = text;
    qint64 line = 0;
    std::uint32_t first = 0;
    for (const std::uint32_t last : m_block.index.recordEnds()) {
        const char *const recordEnd = text + ends[last];
        const std::size_t fields = last - first + 1;
        if (!skip(begin, recordEnd)) {
            if (fields == width) [[likely]] {
                m_block.records.push_back({first, std::uint32_t(line)});
            } else {
                ++m_block.ragged;
                keep(ProblemKind::RaggedRow, line, 0, QStringLiteral("The row has %1 fields, the header %2.").arg(fields).arg(width));
            }
        }
        line += quotedLines ? std::count(begin, recordEnd + 1, '\n') : 1;
        begin = recordEnd + 1;
        first = last + 1;
    }
    m_block.lines = line;
}

bool Parser::skip(const char *begin, const char *end) {
    if (begin == end || (*begin == '\r' && begin + 1 == end)) {
        ++m_block.blank;
        return true;
    }
    if (m_dialect.comment.empty() || !std::string_view(begin, std::size_t(end - begin)).starts_with(m_dialect.comment))
        return false;
    ++m_block.comments;
    return true;
}

void Parser::growTo(std::size_t rows) {
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        if (!m_columns[i].wanted)
            continue;
        BlockColumn &column = m_block.columns[i];
        switch (m_columns[i].type) {
        case ColumnType::Number: column.numbers.grow(rows); break;
        case ColumnType::Category: column.codes.grow(rows); break;
        case ColumnType::Time: column.times.grow(rows); break;
        }
    }
    m_block.capacity = rows;
}

void Parser::numbers(std::size_t index) {
    double *const out = m_block.columns[index].numbers.data();
    const FieldColumn fields = this->fields(index);
    m_block.unread.clear();
    readPlainNumbers(fields, m_block.records, m_decimal, out, m_block.unread);
    if (!m_dialect.missing.numbers.empty())
        std::replace_if(out, out + m_block.rows, [this](double v) { return m_dialect.missing.isNumber(v); }, missingNumber);
    for (const std::uint32_t row : m_block.unread) {
        const char *begin = fields.begin(m_block.records[row]), *end = fields.end(m_block.records[row], begin);
        out[row] = begin == end ? missingNumber : number(text(begin, end), row, index);
    }
}

double Parser::number(std::string_view text, std::size_t row, std::size_t index) {
    if (m_behindQuote)
        problem(ProblemKind::OpenQuote, row, index, text);
    if (const auto parsed = parseNumber(text, m_decimal))
        return m_dialect.missing.isNumber(*parsed) ? missingNumber : *parsed;
    if (!isBlankOrMissing(text))
        problem(ProblemKind::BadNumber, row, index, text);
    return missingNumber;
}

void Parser::times(std::size_t index) {
    BlockColumn &column = m_block.columns[index];
    const FieldColumn fields = this->fields(index);
    for (std::size_t row = 0; row < m_block.rows; ++row) {
        const char *begin = fields.begin(m_block.records[row]), *end = fields.end(m_block.records[row], begin);
        const std::string_view text = this->text(begin, end);
        if (m_behindQuote) [[unlikely]]
            problem(ProblemKind::OpenQuote, row, index, text);
        bool zoned = false;
        const std::int64_t value = parseIsoTime(text, &zoned);
        column.times.data()[row] = value;
        if (value != Column::missingTime)
            (zoned ? column.zoned : column.unzoned) = true;
        else if (!isBlankOrMissing(text) && !isMissingNumber(text))
            problem(ProblemKind::BadTime, row, index, text);
    }
}

/// One of the listed numbers, however it is written.
bool Parser::isMissingNumber(std::string_view text) const {
    if (m_dialect.missing.numbers.empty())
        return false;
    const auto value = parseNumber(text, m_decimal);
    return value && m_dialect.missing.isNumber(*value);
}

void Parser::categories(std::size_t index) {
    using State = BlockDictionary::State;
    BlockColumn &column = m_block.columns[index];
    std::int32_t *const codes = column.codes.data();
    const FieldColumn fields = this->fields(index);
    for (std::size_t row = 0; row < m_block.rows; ++row) {
        const char *begin = fields.begin(m_block.records[row]), *end = fields.end(m_block.records[row], begin);
        const std::string_view text = this->text(begin, end);
        codes[row] = -1;
        if (m_behindQuote) [[unlikely]]
            problem(ProblemKind::OpenQuote, row, index, text);
        if (text.empty())
            continue;
        const std::int32_t code = this->code(column.dictionary, text);
        const State state = column.dictionary.states[std::size_t(code)];
        if (state == State::Fine) [[likely]]
            codes[row] = code;
        if (state == State::Repaired) {
            codes[row] = code;
            problem(ProblemKind::BadText, row, index);
        }
    }
}

/// A field's text with its quotes resolved; valid until the next one.
inline std::string_view Parser::text(const char *begin, const char *end) {
    m_behindQuote = false;
    if (begin < end && *begin == '"') [[unlikely]]
        return quoted(begin, end);
    return {begin, std::size_t(end - begin)};
}

std::string_view Parser::quoted(const char *begin, const char *end) {
    const auto quote = [end](const char *from) { return std::find(from, end, '"'); };
    const char *p = begin + 1;
    const char *close = quote(p);
    if (close + 1 == end) [[likely]]
        return {p, std::size_t(close - p)};
    m_scratch.clear();
    while (close != end && close + 1 != end && close[1] == '"') {
        m_scratch.append(p, close + 1);
        p = close + 2;
        close = quote(p);
    }
    m_scratch.append(p, close);
    m_behindQuote = close != end && close + 1 != end;
    if (m_behindQuote)
        m_scratch.append(close + 1, end);
    return m_scratch;
}

inline std::int32_t Parser::code(BlockDictionary &dictionary, std::string_view text) {
    bool added = false;
    const auto number = dictionary.index.findOrAdd(text, textHash(text), [&](std::int32_t i) { return dictionary.keys[std::size_t(i)]; }, added);
    if (added) [[unlikely]]
        addText(dictionary, text);
    return number;
}

void Parser::addText(BlockDictionary &dictionary, std::string_view text) {
    using State = BlockDictionary::State;
    if (text.data() == m_scratch.data())
        text = dictionary.kept.emplace_back(text);
    dictionary.keys.push_back(text);
    State state = State::Fine;
    if (m_dialect.missing.isText(text) || isMissingNumber(text))
        state = State::Missing;
    if (auto repaired = repairedUtf8(text)) {
        text = dictionary.kept.emplace_back(*std::move(repaired));
        state = State::Repaired;
    }
    dictionary.texts.push_back(text);
    dictionary.states.push_back(state);
}

/// The first ReadReport::kept of each column are kept: the first of all are among them.
void Parser::problem(ProblemKind kind, std::size_t row, std::size_t index, std::string_view text) {
    m_block.columns[index].bad += kind == ProblemKind::BadNumber || kind == ProblemKind::BadTime;
    if (m_kept == ReadReport::kept) {
        ++m_block.counts[std::size_t(kind)];
        return;
    }
    ++m_kept;
    const QString &name = m_dialect.names[index];
    const std::string_view start = text.substr(0, 60);
    const QString shown = QString::fromUtf8(start.data(), qsizetype(start.size()));
    QString what;
    switch (kind) {
    case ProblemKind::BadNumber: what = QStringLiteral("“%1” in the column “%2” is no number.").arg(shown, name); break;
    case ProblemKind::BadTime: what = QStringLiteral("“%1” in the column “%2” is no ISO 8601 time.").arg(shown, name); break;
    case ProblemKind::BadText: what = QStringLiteral("The text in the column “%1” is not UTF-8 or holds a NUL byte.").arg(name); break;
    case ProblemKind::OpenQuote: what = QStringLiteral("Text follows the closing quote in the column “%1”: %2").arg(name, shown); break;
    case ProblemKind::RaggedRow:
    case ProblemKind::ColumnName: break;
    }
    keep(kind, m_block.records[row].line, int(index) + 1, std::move(what));
}

void Parser::keep(ProblemKind kind, qint64 line, int column, QString what) {
    if (kind == ProblemKind::RaggedRow && m_block.counts[std::size_t(kind)] >= qint64(ReadReport::kept)) {
        ++m_block.counts[std::size_t(kind)];
        return;
    }
    ++m_block.counts[std::size_t(kind)];
    m_block.problems.push_back({kind, line, column, std::move(what)});
}

void Parser::orderProblems() {
    std::stable_sort(m_block.problems.begin(), m_block.problems.end(), [](const Problem &a, const Problem &b) { return std::pair(a.line, a.column) < std::pair(b.line, b.column); });
    if (m_block.problems.size() > ReadReport::kept)
        m_block.problems.resize(ReadReport::kept);
}

} // namespace

void parseBlock(Block &block, const CsvDialect &dialect, const std::vector<ReadColumn> &columns) {
    block.columns.resize(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        BlockColumn &column = block.columns[i];
        column.bad = 0;
        column.zoned = column.unzoned = false;
        if (columns[i].type == ColumnType::Category)
            column.dictionary.clear();
    }
    block.records.clear();
    block.rows = 0;
    block.lines = block.blank = block.comments = block.ragged = 0;
    block.problems.clear();
    block.counts = {};
    Parser(block, dialect, columns).run();
}

} // namespace pilothouse::data
