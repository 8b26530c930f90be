// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace pilothouse::learn {

/// Draws that are the same with every standard library (std::uniform_int_distribution and std::shuffle are not).
class Random {
public:
    /// `stream` separates uses of one seed: weights, and each epoch's order.
    Random(std::uint64_t seed, std::uint64_t stream) : m_engine(mixed(seed ^ mixed(stream + 0x9E3779B97F4A7C15ull))) {}
    /// Uniform in [−limit, limit).
    float symmetric(float limit) { return limit * (float(m_engine() >> 40) * 0x1p-23f - 1.0f); }
    /// The numbers 0 … count−1 in random order (Fisher-Yates; the bias of the multiplication is below count/2³²).
    void shuffle(std::vector<std::uint32_t> &order) {
        for (std::size_t i = order.size(); i > 1; --i)
            std::swap(order[i - 1], order[std::size_t((m_engine() >> 32) * i >> 32)]);
    }

private:
    static std::uint64_t mixed(std::uint64_t x) { // SplitMix64's finaliser: neighbouring seeds give unrelated engines
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
        return x ^ (x >> 31);
    }
    std::mt19937_64 m_engine;
};

} // namespace pilothouse::learn
