// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace pilothouse::data {

/// How many different values there are, in memory for a bounded number of them: exact while there are no more, else by a sample of the values
/// (not of their occurrences) that halves when it is full, drawn by their hashes: adaptive sampling (Wegman 1984; Flajolet 1990),
/// relative error about 1.2 / √bound. The sample also tells how many occurrences repeat a value.
class DistinctSample {
public:
    explicit DistinctSample(std::size_t bound) : m_bound(bound) {}

    /// @param hash  64 bits that differ for different values with overwhelming likelihood
    void add(std::uint64_t hash) {
        hash = mixed(hash);
        if (hash & m_mask)
            return;
        ++m_counts[hash];
        while (m_counts.size() > m_bound)
            halve();
    }
    /// Those of another one as if they had been added here.
    void merge(const DistinctSample &other) {
        m_mask |= other.m_mask;
        std::erase_if(m_counts, [this](const auto &entry) { return (entry.first & m_mask) != 0; });
        for (const auto &[hash, count] : other.m_counts)
            if (!(hash & m_mask))
                m_counts[hash] += count;
        while (m_counts.size() > m_bound)
            halve();
    }
    bool exact() const { return m_mask == 0; }
    qint64 distinct() const { return qint64(m_counts.size()) * qint64(m_mask + 1); }
    qint64 repeated() const { ///< occurrences behind the first of their value
        qint64 all = 0;
        for (const auto &[hash, count] : m_counts)
            all += count - 1;
        return all * qint64(m_mask + 1);
    }

    /// As it is written: the sample's hashes with how often each occurred; a hash with one of the mask's bits is not in it.
    std::uint64_t mask() const { return m_mask; }
    const std::unordered_map<std::uint64_t, qint64> &counts() const { return m_counts; }
    static DistinctSample fromCounts(std::size_t bound, std::uint64_t mask, std::unordered_map<std::uint64_t, qint64> counts) {
        DistinctSample sample(bound);
        sample.m_mask = mask;
        sample.m_counts = std::move(counts);
        return sample;
    }

private:
    static std::uint64_t mixed(std::uint64_t z) { // SplitMix64's last step: the sample goes by the lowest bits
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return z ^ (z >> 31);
    }
    void halve() {
        m_mask = 2 * m_mask + 1;
        std::erase_if(m_counts, [this](const auto &entry) { return (entry.first & m_mask) != 0; });
    }

    std::size_t m_bound;
    std::uint64_t m_mask = 0; ///< hashes with one of these bits are not in the sample
    std::unordered_map<std::uint64_t, qint64> m_counts;
};

} // namespace pilothouse::data
