// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/number_kernel.h"

#include "core/data/number_text.h"
#include "core/data/processor.h"

#if PILOTHOUSE_X86
#include <immintrin.h>
#endif

namespace pilothouse::data {

namespace {

void readPlainNumbersPortable(const FieldColumn &fields, const std::vector<RecordPlace> &records, char decimal, double *out, std::vector<std::uint32_t> &rest) {
    for (std::size_t row = 0; row < records.size(); ++row) {
        const char *begin = fields.begin(records[row]), *end = fields.end(records[row], begin);
        if (!fastNumber(begin, end, decimal, out[row])) [[unlikely]]
            rest.push_back(std::uint32_t(row));
    }
}

} // namespace

#if PILOTHOUSE_X86

namespace {

struct Tables {
    alignas(16) unsigned char closeGap[17][16]; ///< [place of the mark]: shuffle that moves the digits before it one up
    double divisor[17];                         ///< [place of the mark]: 10^(digits behind it)
    double behind[17];                          ///< [digits behind the mark]: its power of ten; [16]: no mark
    alignas(32) unsigned char inside[32];       ///< 16 bytes at [length]: ones where the right-aligned field is
};

constexpr Tables makeTables() {
    Tables t{};
    for (int mark = 0; mark <= 16; ++mark) {
        for (int i = 0; i < 16; ++i)
            t.closeGap[mark][i] = static_cast<unsigned char>(mark == 16 || i > mark ? i : i == 0 ? 0x80 : i - 1);
        t.divisor[mark] = mark == 16 ? 1.0 : number_detail::exactTen[std::size_t(15 - mark)];
    }
    for (int digits = 0; digits <= 16; ++digits)
        t.behind[digits] = digits == 16 ? 1.0 : number_detail::exactTen[std::size_t(digits)];
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

__attribute__((target("avx2,bmi,popcnt"))) inline void readOne(const FieldColumn &fields, const RecordPlace *places, std::size_t row, __m128i decimal, double *out, std::vector<std::uint32_t> &rest) {
    const char *begin = fields.begin(places[row]), *end = fields.end(places[row], begin);
    if (!plainNumber(begin, end, decimal, out[row])) [[unlikely]]
        rest.push_back(std::uint32_t(row));
}

__attribute__((target("avx2,bmi,popcnt"))) inline __m256i both(const void *first, const void *second) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(static_cast<const __m128i *>(first))), _mm_loadu_si128(static_cast<const __m128i *>(second)), 1);
}

/// Two neighbours at once: the two halves of a register. false: one of them is not plain, ask plainNumber() for each.
__attribute__((target("avx2,bmi,popcnt"))) inline bool plainPair(const char *begin0, const char *end0, const char *begin1, const char *end1, __m256i decimal, double *out) {
    const bool negative0 = *begin0 == '-', negative1 = *begin1 == '-';
    const auto length0 = std::size_t(end0 - begin0) - negative0, length1 = std::size_t(end1 - begin1) - negative1;
    if (((length0 - 1) | (length1 - 1)) > 15) [[unlikely]]
        return false;
    const __m256i inside = both(tables.inside + length0, tables.inside + length1);
    const __m256i bytes = both(end0 - 16, end1 - 16);
    const __m256i mark = _mm256_and_si256(inside, _mm256_cmpeq_epi8(bytes, decimal));
    const __m256i digits = _mm256_andnot_si256(mark, _mm256_and_si256(inside, _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'))));
    const auto marks = unsigned(_mm256_movemask_epi8(mark));
    const unsigned marks0 = marks & 0xffff, marks1 = marks >> 16;
    const __m256i nine = _mm256_set1_epi8(9);
    const bool allDigits = _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(digits, nine), nine)) == -1;
    const bool bare = length0 <= unsigned(marks0 != 0) || length1 <= unsigned(marks1 != 0);
    if (!allDigits || bare || (_blsr_u32(marks0) | _blsr_u32(marks1))) [[unlikely]]
        return false;
    const unsigned place0 = _tzcnt_u32(marks0 | 0x10000), place1 = _tzcnt_u32(marks1 | 0x10000);
    const __m256i closed = _mm256_shuffle_epi8(digits, both(tables.closeGap[place0], tables.closeGap[place1]));
    const __m256i pairs = _mm256_maddubs_epi16(closed, _mm256_set1_epi16(0x010a));
    const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00010064));
    const __m256i eights = _mm256_madd_epi16(_mm256_packus_epi32(fours, fours), _mm256_set1_epi32(0x00012710));
    // In each half: the upper eight digits below, the lower eight above them.
    const __m256i mantissas = _mm256_add_epi64(_mm256_mul_epu32(eights, _mm256_set1_epi64x(100'000'000)), _mm256_srli_epi64(eights, 32));
    const auto mantissa0 = std::uint64_t(_mm_cvtsi128_si64(_mm256_castsi256_si128(mantissas)));
    const auto mantissa1 = std::uint64_t(_mm_cvtsi128_si64(_mm256_extracti128_si256(mantissas, 1)));
    if ((mantissa0 | mantissa1) >> 53) [[unlikely]]
        return false;
    const __m128d magnitudes = _mm_div_pd(_mm_set_pd(double(std::int64_t(mantissa1)), double(std::int64_t(mantissa0))), _mm_set_pd(tables.divisor[place1], tables.divisor[place0]));
    const __m128i signs = _mm_slli_epi64(_mm_set_epi64x(negative1, negative0), 63);
    _mm_storeu_pd(out, _mm_or_pd(magnitudes, _mm_castsi128_pd(signs)));
    return true;
}

__attribute__((target("avx2,bmi,popcnt"))) void readPlainNumbersAvx2(const FieldColumn &fields, const std::vector<RecordPlace> &records, char decimal, double *out,
                                                                    std::vector<std::uint32_t> &rest) {
    const __m128i mark = _mm_set1_epi8(decimal);
    const __m256i marks = _mm256_set1_epi8(decimal);
    const RecordPlace *const places = records.data();
    const std::size_t count = records.size();
    const auto single = [&](std::size_t row) __attribute__((target("avx2,bmi,popcnt"))) { readOne(fields, places, row, mark, out, rest); };
    const char *const text = fields.text;
    const std::uint32_t *const ends = fields.ends + fields.column;
    std::size_t row = 0;
    for (; !fields.last && row + 2 <= count; row += 2) {
        const std::uint32_t *const end0 = ends + places[row].first, *const end1 = ends + places[row + 1].first;
        if (!plainPair(text + std::uint32_t(end0[-1] + 1), text + *end0, text + std::uint32_t(end1[-1] + 1), text + *end1, marks, out + row)) [[unlikely]] {
            single(row);
            single(row + 1);
        }
    }
    for (; row < count; ++row)
        single(row);
}

#define PILOTHOUSE_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512cd,avx2,bmi,popcnt")))

/// Four at once, one in each quarter of a register. What lies inside a field and where its mark is are bit masks, sixteen bits a
/// field, so that the checks and the closing of the gap need no table. false: one of them is not plain.
PILOTHOUSE_AVX512 inline bool plainFour(const char *const (&begin)[4], const char *const (&end)[4], __m512i decimal, double *out) {
    std::uint64_t insideBits = 0;
    std::size_t widest = 0;
    unsigned negative = 0;
    for (unsigned i = 0; i < 4; ++i) {
        const unsigned minus = *begin[i] == '-';
        const std::size_t length = std::size_t(end[i] - begin[i]) - minus;
        negative |= minus << i;
        widest |= length - 1;
        insideBits |= std::uint64_t(std::uint16_t(0xffffu << ((16 - length) & 31))) << (16 * i);
    }
    if (widest > 15) [[unlikely]] // also 0
        return false;
    const auto load = [](const char *last) PILOTHOUSE_AVX512 { return _mm_loadu_si128(reinterpret_cast<const __m128i *>(last - 16)); };
    __m512i bytes = _mm512_castsi128_si512(load(end[0]));
    bytes = _mm512_inserti32x4(bytes, load(end[1]), 1);
    bytes = _mm512_inserti32x4(bytes, load(end[2]), 2);
    bytes = _mm512_inserti32x4(bytes, load(end[3]), 3);
    const __mmask64 mark = _mm512_mask_cmpeq_epi8_mask(insideBits, bytes, decimal);
    const __m512i digits = _mm512_maskz_sub_epi8(insideBits & ~mark, bytes, _mm512_set1_epi8('0'));
    if (_mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9))) [[unlikely]]
        return false;
    const __m128i marks = _mm_cvtsi64_si128(std::int64_t(mark)), inside = _mm_cvtsi64_si128(std::int64_t(insideBits));
    const __m128i below = _mm_sub_epi16(marks, _mm_set1_epi16(1)); // bits before the mark
    const __m128i twoMarks = _mm_and_si128(marks, below), noDigit = _mm_cmpeq_epi16(_mm_andnot_si128(marks, inside), _mm_setzero_si128());
    if (_mm_cvtsi128_si64(_mm_or_si128(twoMarks, noDigit))) [[unlikely]]
        return false;
    const __m128i upToMark = _mm_andnot_si128(_mm_cmpeq_epi16(marks, _mm_setzero_si128()), _mm_xor_si128(marks, below));
    const __m512i closed = _mm512_mask_blend_epi8(__mmask64(_mm_cvtsi128_si64(upToMark)), digits, _mm512_bslli_epi128(digits, 1));
    const __m512i pairs = _mm512_maddubs_epi16(closed, _mm512_set1_epi16(0x010a));
    const __m512i fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00010064));
    const __m512i eights = _mm512_madd_epi16(_mm512_packus_epi32(fours, fours), _mm512_set1_epi32(0x00012710));
    const __m512i spread = _mm512_add_epi64(_mm512_mul_epu32(eights, _mm512_set1_epi64(100'000'000)), _mm512_srli_epi64(eights, 32));
    const __m256i mantissas = _mm512_castsi512_si256(_mm512_permutexvar_epi64(_mm512_set_epi64(0, 0, 0, 0, 6, 4, 2, 0), spread));
    if (_mm256_cmpgt_epu64_mask(mantissas, _mm256_set1_epi64x((1ll << 53) - 1))) [[unlikely]]
        return false;
    const __m128i behind = _mm_sub_epi32(_mm_lzcnt_epi32(_mm_cvtepu16_epi32(marks)), _mm_set1_epi32(16));
    const __m256d magnitudes = _mm256_div_pd(_mm256_cvtepu64_pd(mantissas), _mm256_i32gather_pd(tables.behind, behind, 8));
    _mm256_storeu_pd(out, _mm256_mask_or_pd(magnitudes, __mmask8(negative), magnitudes, _mm256_set1_pd(-0.0)));
    return true;
}

PILOTHOUSE_AVX512 void readPlainNumbersAvx512(const FieldColumn &fields, const std::vector<RecordPlace> &records, char decimal, double *out, std::vector<std::uint32_t> &rest) {
    const __m128i mark = _mm_set1_epi8(decimal);
    const __m512i marks = _mm512_set1_epi8(decimal);
    const RecordPlace *const places = records.data();
    const std::size_t count = records.size();
    const auto single = [&](std::size_t row) PILOTHOUSE_AVX512 { readOne(fields, places, row, mark, out, rest); };
    const char *const text = fields.text;
    const std::uint32_t *const ends = fields.ends + fields.column;
    std::size_t row = 0;
    for (; !fields.last && row + 4 <= count; row += 4) {
        const char *begin[4], *end[4];
        for (unsigned i = 0; i < 4; ++i) {
            const std::uint32_t *const at = ends + places[row + i].first;
            begin[i] = text + std::uint32_t(at[-1] + 1);
            end[i] = text + *at;
        }
        if (!plainFour(begin, end, marks, out + row)) [[unlikely]]
            for (std::size_t i = 0; i < 4; ++i)
                single(row + i);
    }
    for (; row < count; ++row)
        single(row);
}

} // namespace

std::vector<NumberKernel> numberKernels() {
    std::vector<NumberKernel> kernels;
    if (hasAvx512() && __builtin_cpu_supports("avx512cd"))
        kernels.push_back(readPlainNumbersAvx512);
    if (hasAvx2())
        kernels.push_back(readPlainNumbersAvx2);
    kernels.push_back(readPlainNumbersPortable);
    return kernels;
}

#else

std::vector<NumberKernel> numberKernels() { return {readPlainNumbersPortable}; }

#endif

void readPlainNumbers(const FieldColumn &fields, const std::vector<RecordPlace> &records, char decimal, double *out, std::vector<std::uint32_t> &rest) {
    static const NumberKernel kernel = numberKernels().front();
    kernel(fields, records, decimal, out, rest);
}

} // namespace pilothouse::data
