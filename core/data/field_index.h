// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace pilothouse::data {

struct FieldMarks;

/// Where the fields of a block end: offsets of every delimiter and line feed outside of quotes, rising. Knowing them before
/// the fields are read makes the fields independent of each other, so that the processor reads several at once.
class FieldIndex {
public:
    /// One way to walk through a text without comments.
    using Walk = void (*)(FieldMarks &out, std::string_view text, char delimiter);
    /// The ways that this processor knows, the one that is used first: AVX-512 with VBMI2, AVX2, portable code.
    static std::vector<Walk> walks();

    /// A quote opens only at the beginning of a field; a doubled one inside is text. The text begins at a record and has at
    /// least 64 readable bytes behind it. A record that begins with `comment` (if not empty) is one field to its line's end.
    void build(std::string_view text, char delimiter, std::string_view comment);
    void build(std::string_view text, char delimiter, std::string_view comment, Walk walk); ///< for tests that compare them
    bool lineFeedsInQuotes() const { return m_lineFeedsInQuotes; }
    /// begin()[−1] is readable: −1, the byte before the text.
    const std::uint32_t *begin() const { return m_ends.get() + 1; }
    /// The last field of each record, as its place in begin()[…]; rising.
    std::span<const std::uint32_t> recordEnds() const { return {m_records.get(), m_recordCount}; }

private:
    std::unique_ptr<std::uint32_t[]> m_ends, m_records;
    std::size_t m_capacity = 0, m_recordCount = 0;
    bool m_lineFeedsInQuotes = false;
};

} // namespace pilothouse::data
