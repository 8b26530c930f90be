// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/field_index.h"

#include <algorithm>
#include <bit>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace pilothouse::data {

namespace {

struct Masks {
    std::uint64_t ends = 0, lineFeeds = 0, quotes = 0; ///< one bit a byte, the lowest for the first; ends with line feeds
};

/// 64 bytes at once. SSE2 is in every x86-64; wider registers gained nothing measurable here.
[[gnu::always_inline]] inline Masks masksOf(const char *p, char delimiter) {
    Masks masks;
#ifdef __SSE2__
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
[[gnu::always_inline]] inline std::uint32_t *emit(std::uint32_t *out, std::uint64_t bits, std::uint32_t base) {
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

/// Where the next marks are written.
struct Out {
    std::uint32_t *first, *ends; ///< field ends: the beginning of the list and its end so far
    std::uint32_t *records;      ///< places in that list
    bool quotedLines = false;    ///< a line feed lies in quotes

    void add(std::uint32_t place, bool lineFeed) {
        *ends++ = place;
        if (lineFeed)
            *records++ = std::uint32_t(ends - first) - 1;
    }
};

/// The whole text, 64 bytes at a time.
[[gnu::always_inline]] inline void walk(Out &to, std::string_view text, char delimiter) {
    Out out = to; // a copy, so that it stays in registers
    Quoting quoting;
    for (std::size_t at = 0; at < text.size(); at += 64) {
        Masks masks = masksOf(text.data() + at, delimiter);
        if (at + 64 > text.size()) {
            const std::uint64_t inText = ~std::uint64_t(0) >> (64 - (text.size() - at));
            masks.ends &= inText;
            masks.lineFeeds &= inText;
            masks.quotes &= inText;
        }
        if (!quoting.inside && masks.quotes == 0) [[likely]] {
            for (std::uint64_t bits = masks.lineFeeds; bits; bits &= bits - 1)
                *out.records++ = std::uint32_t(out.ends - out.first) + std::uint32_t(std::popcount(masks.ends & (bits ^ (bits - 1)))) - 1;
            out.ends = emit(out.ends, masks.ends, std::uint32_t(at));
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

void walkPortable(Out &out, std::string_view text, char delimiter) { walk(out, text, delimiter); }

#if defined(__x86_64__) && defined(__GNUC__)
/// The same with the instructions that find, clear and count single bits.
__attribute__((target("avx2,bmi,popcnt"))) void walkAvx2(Out &out, std::string_view text, char delimiter) { walk(out, text, delimiter); }
const auto chooseWalk = [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt") ? walkAvx2 : walkPortable; };
#else
const auto chooseWalk = [] { return walkPortable; };
#endif

/// Byte by byte: a quote in a comment must not open anything.
void walkWithComments(Out &out, std::string_view text, char delimiter, std::string_view comment) {
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

void FieldIndex::build(std::string_view text, char delimiter, std::string_view comment) {
    const std::size_t room = text.size() + 64; // every byte may end a field; emit() writes up to twelve too many
    if (m_capacity < room) {
        m_ends = std::make_unique_for_overwrite<std::uint32_t[]>(room); // pages that are not used cost nothing
        m_records = std::make_unique_for_overwrite<std::uint32_t[]>(room);
        m_capacity = room;
    }
    m_ends[0] = ~0u;
    Out out{m_ends.get() + 1, m_ends.get() + 1, m_records.get()};
    static const auto walkText = chooseWalk();
    if (comment.empty())
        walkText(out, text, delimiter);
    else
        walkWithComments(out, text, delimiter, comment);
    m_recordCount = std::size_t(out.records - m_records.get());
    m_lineFeedsInQuotes = out.quotedLines;
}

} // namespace pilothouse::data
