// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/column_builder.h"

#include "core/data/number_text.h"

#include <limits>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace pilothouse::data {

namespace {

/// Big columns in pages of 2 MiB: a page fault for each 4 KiB was a sixth of all the work. Only advice: it may be refused.
template<class T>
void reserveBig(std::vector<T> &values, std::size_t count) {
    values.reserve(count);
#ifdef __linux__
    constexpr std::uintptr_t page = 2u << 20;
    const auto begin = (reinterpret_cast<std::uintptr_t>(values.data()) + page - 1) / page * page;
    const auto end = (reinterpret_cast<std::uintptr_t>(values.data()) + values.capacity() * sizeof(T)) / page * page;
    if (begin < end)
        ::madvise(reinterpret_cast<void *>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

} // namespace

ColumnBuilder::ColumnBuilder(const QString &name, ColumnType type) {
    m_column.name = name;
    m_column.type = type;
}

void ColumnBuilder::expect(std::size_t rows) {
    switch (m_column.type) {
    case ColumnType::Number: reserveBig(m_column.numbers, rows); break;
    case ColumnType::Category: reserveBig(m_column.codes, rows); break;
    case ColumnType::Time: reserveBig(m_column.times, rows); break;
    }
}

void ColumnBuilder::add(const Block &block, std::size_t index) {
    const BlockColumn &from = block.columns[index];
    m_bad += from.bad;
    if (m_column.type == ColumnType::Number) {
        m_column.numbers.insert(m_column.numbers.end(), from.numbers.data(), from.numbers.data() + block.rows);
    } else if (m_column.type == ColumnType::Time) {
        m_column.times.insert(m_column.times.end(), from.times.data(), from.times.data() + block.rows);
        m_column.zoned = m_column.zoned || from.zoned;
        m_unzoned = m_unzoned || from.unzoned;
    } else {
        // By the rows, not by the block's list: a dropped row may have brought a category that no kept row has.
        std::vector<std::int32_t> global(from.dictionary.texts.size(), -1);
        m_column.codes.reserve(std::max(m_column.codes.capacity(), m_column.codes.size() + block.rows));
        for (std::size_t row = 0; row < block.rows; ++row) {
            const std::int32_t local = from.codes.data()[row];
            if (local < 0) {
                m_column.codes.push_back(-1);
                continue;
            }
            std::int32_t &code = global[std::size_t(local)];
            if (code < 0) {
                const std::string_view text = from.dictionary.texts[std::size_t(local)];
                bool added = false;
                code = m_index.findOrAdd(text, textHash(text), [&](std::int32_t i) { return std::string_view(m_column.dictionary[std::size_t(i)]); }, added);
                if (added)
                    m_column.dictionary.emplace_back(text);
            }
            m_column.codes.push_back(code);
        }
    }
}

qint64 ColumnBuilder::presentRows() const {
    qint64 present = 0;
    for (std::size_t row = 0; row < m_column.size(); ++row)
        present += !m_column.isMissing(row);
    return present;
}

ShownType ColumnBuilder::shownType(char decimal) const {
    TypeCounts counts;
    counts.bad = m_bad;
    if (m_column.type != ColumnType::Category) {
        if (m_bad > 0)
            counts.present = presentRows();
        return data::shownType(m_column.type, counts);
    }
    std::vector<qint64> rows(m_column.dictionary.size());
    for (const std::int32_t code : m_column.codes)
        if (code >= 0)
            ++rows[std::size_t(code)];
    for (std::size_t i = 0; i < rows.size(); ++i)
        counts.addText(m_column.dictionary[i], rows[i], decimal);
    return data::shownType(m_column.type, counts);
}

void ColumnBuilder::convert(ColumnType type, char decimal) {
    const std::vector<std::int32_t> codes = std::move(m_column.codes);
    const std::vector<std::string> texts = std::move(m_column.dictionary);
    m_column.codes = {};
    m_column.dictionary = {};
    m_column.type = type;
    expect(codes.size());
    if (type == ColumnType::Number) {
        std::vector<double> values;
        for (const std::string &text : texts)
            values.push_back(parseNumber(text, decimal).value_or(std::numeric_limits<double>::quiet_NaN()));
        for (const std::int32_t code : codes)
            m_column.numbers.push_back(code < 0 ? std::numeric_limits<double>::quiet_NaN() : values[std::size_t(code)]);
    } else {
        std::vector<std::int64_t> values;
        for (const std::string &text : texts) {
            bool zoned = false;
            values.push_back(parseIsoTime(text, &zoned));
            m_column.zoned = m_column.zoned || zoned;
        }
        for (const std::int32_t code : codes)
            m_column.times.push_back(code < 0 ? Column::missingTime : values[std::size_t(code)]);
    }
}

} // namespace pilothouse::data
