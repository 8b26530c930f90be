// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace pilothouse::serving {

/// Times in microseconds, counted in buckets of 8 to the octave (a quantile is right within 7 %). Any thread, no lock.
class LatencyHistogram {
public:
    static constexpr int octaves = 27; ///< up to 2^27 µs ≈ 134 s; longer ones fall into the last
    static constexpr std::size_t buckets = octaves * 8;

    void add(std::uint64_t micros) {
        m_counts[bucketOf(micros)].fetch_add(1, std::memory_order_relaxed);
        m_sum.fetch_add(micros, std::memory_order_relaxed);
    }
    std::uint64_t count() const {
        std::uint64_t total = 0;
        for (const auto &c : m_counts)
            total += c.load(std::memory_order_relaxed);
        return total;
    }
    std::uint64_t sumMicros() const { return m_sum.load(std::memory_order_relaxed); }
    /// How many took less than 2^octave µs.
    std::uint64_t below(int octave) const {
        std::uint64_t total = 0;
        for (std::size_t i = 0; i < std::size_t(octave) * 8 && i < buckets; ++i)
            total += m_counts[i].load(std::memory_order_relaxed);
        return total;
    }
    /// Milliseconds; 0 without any. 0 < q < 1.
    double quantileMs(double q) const {
        const std::uint64_t total = count();
        if (total == 0)
            return 0;
        const double wanted = q * double(total);
        double seen = 0;
        for (std::size_t i = 0; i < buckets; ++i) {
            const double here = double(m_counts[i].load(std::memory_order_relaxed));
            if (here > 0 && seen + here >= wanted)
                return (lower(i) + (lower(i + 1) - lower(i)) * (wanted - seen) / here) / 1000.0;
            seen += here;
        }
        return lower(buckets) / 1000.0;
    }

private:
    /// Octave o covers [2^o, 2^(o+1)), in eighths; below 8 µs the eighths are not whole, several buckets stay empty.
    static std::size_t bucketOf(std::uint64_t micros) {
        if (micros == 0)
            return 0;
        const int octave = std::bit_width(micros) - 1;
        const std::size_t eighth = octave >= 3 ? std::size_t((micros >> (octave - 3)) & 7) : std::size_t((micros << (3 - octave)) & 7);
        const std::size_t index = std::size_t(octave) * 8 + eighth;
        return index < buckets ? index : buckets - 1;
    }
    static double lower(std::size_t index) { return index == 0 ? 0.0 : double(1ull << (index / 8)) * (1.0 + double(index % 8) / 8.0); }

    std::array<std::atomic<std::uint64_t>, buckets> m_counts{};
    std::atomic<std::uint64_t> m_sum{0};
};

/// What one version has answered since this server started; shown by /metrics and Prometheus.
struct VersionCounters {
    LatencyHistogram latency;
    std::array<std::atomic<std::uint64_t>, 6> byClass{}; ///< answers 2xx at [2], 4xx at [4], 5xx at [5]
    std::atomic<std::uint64_t> rows{0};
    std::atomic<std::uint64_t> rescued{0}; ///< requests that it could not answer and the stable version did
};

/// What one side has done since the present step began; judged.
struct SideCounters {
    LatencyHistogram latency;
    std::atomic<std::uint64_t> requests{0}, failed{0};
};

} // namespace pilothouse::serving
