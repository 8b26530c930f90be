// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace pilothouse::metrics {

/// SplitMix64 (Steele, Lea, Flood 2014). The standard library's distributions give other numbers with another library;
/// this gives the same ones everywhere, so a seed means the same thing on every machine.
class Random {
public:
    explicit Random(std::uint64_t seed) : m_state(seed) {}
    /// An independent stream for item `index` of a job with this seed, whoever works on it.
    Random(std::uint64_t seed, std::uint64_t index) : m_state(seed + 0x9E3779B97F4A7C15ull * (index + 1)) { m_state = next(); }
    std::uint64_t next() {
        std::uint64_t z = (m_state += 0x9E3779B97F4A7C15ull);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
        return z ^ (z >> 31);
    }
    /// 0 … below − 1, unbiased enough for resampling (bias below 2^-32 for counts below 2^32): multiply and shift.
    __extension__ typedef unsigned __int128 Wide;
    std::uint64_t below(std::uint64_t count) { return std::uint64_t((static_cast<Wide>(next()) * count) >> 64); }
    /// [0, 1) with 53 random bits.
    double uniform() { return double(next() >> 11) * 0x1.0p-53; }

private:
    std::uint64_t m_state;
};

/// Fisher-Yates.
template<class T>
void shuffle(std::vector<T> &items, Random &random) {
    for (std::size_t i = items.size(); i > 1; --i)
        std::swap(items[i - 1], items[random.below(i)]);
}

} // namespace pilothouse::metrics
