// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/field_index.h"

#include "core/data/processor.h"

#include <algorithm>
#include <array>
#include <bit>
#if PILOTHOUSE_X86
#include <immintrin.h>
#endif

namespace pilothouse::data {

/// Where the next marks are written.
struct FieldMarks {
    std::uint32_t *first, *ends; ///< field ends: the beginning of the list and its end so far
    std::uint32_t *records;      ///< places in that list
    bool quotedLines = false;    ///< a line feed lies in quotes

    void add(std::uint32_t place, bool lineFeed) {
        *ends++ = place;
        if (lineFeed)
            *records++ = std::uint32_t(ends - first) - 1;
    }
};

namespace {

struct Masks {
    std::uint64_t ends = 0, lineFeeds = 0, quotes = 0; ///< one bit a byte, the lowest for the first; ends with line feeds
};

/// How 64 bytes become masks, and a mask a list of places. This one needs no more than SSE2, which is in every x86-64.
struct Plain {
    [[gnu::always_inline]] static Masks masksOf(const char *p, char delimiter) {
        Masks masks;
#if PILOTHOUSE_X86
        const __m128i d = _mm_set1_epi8(delimiter), n = _mm_set1_epi8('\n'), q = _mm_set1_epi8('"');
        for (int part = 0; part < 4; ++part) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p + 16 * part));
            const auto bits = [part](__m128i equal) { return std::uint64_t(unsigned(_mm_movemask_epi8(equal))) << (16 * part); };
            masks.ends |= bits(_mm_cmpeq_epi8(bytes, d));
            masks.lineFeeds |= bits(_mm_cmpeq_epi8(bytes, n));
            masks.quotes |= bits(_mm_cmpeq_epi8(bytes, q));
        }
#else
        for (int i = 0; i < 64; ++i) {
            masks.ends |= std::uint64_t(p[i] == delimiter) << i;
            masks.lineFeeds |= std::uint64_t(p[i] == '\n') << i;
            masks.quotes |= std::uint64_t(p[i] == '"') << i;
        }
#endif
        masks.ends |= masks.lineFeeds;
        return masks;
    }

    /// The first twelve without asking whether they are there (a field is rarely shorter than five bytes), then one by one.
    [[gnu::always_inline]] static std::uint32_t *emit(std::uint32_t *out, std::uint64_t bits, std::uint32_t base) {
        const int count = std::popcount(bits);
        for (int i = 0; i < 12; ++i) {
            out[i] = base + std::uint32_t(std::countr_zero(bits));
            bits &= bits - 1;
        }
        for (int i = 12; i < count; ++i) {
            out[i] = base + std::uint32_t(std::countr_zero(bits));
            bits &= bits - 1;
        }
        return out + count;
    }
};

#if PILOTHOUSE_X86
#define PILOTHOUSE_VBMI2 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,avx2,bmi,popcnt")))

/// One comparison for 64 bytes; the places are the bytes of 0 … 63 that the mask lets through (as simdjson's kernel for Ice Lake).
struct Vbmi2 {
    PILOTHOUSE_VBMI2 static Masks masksOf(const char *p, char delimiter) {
        const __m512i bytes = _mm512_loadu_si512(p);
        const std::uint64_t lineFeeds = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'));
        return {_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(delimiter)) | lineFeeds, lineFeeds, _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"'))};
    }

    /// Sixteen without asking whether they are there.
    PILOTHOUSE_VBMI2 static std::uint32_t *emit(std::uint32_t *out, std::uint64_t bits, std::uint32_t base) {
        const __m512i places = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(numbers.data()));
        const __m512i from = _mm512_set1_epi32(int(base));
        const auto store = [&](int first, __m128i sixteen) PILOTHOUSE_VBMI2 { _mm512_storeu_si512(out + first, _mm512_add_epi32(_mm512_cvtepu8_epi32(sixteen), from)); };
        const int count = std::popcount(bits);
        store(0, _mm512_castsi512_si128(places));
        if (count > 16) [[unlikely]] {
            store(16, _mm512_extracti32x4_epi32(places, 1));
            if (count > 32) {
                store(32, _mm512_extracti32x4_epi32(places, 2));
                store(48, _mm512_extracti32x4_epi32(places, 3));
            }
        }
        return out + count;
    }

    alignas(64) static constexpr std::array<std::uint8_t, 64> numbers = [] {
        std::array<std::uint8_t, 64> list{};
        for (std::size_t i = 0; i < list.size(); ++i)
            list[i] = std::uint8_t(i);
        return list;
    }();
};
#endif

/// The state of quoting between two bytes.
struct Quoting {
    bool inside = false, lineFeedInside = false;
    std::uint32_t fieldStart = 0;    ///< where the current field begins
    std::uint32_t behindClose = ~0u; ///< right behind the last closing quote: one more there was a doubled quote

    /// A byte that is a quote, delimiter or line feed. true: it ends a field.
    bool endsField(char byte, std::uint32_t at) {
        if (byte != '"') {
            lineFeedInside = lineFeedInside || (inside && byte == '\n');
            if (!inside)
                fieldStart = at + 1;
            return !inside;
        }
        if (inside)
            behindClose = at + 1;
        if (inside || at == fieldStart || at == behindClose)
            inside = !inside;
        return false;
    }
};

/// The whole text, 64 bytes at a time.
template<class Way>
[[gnu::always_inline]] inline void walk(FieldMarks &to, std::string_view text, char delimiter) {
    FieldMarks out = to; // a copy, so that it stays in registers
    Quoting quoting;
    for (std::size_t at = 0; at < text.size(); at += 64) {
        Masks masks = Way::masksOf(text.data() + at, delimiter);
        if (at + 64 > text.size()) {
            const std::uint64_t inText = ~std::uint64_t(0) >> (64 - (text.size() - at));
            masks.ends &= inText;
            masks.lineFeeds &= inText;
            masks.quotes &= inText;
        }
        if (!quoting.inside && masks.quotes == 0) [[likely]] {
            for (std::uint64_t bits = masks.lineFeeds; bits; bits &= bits - 1)
                *out.records++ = std::uint32_t(out.ends - out.first) + std::uint32_t(std::popcount(masks.ends & (bits ^ (bits - 1)))) - 1;
            out.ends = Way::emit(out.ends, masks.ends, std::uint32_t(at));
            if (masks.ends)
                quoting.fieldStart = out.ends[-1] + 1;
            continue;
        }
        for (std::uint64_t bits = masks.ends | masks.quotes; bits; bits &= bits - 1) {
            const auto place = std::uint32_t(at) + std::uint32_t(std::countr_zero(bits));
            if (quoting.endsField(text[place], place))
                out.add(place, text[place] == '\n');
        }
    }
    out.quotedLines = quoting.lineFeedInside;
    to = out;
}

void walkPortable(FieldMarks &out, std::string_view text, char delimiter) { walk<Plain>(out, text, delimiter); }

#if PILOTHOUSE_X86
/// The same with the instructions that find, clear and count single bits.
__attribute__((target("avx2,bmi,popcnt"))) void walkAvx2(FieldMarks &out, std::string_view text, char delimiter) { walk<Plain>(out, text, delimiter); }
PILOTHOUSE_VBMI2 void walkVbmi2(FieldMarks &out, std::string_view text, char delimiter) { walk<Vbmi2>(out, text, delimiter); }
#endif

/// Byte by byte: a quote in a comment must not open anything.
void walkWithComments(FieldMarks &out, std::string_view text, char delimiter, std::string_view comment) {
    Quoting quoting;
    bool recordStart = true;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (recordStart && text.substr(at).starts_with(comment)) {
            at = std::min(text.find('\n', at), text.size() - 1);
            out.add(std::uint32_t(at), true);
            quoting.fieldStart = std::uint32_t(at) + 1;
            continue;
        }
        recordStart = false;
        if (text[at] != delimiter && text[at] != '\n' && text[at] != '"')
            continue;
        if (quoting.endsField(text[at], std::uint32_t(at))) {
            recordStart = text[at] == '\n';
            out.add(std::uint32_t(at), recordStart);
        }
    }
    out.quotedLines = quoting.lineFeedInside;
}

} // namespace

std::vector<FieldIndex::Walk> FieldIndex::walks() {
    std::vector<Walk> known;
#if PILOTHOUSE_X86
    if (hasAvx512() && __builtin_cpu_supports("avx512vbmi2"))
        known.push_back(walkVbmi2);
    if (hasAvx2())
        known.push_back(walkAvx2);
#endif
    known.push_back(walkPortable);
    return known;
}

void FieldIndex::build(std::string_view text, char delimiter, std::string_view comment) {
    static const Walk fastest = walks().front();
    build(text, delimiter, comment, fastest);
}

void FieldIndex::build(std::string_view text, char delimiter, std::string_view comment, Walk walk) {
    const std::size_t room = text.size() + 64; // every byte may end a field; emit() writes up to sixteen at a time, and up to 64 if there are more than 32
    if (m_capacity < room) {
        m_ends = std::make_unique_for_overwrite<std::uint32_t[]>(room); // pages that are not used cost nothing
        m_records = std::make_unique_for_overwrite<std::uint32_t[]>(room);
        m_capacity = room;
    }
    m_ends[0] = ~0u;
    FieldMarks out{m_ends.get() + 1, m_ends.get() + 1, m_records.get()};
    if (comment.empty())
        walk(out, text, delimiter);
    else
        walkWithComments(out, text, delimiter, comment);
    m_recordCount = std::size_t(out.records - m_records.get());
    m_lineFeedsInQuotes = out.quotedLines;
}

} // namespace pilothouse::data
