// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/number_kernel.h"

#include "core/data/number_text.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define PILOTHOUSE_AVX2 1
#include <immintrin.h>
#endif

namespace pilothouse::data {

void readPlainNumbersPortable(const FieldColumn &fields, const std::vector<RecordPlace> &records, char decimal, double *out, std::vector<std::uint32_t> &rest) {
    for (std::size_t row = 0; row < records.size(); ++row) {
        const char *begin = fields.begin(records[row]), *end = fields.end(records[row], begin);
        if (!fastNumber(begin, end, decimal, out[row])) [[unlikely]]
            rest.push_back(std::uint32_t(row));
    }
}

#if PILOTHOUSE_AVX2

namespace {

struct Tables {
    alignas(16) unsigned char closeGap[17][16]; ///< [place of the mark]: shuffle that moves the digits before it one up
    double divisor[17];                         ///< [place of the mark]: 10^(digits behind it)
    alignas(32) unsigned char inside[32];       ///< 16 bytes at [length]: ones where the right-aligned field is
};

constexpr Tables makeTables() {
    Tables t{};
    for (int mark = 0; mark <= 16; ++mark) {
        for (int i = 0; i < 16; ++i)
            t.closeGap[mark][i] = static_cast<unsigned char>(mark == 16 || i > mark ? i : i == 0 ? 0x80 : i - 1);
        t.divisor[mark] = mark == 16 ? 1.0 : number_detail::exactTen[std::size_t(15 - mark)];
    }
    for (int i = 0; i < 32; ++i)
        t.inside[i] = i < 16 ? 0 : 0xff;
    return t;
}
constexpr Tables tables = makeTables();

/// One number of up to sixteen characters after the sign, aligned to the right end of a register: the decimal mark is taken
/// out by a shuffle, then digits are joined in pairs, fours and eights (W. Muła, "SIMD-ized parsing of numbers").
__attribute__((target("avx2,bmi,popcnt"))) inline bool plainNumber(const char *begin, const char *end, __m128i decimal, double &value) {
    const bool negative = *begin == '-';
    const auto length = std::size_t(end - begin) - negative;
    if (length - 1 > 15) [[unlikely]] // also 0
        return false;
    const __m128i inside = _mm_loadu_si128(reinterpret_cast<const __m128i *>(tables.inside + length));
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(end - 16));
    const __m128i mark = _mm_and_si128(inside, _mm_cmpeq_epi8(bytes, decimal));
    const __m128i digits = _mm_andnot_si128(mark, _mm_and_si128(inside, _mm_sub_epi8(bytes, _mm_set1_epi8('0'))));
    const auto marks = unsigned(_mm_movemask_epi8(mark));
    const __m128i nine = _mm_set1_epi8(9);
    const bool allDigits = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(digits, nine), nine)) == 0xffff;
    if (!allDigits || (marks & (marks - 1)) || (marks && length == 1)) [[unlikely]]
        return false;
    const unsigned place = _tzcnt_u32(marks | 0x10000);
    const __m128i closed = _mm_shuffle_epi8(digits, _mm_load_si128(reinterpret_cast<const __m128i *>(tables.closeGap[place])));
    const __m128i pairs = _mm_maddubs_epi16(closed, _mm_set1_epi16(0x010a));
    const __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00010064));
    const __m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm_set1_epi32(0x00012710));
    const auto halves = std::uint64_t(_mm_cvtsi128_si64(eights));
    const std::uint64_t mantissa = (halves & 0xffffffff) * 100'000'000 + (halves >> 32);
    if (mantissa >> 53) [[unlikely]]
        return false;
    const double magnitude = double(std::int64_t(mantissa)) / tables.divisor[place];
    value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(magnitude) | std::uint64_t(negative) << 63);
    return true;
}

__attribute__((target("avx2,bmi,popcnt"))) void readPlainNumbersAvx2(const FieldColumn &fields, const std::vector<RecordPlace> &records, char decimal, double *out,
                                                                    std::vector<std::uint32_t> &rest) {
    const __m128i mark = _mm_set1_epi8(decimal);
    const char *const text = fields.text;
    const std::uint32_t *const ends = fields.ends + fields.column;
    const RecordPlace *const places = records.data();
    const std::size_t count = records.size();
    if (fields.last) {
        for (std::size_t row = 0; row < count; ++row) {
            const char *begin = fields.begin(places[row]), *end = fields.end(places[row], begin);
            if (!plainNumber(begin, end, mark, out[row])) [[unlikely]]
                rest.push_back(std::uint32_t(row));
        }
        return;
    }
    for (std::size_t row = 0; row < count; ++row) {
        const std::uint32_t *const end = ends + places[row].first;
        if (!plainNumber(text + std::uint32_t(end[-1] + 1), text + *end, mark, out[row])) [[unlikely]]
            rest.push_back(std::uint32_t(row));
    }
}

} // namespace

void readPlainNumbers(const FieldColumn &fields, const std::vector<RecordPlace> &records, char decimal, double *out, std::vector<std::uint32_t> &rest) {
    static const auto kernel = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") ? readPlainNumbersAvx2 : readPlainNumbersPortable;
    kernel(fields, records, decimal, out, rest);
}

#else

void readPlainNumbers(const FieldColumn &fields, const std::vector<RecordPlace> &records, char decimal, double *out, std::vector<std::uint32_t> &rest) {
    readPlainNumbersPortable(fields, records, decimal, out, rest);
}

#endif

} // namespace pilothouse::data
