// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/record_cutter.h"

#include <algorithm>
#include <cstring>

namespace pilothouse::data {

namespace {

const char *find(const char *from, const char *end, char c) {
    const auto *at = static_cast<const char *>(std::memchr(from, c, std::size_t(end - from)));
    return at ? at : end;
}

/// Behind the quote that closes the one at `open`; nullptr if this text does not tell.
const char *behindQuoted(const char *open, const char *end) {
    for (const char *p = open + 1;;) {
        p = find(p, end, '"');
        if (p + 1 >= end)
            return nullptr;
        if (p[1] != '"')
            return p + 1;
        p += 2;
    }
}

/// Collects record ends: makes a block whenever one lies at or behind the wanted size.
class Blocks {
public:
    Blocks(std::string_view text, std::size_t blockBytes) : m_begin(text.data()), m_start(text.data()), m_last(text.data()), m_size(blockBytes) {}

    /// Every line end in [from, to) ends a record.
    void ends(const char *from, const char *to) {
        while (std::size_t(to - m_start) > m_size) {
            const char *wanted = std::max(from, m_start + m_size);
            const char *line = find(wanted, to, '\n');
            if (line == to)
                break;
            cut(line + 1);
        }
        if (const auto *line = static_cast<const char *>(memrchr(from, '\n', std::size_t(to - from))); line && line + 1 > m_last)
            m_last = line + 1;
    }
    RecordCuts finish() {
        if (m_last > m_start)
            cut(m_last);
        m_cuts.consumed = std::size_t(m_start - m_begin);
        return std::move(m_cuts);
    }

private:
    void cut(const char *end) {
        m_cuts.blocks.emplace_back(m_start, std::size_t(end - m_start));
        m_start = m_last = end;
    }
    const char *m_begin, *m_start, *m_last;
    std::size_t m_size;
    RecordCuts m_cuts;
};

/// From quote to quote; what lies between them outside of quoted fields ends records.
RecordCuts cutByQuotes(std::string_view text, const CsvDialect &dialect, std::size_t blockBytes) {
    Blocks blocks(text, blockBytes);
    const char *const begin = text.data(), *const end = begin + text.size();
    const char *outside = begin;
    for (const char *p = begin; p < end;) {
        const char *quote = find(p, end, '"');
        if (quote == end)
            break;
        const bool opens = quote == begin || quote[-1] == dialect.delimiter || quote[-1] == '\n';
        if (!opens) {
            p = quote + 1;
            continue;
        }
        blocks.ends(outside, quote);
        p = outside = behindQuoted(quote, end);
        if (!p)
            return blocks.finish();
    }
    blocks.ends(outside, end);
    return blocks.finish();
}

/// A comment line may hold a quote that opens nothing, so that with comments every record is looked at.
RecordCuts cutByRecords(std::string_view text, const CsvDialect &dialect, std::size_t blockBytes) {
    Blocks blocks(text, blockBytes);
    const char *const begin = text.data(), *const end = begin + text.size();
    for (const char *record = begin; record < end;) {
        const char *line = find(record, end, '\n');
        const bool comment = std::string_view(record, std::size_t(line - record)).starts_with(dialect.comment);
        for (const char *p = record; !comment && p < line;) {
            const char *quote = find(p, line, '"');
            if (quote == line)
                break;
            p = quote + 1;
            if (quote != record && quote[-1] != dialect.delimiter)
                continue;
            const char *behind = behindQuoted(quote, end);
            if (!behind)
                return blocks.finish();
            p = behind;
            if (behind > line)
                line = find(behind, end, '\n');
        }
        if (line == end)
            break;
        blocks.ends(line, line + 1);
        record = line + 1;
    }
    return blocks.finish();
}

} // namespace

RecordCuts cutRecords(std::string_view text, const CsvDialect &dialect, std::size_t blockBytes) {
    return dialect.comment.empty() ? cutByQuotes(text, dialect, blockBytes) : cutByRecords(text, dialect, blockBytes);
}

} // namespace pilothouse::data
