// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace pilothouse::data {

/// SplitMix64 (S. Vigna): written out here because the standard's distributions differ between libraries.
class Lots {
public:
    explicit Lots(std::uint64_t seed) : m_state(seed) {}
    /// 0 … bound − 1, every number as likely as the other (Lemire's rejection).
    std::uint64_t below(std::uint64_t bound) {
        for (;;) {
            const auto product = static_cast<Wide>(next()) * bound;
            if (std::uint64_t(product) >= (0 - bound) % bound)
                return std::uint64_t(product >> 64);
        }
    }

    /// [0, 1) with 53 random bits.
    double uniform() { return double(next() >> 11) * 0x1.0p-53; }

private:
    __extension__ typedef unsigned __int128 Wide;
    std::uint64_t next() {
        std::uint64_t z = (m_state += 0x9e3779b97f4a7c15ull);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return z ^ (z >> 31);
    }
    std::uint64_t m_state;
};

/// Fisher-Yates.
inline void shuffle(std::vector<std::size_t> &items, Lots &lots) {
    for (std::size_t i = items.size(); i > 1; --i)
        std::swap(items[i - 1], items[lots.below(i)]);
}

} // namespace pilothouse::data
