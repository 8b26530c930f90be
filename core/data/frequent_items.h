// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace pilothouse::data {

/// Counts how often values occur, in memory for a bounded number of them. Exact while there are no more than twice as many; from then
/// on every value that makes up more than 1 / bound of all is still there, and its count is too low by at most lost()
/// (Karp, Shenker, Papadimitriou 2003, after Misra and Gries 1982). Of texts fewer are kept where they are long: 4 MiB of them.
template<class Key>
class FrequentItems {
public:
    explicit FrequentItems(std::size_t bound) : m_bound(bound) {}

    void add(const Key &key, qint64 count = 1) {
        const auto [at, added] = m_counts.try_emplace(key, 0);
        at->second += count;
        if (!added)
            return;
        m_bytes += bytesOf(key);
        if (m_counts.size() > 2 * m_bound || m_bytes > mostBytes)
            shrink();
    }
    /// Those of another one as if they had been added here; what both lost adds up.
    void merge(const FrequentItems &other) {
        m_lost += other.m_lost;
        for (const auto &[key, count] : other.m_counts)
            add(key, count);
    }
    /// true: one more may be too many soon; every value is still there.
    bool nearlyFull(const Key &key) const { return m_counts.size() >= m_bound || m_bytes + bytesOf(key) > mostBytes / 2; }
    qint64 lost() const { return m_lost; } ///< 0: every count is exact
    std::size_t size() const { return m_counts.size(); }
    const std::unordered_map<Key, qint64> &counts() const { return m_counts; }

private:
    static constexpr std::size_t mostBytes = std::size_t(4) << 20; ///< of texts
    static std::size_t bytesOf(const Key &key) {
        if constexpr (std::is_same_v<Key, std::string>)
            return key.size();
        return 0;
    }
    /// Takes the same off every count, so much that at most `bound` values stay, and half of them go in any case.
    void shrink() {
        std::vector<qint64> counts;
        counts.reserve(m_counts.size());
        for (const auto &[key, count] : m_counts)
            counts.push_back(count);
        const std::size_t kept = std::min(m_bound, counts.size() / 2);
        std::nth_element(counts.begin(), counts.begin() + std::ptrdiff_t(kept), counts.end(), std::greater<>());
        const qint64 less = counts[kept];
        m_lost += less;
        m_bytes = 0;
        for (auto it = m_counts.begin(); it != m_counts.end();) {
            it->second -= less;
            if (it->second <= 0) {
                it = m_counts.erase(it);
            } else {
                m_bytes += bytesOf(it->first);
                ++it;
            }
        }
    }

    std::size_t m_bound;
    std::unordered_map<Key, qint64> m_counts;
    std::size_t m_bytes = 0;
    qint64 m_lost = 0;
};

} // namespace pilothouse::data
