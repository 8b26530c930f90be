// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace pilothouse::data {

/// 64 bits that differ for different texts with overwhelming likelihood; not against an attacker, whose worst is slowness.
inline std::uint64_t textHash(std::string_view text) {
    const auto mix = [](std::uint64_t a, std::uint64_t b) {
        const auto product = static_cast<unsigned __int128>(a ^ 0x9e3779b97f4a7c15ull) * (b ^ 0xd1b54a32d192ed03ull);
        return std::uint64_t(product) ^ std::uint64_t(product >> 64);
    };
    const auto load8 = [](const char *p) {
        std::uint64_t v;
        std::memcpy(&v, p, 8);
        return v;
    };
    const auto load4 = [](const char *p) {
        std::uint32_t v;
        std::memcpy(&v, p, 4);
        return std::uint64_t(v);
    };
    const char *p = text.data();
    std::size_t n = text.size();
    std::uint64_t hash = n;
    for (; n > 16; p += 16, n -= 16)
        hash = mix(load8(p) ^ hash, load8(p + 8));
    if (n >= 8)
        return mix(load8(p) ^ hash, load8(p + n - 8));
    if (n >= 4)
        return mix(load4(p) ^ hash, load4(p + n - 4));
    if (n > 0)
        return mix(std::uint64_t(static_cast<unsigned char>(p[0])) << 16 | std::uint64_t(static_cast<unsigned char>(p[n / 2])) << 8 | static_cast<unsigned char>(p[n - 1]), hash);
    return mix(0, hash);
}

/// The hash of a row so far with one more value.
inline std::uint64_t mixedHash(std::uint64_t hash, std::uint64_t value) {
    hash ^= value + 0x9e3779b97f4a7c15ull + (hash << 6) + (hash >> 2);
    hash *= 0xff51afd7ed558ccdull;
    return hash ^ (hash >> 32);
}

/// As ==, without a call for short texts.
inline bool sameText(std::string_view a, std::string_view b) {
    if (a.size() != b.size())
        return false;
    const auto differ = [&](std::size_t at, auto word) {
        auto other = word;
        std::memcpy(&word, a.data() + at, sizeof word);
        std::memcpy(&other, b.data() + at, sizeof other);
        return word ^ other;
    };
    if (a.size() > 16)
        return a == b;
    if (a.size() >= 8)
        return (differ(0, std::uint64_t()) | differ(a.size() - 8, std::uint64_t())) == 0;
    if (a.size() >= 4)
        return (differ(0, std::uint32_t()) | differ(a.size() - 4, std::uint32_t())) == 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i])
            return false;
    return true;
}

/// Finds the number of a text among texts that somebody else keeps. Open addressing; a slot holds number + 1 and a part of
/// the hash.
class TextIndex {
public:
    void clear() {
        m_slots.assign(m_slots.size(), Slot{});
        m_count = 0;
    }
    std::size_t size() const { return m_count; }

    /// The number of `text`, or the next free one: then `added` is true and the caller keeps the text under it.
    /// `textOf(number)` gives a text that is kept.
    template<class TextOf>
    std::int32_t findOrAdd(std::string_view text, std::uint64_t hash, const TextOf &textOf, bool &added) {
        if (2 * (m_count + 1) > m_slots.size())
            grow(textOf);
        const std::size_t mask = m_slots.size() - 1;
        const auto tag = std::uint32_t(hash >> 32);
        for (std::size_t i = std::size_t(hash) & mask;; i = (i + 1) & mask) {
            Slot &slot = m_slots[i];
            if (slot.number == 0) {
                slot = {std::int32_t(++m_count), tag};
                added = true;
                return std::int32_t(m_count - 1);
            }
            if (slot.tag == tag && sameText(textOf(slot.number - 1), text)) {
                added = false;
                return slot.number - 1;
            }
        }
    }

private:
    struct Slot {
        std::int32_t number = 0;
        std::uint32_t tag = 0;
    };
    template<class TextOf>
    void grow(const TextOf &textOf) {
        std::vector<Slot> bigger(m_slots.empty() ? 64 : 2 * m_slots.size());
        const std::size_t mask = bigger.size() - 1;
        for (const Slot &slot : m_slots) {
            if (slot.number == 0)
                continue;
            std::size_t i = std::size_t(textHash(textOf(slot.number - 1))) & mask;
            while (bigger[i].number != 0)
                i = (i + 1) & mask;
            bigger[i] = slot;
        }
        m_slots = std::move(bigger);
    }
    std::vector<Slot> m_slots;
    std::size_t m_count = 0;
};

} // namespace pilothouse::data
