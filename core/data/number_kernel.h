// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace pilothouse::data {

/// A record of a block: the place of its first field in the field index, and its line (from 0 at the block's first).
struct RecordPlace {
    std::uint32_t first = 0;
    std::uint32_t line = 0;
};

/// The fields of one column: `ends` is the block's field index; the byte before a field is the end of the one before.
struct FieldColumn {
    const char *text = nullptr;
    const std::uint32_t *ends = nullptr; ///< ends[−1] is readable and stands for the byte before the text
    std::size_t column = 0;
    bool last = false; ///< the last of its record: a CR before the line feed is no part of it

    const char *begin(RecordPlace record) const { return text + std::uint32_t(ends[std::ptrdiff_t(record.first + column) - 1] + 1); }
    const char *end(RecordPlace record, const char *begin) const {
        const char *end = text + ends[record.first + column];
        return last && end > begin && end[-1] == '\r' ? end - 1 : end;
    }
};

/// Reads the plain numbers of a column: out[row]. Rows of any other form (empty, exponents, more digits, quotes, texts) are
/// listed in `rest`. Exactly rounded. At least 16 bytes must be readable before the text and behind it. Chooses once by the
/// processor.
void readPlainNumbers(const FieldColumn &fields, const std::vector<RecordPlace> &records, char decimal, double *out, std::vector<std::uint32_t> &rest);

/// The ways that this processor knows, the one that is used first: AVX-512, AVX2, portable code. For tests that compare them.
using NumberKernel = decltype(&readPlainNumbers);
std::vector<NumberKernel> numberKernels();

} // namespace pilothouse::data
