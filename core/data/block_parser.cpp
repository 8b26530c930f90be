// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/block_parser.h"

#include "core/data/number_text.h"

#include <algorithm>
#include <limits>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/// The next delimiter or line feed at or behind p.
inline const char *findFieldEnd(const char *p, char delimiter) {
#ifdef __SSE2__
    const __m128i d = _mm_set1_epi8(delimiter), n = _mm_set1_epi8('\n');
    for (;; p += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p));
        const int mask = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, d), _mm_cmpeq_epi8(bytes, n)));
        if (mask)
            return p + std::countr_zero(unsigned(mask));
    }
#else
    while (*p != delimiter && *p != '\n')
        ++p;
    return p;
#endif
}

class Parser {
public:
    Parser(Block &block, const CsvDialect &dialect, const std::vector<ColumnType> &types)
        : m_block(block), m_dialect(dialect), m_types(types), m_delimiter(dialect.delimiter), m_decimal(dialect.decimal) {}

    void run();

private:
    struct Pending {
        ProblemKind kind;
        int column;
        std::string text;
    };
    bool skippable(const char *&p);
    const char *row(const char *p);
    const char *number(BlockColumn &column, int index, const char *p);
    const char *numberSlow(BlockColumn &column, int index, const char *p);
    const char *category(BlockColumn &column, int index, const char *p);
    const char *time(BlockColumn &column, int index, const char *p);
    const char *field(const char *p, int index, std::string_view &text);
    const char *quoted(const char *p, int index, std::string_view &text);
    std::int32_t code(BlockDictionary &dictionary, std::string_view text);
    std::int32_t addText(BlockDictionary &dictionary, std::string_view text, bool inBlock);
    void problem(ProblemKind kind, int column, std::string_view text = {});
    void keepPending();
    void ragged(std::size_t fields);
    void keep(ProblemKind kind, int column, QString what);
    void growTo(std::size_t rows);

    Block &m_block;
    const CsvDialect &m_dialect;
    const std::vector<ColumnType> &m_types;
    const char m_delimiter, m_decimal;
    std::size_t m_row = 0;
    qint64 m_line = 0, m_rowLine = 0;
    std::string m_scratch; ///< a quoted field with its quotes resolved
    std::vector<Pending> m_pending; ///< of the current row; dropped with it if it is ragged
};

void Parser::growTo(std::size_t rows) {
    for (std::size_t i = 0; i < m_types.size(); ++i) {
        BlockColumn &column = m_block.columns[i];
        switch (m_types[i]) {
        case ColumnType::Number: column.numbers.grow(m_row, rows); break;
        case ColumnType::Category: column.codes.grow(m_row, rows); break;
        case ColumnType::Time: column.times.grow(m_row, rows); break;
        }
    }
    m_block.capacity = rows;
}

void Parser::run() {
    const char *p = m_block.text.data(), *const end = p + m_block.text.size();
    while (p < end) {
        if (skippable(p))
            continue;
        if (m_row == m_block.capacity)
            growTo(std::max<std::size_t>(2 * m_block.capacity, 512));
        p = row(p);
    }
    m_block.rows = m_row;
    m_block.lines = m_line;
}

bool Parser::skippable(const char *&p) {
    if (*p == '\n' || (*p == '\r' && p[1] == '\n')) {
        p += *p == '\n' ? 1 : 2;
        ++m_block.blank;
    } else if (!m_dialect.comment.empty() && std::string_view(p, std::size_t(m_block.text.data() + m_block.text.size() - p)).starts_with(m_dialect.comment)) {
        p = static_cast<const char *>(std::memchr(p, '\n', std::size_t(m_block.text.data() + m_block.text.size() - p))) + 1;
        ++m_block.comments;
    } else {
        return false;
    }
    ++m_line;
    return true;
}

/// One record; gives the position behind its line end.
const char *Parser::row(const char *p) {
    m_rowLine = m_line;
    const std::size_t width = m_types.size();
    std::size_t fields = 0;
    for (;;) {
        if (fields < width) [[likely]] {
            BlockColumn &column = m_block.columns[fields];
            switch (m_types[fields]) {
            case ColumnType::Number: p = number(column, int(fields), p); break;
            case ColumnType::Category: p = category(column, int(fields), p); break;
            case ColumnType::Time: p = time(column, int(fields), p); break;
            }
        } else {
            std::string_view text;
            p = field(p, -1, text);
        }
        ++fields;
        p += *p == '\r' && m_delimiter != '\r';
        if (*p++ == '\n')
            break;
    }
    ++m_line;
    if (fields != width) [[unlikely]] {
        ragged(fields);
        return p;
    }
    if (!m_pending.empty()) [[unlikely]]
        keepPending();
    ++m_row;
    return p;
}

inline const char *Parser::number(BlockColumn &column, int index, const char *p) {
    double value;
    if (fastNumber(p, m_delimiter, m_decimal, value)) [[likely]] {
        if (!m_dialect.missing.numbers.empty() && m_dialect.missing.isNumber(value)) [[unlikely]]
            value = missingNumber;
        column.numbers.data()[m_row] = value;
        return p;
    }
    if (*p == m_delimiter || *p == '\n') {
        column.numbers.data()[m_row] = missingNumber;
        return p;
    }
    return numberSlow(column, index, p);
}

const char *Parser::numberSlow(BlockColumn &column, int index, const char *p) {
    std::string_view text;
    p = field(p, index, text);
    double value = missingNumber;
    if (const auto parsed = parseNumber(text, m_decimal)) {
        if (!m_dialect.missing.isNumber(*parsed))
            value = *parsed;
    } else if (!m_dialect.missing.isText(text) && text.find_first_not_of(" \t") != text.npos) {
        problem(ProblemKind::BadNumber, index, text);
    }
    column.numbers.data()[m_row] = value;
    return p;
}

const char *Parser::time(BlockColumn &column, int index, const char *p) {
    std::string_view text;
    p = field(p, index, text);
    bool zoned = false;
    const std::int64_t value = parseIsoTime(text, &zoned);
    column.times.data()[m_row] = value;
    if (value != Column::missingTime)
        (zoned ? column.zoned : column.unzoned) = true;
    else if (!m_dialect.missing.isText(text) && text.find_first_not_of(" \t") != text.npos)
        problem(ProblemKind::BadTime, index, text);
    return p;
}

inline const char *Parser::category(BlockColumn &column, int index, const char *p) {
    std::string_view text;
    p = field(p, index, text);
    std::int32_t code = -1;
    if (!text.empty()) {
        code = this->code(column.dictionary, text);
        const auto state = column.dictionary.states[std::size_t(code)];
        if (state == BlockDictionary::State::Repaired) [[unlikely]]
            problem(ProblemKind::BadText, index);
        if (state == BlockDictionary::State::Missing)
            code = -1;
    }
    column.codes.data()[m_row] = code;
    return p;
}

/// The text of a field and the position of the delimiter or line feed behind it.
inline const char *Parser::field(const char *p, int index, std::string_view &text) {
    if (*p == '"') [[unlikely]]
        return quoted(p, index, text);
    const char *end = findFieldEnd(p, m_delimiter);
    std::size_t length = std::size_t(end - p);
    if (*end == '\n' && length > 0 && end[-1] == '\r')
        --length;
    text = {p, length};
    return end;
}

const char *Parser::quoted(const char *p, int index, std::string_view &text) {
    const char *const end = m_block.text.data() + m_block.text.size();
    const char *const open = p++;
    const char *close = static_cast<const char *>(std::memchr(p, '"', std::size_t(end - p)));
    const auto endsField = [&](const char *q) { return *q == m_delimiter || *q == '\n' || (*q == '\r' && q[1] == '\n'); };
    if (close && endsField(close + 1)) [[likely]] {
        text = {p, std::size_t(close - p)};
        p = close + 1;
    } else {
        m_scratch.clear();
        while (close && close[1] == '"') {
            m_scratch.append(p, std::size_t(close + 1 - p));
            p = close + 2;
            close = static_cast<const char *>(std::memchr(p, '"', std::size_t(end - p)));
        }
        if (!close) // cannot be: blocks hold whole records
            close = end - 1;
        m_scratch.append(p, std::size_t(close - p));
        p = close + 1;
        if (!endsField(p)) {
            const char *rest = findFieldEnd(p, m_delimiter);
            m_scratch.append(p, std::size_t(rest - p));
            if (*rest == '\n' && m_scratch.ends_with('\r'))
                m_scratch.pop_back();
            p = rest;
            if (index >= 0)
                problem(ProblemKind::OpenQuote, index, m_scratch);
        }
        text = m_scratch;
    }
    m_line += std::count(open, p, '\n');
    return p + (*p == '\r' && p[1] == '\n');
}

inline std::int32_t Parser::code(BlockDictionary &dictionary, std::string_view text) {
    bool added = false;
    const auto number = dictionary.index.findOrAdd(text, textHash(text), [&](std::int32_t i) { return dictionary.keys[std::size_t(i)]; }, added);
    if (added) [[unlikely]]
        addText(dictionary, text, text.data() != m_scratch.data());
    return number;
}

std::int32_t Parser::addText(BlockDictionary &dictionary, std::string_view text, bool inBlock) {
    using State = BlockDictionary::State;
    if (!inBlock)
        text = dictionary.kept.emplace_back(text);
    dictionary.keys.push_back(text);
    State state = State::Fine;
    if (m_dialect.missing.isText(text))
        state = State::Missing;
    else if (!m_dialect.missing.numbers.empty())
        if (const auto value = parseNumber(text, m_decimal); value && m_dialect.missing.isNumber(*value))
            state = State::Missing;
    if (auto repaired = repairedUtf8(text)) {
        text = dictionary.kept.emplace_back(*std::move(repaired));
        state = State::Repaired;
    }
    dictionary.texts.push_back(text);
    dictionary.states.push_back(state);
    return std::int32_t(dictionary.keys.size() - 1);
}

void Parser::problem(ProblemKind kind, int column, std::string_view text) {
    const bool shown = m_block.problems.size() < ReadReport::kept;
    m_pending.push_back({kind, column, shown ? std::string(text.substr(0, 60)) : std::string()});
}

void Parser::keep(ProblemKind kind, int column, QString what) {
    ++m_block.counts[std::size_t(kind)];
    if (m_block.problems.size() < ReadReport::kept)
        m_block.problems.push_back({kind, m_rowLine, column, std::move(what)});
}

void Parser::keepPending() {
    for (const Pending &p : m_pending) {
        const QString &name = m_dialect.names[std::size_t(p.column)];
        const QString text = m_block.problems.size() < ReadReport::kept ? QString::fromStdString(p.text) : QString();
        QString what;
        switch (p.kind) {
        case ProblemKind::BadNumber: what = QStringLiteral("“%1” in the column “%2” is no number.").arg(text, name); break;
        case ProblemKind::BadTime: what = QStringLiteral("“%1” in the column “%2” is no ISO 8601 time.").arg(text, name); break;
        case ProblemKind::BadText: what = QStringLiteral("The text in the column “%1” is not UTF-8 or holds a NUL byte.").arg(name); break;
        case ProblemKind::OpenQuote: what = QStringLiteral("Text follows the closing quote in the column “%1”: %2").arg(name, text); break;
        default: break;
        }
        keep(p.kind, p.column + 1, std::move(what));
        m_block.columns[std::size_t(p.column)].bad += p.kind == ProblemKind::BadNumber || p.kind == ProblemKind::BadTime;
    }
    m_pending.clear();
}

void Parser::ragged(std::size_t fields) {
    m_pending.clear();
    ++m_block.ragged;
    keep(ProblemKind::RaggedRow, 0, QStringLiteral("The row has %1 fields, the header %2.").arg(fields).arg(m_types.size()));
}

} // namespace

void parseBlock(Block &block, const CsvDialect &dialect, const std::vector<ColumnType> &types) {
    block.columns.resize(types.size());
    for (std::size_t i = 0; i < types.size(); ++i) {
        BlockColumn &column = block.columns[i];
        column.bad = 0;
        column.zoned = column.unzoned = false;
        if (types[i] == ColumnType::Category)
            column.dictionary.clear();
    }
    block.rows = 0;
    block.lines = block.blank = block.comments = block.ragged = 0;
    block.problems.clear();
    block.counts = {};
    Parser(block, dialect, types).run();
}

} // namespace pilothouse::data
