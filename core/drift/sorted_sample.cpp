// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/sorted_sample.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace pilothouse::drift {

namespace {

constexpr int digitBits = 11;
constexpr std::size_t digits = std::size_t(1) << digitBits;
constexpr std::size_t smallSample = 2048; // below, the histograms cost more than a comparison sort

/// Order-preserving: negative numbers have all bits turned, others only the sign.
std::uint64_t keyOf(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    return bits ^ ((bits >> 63) ? ~std::uint64_t(0) : std::uint64_t(1) << 63);
}
double valueOf(std::uint64_t key) {
    return std::bit_cast<double>(key ^ ((key >> 63) ? std::uint64_t(1) << 63 : ~std::uint64_t(0)));
}

constexpr std::array<int, 3> shifts{31, 42, 53};
using Counts = std::array<std::array<std::uint32_t, digits>, 3>;

/// Keys of a pass, not set to anything; in large pages where the system has them, as the passes write all over it.
class Keys {
public:
    explicit Keys(std::size_t count) {
        constexpr std::size_t page = std::size_t(2) << 20;
        const std::size_t bytes = (count * sizeof(std::uint64_t) + page - 1) / page * page;
        m_data.reset(static_cast<std::uint64_t *>(std::aligned_alloc(page, bytes)));
        if (!m_data)
            throw std::bad_alloc();
        ::madvise(m_data.get(), bytes, MADV_HUGEPAGE);
    }
    std::uint64_t *data() { return m_data.get(); }

private:
    struct Free {
        void operator()(void *memory) const { std::free(memory); }
    };
    std::unique_ptr<std::uint64_t[], Free> m_data;
};

bool sharedDigit(const std::array<std::uint32_t, digits> &count, std::uint64_t key, int shift, std::size_t all) { return count[(key >> shift) & (digits - 1)] == all; }

/// Stable passes over bits 31 … 63; a digit that all keys share is skipped. The last one writes the values.
void sortByHighBits(Keys &keys, Counts &counts, std::vector<double> &sorted) {
    const std::size_t all = sorted.size();
    Keys other(all);
    std::uint64_t *from = keys.data(), *to = other.data();
    const std::uint64_t first = from[0];
    int last = -1;
    for (int pass = 0; pass < int(shifts.size()); ++pass)
        if (!sharedDigit(counts[std::size_t(pass)], first, shifts[std::size_t(pass)], all))
            last = pass;
    if (last < 0) {
        std::transform(from, from + all, sorted.begin(), valueOf);
        return;
    }
    for (int pass = 0; pass <= last; ++pass) {
        auto &count = counts[std::size_t(pass)];
        const int shift = shifts[std::size_t(pass)];
        if (sharedDigit(count, first, shift, all))
            continue;
        std::uint32_t start = 0;
        for (auto &c : count)
            start += std::exchange(c, start);
        if (pass == last) {
            for (std::size_t i = 0; i < all; ++i)
                sorted[count[(from[i] >> shift) & (digits - 1)]++] = valueOf(from[i]);
            return;
        }
        for (std::size_t i = 0; i < all; ++i)
            to[count[(from[i] >> shift) & (digits - 1)]++] = from[i];
        std::swap(from, to);
    }
}

/// The values are in order of their keys' high bits; those that agree there form short runs as a rule. Each run is sorted by itself,
/// so the worst case (all values within a hair) is an ordinary sort, not a quadratic one.
void sortRuns(std::vector<double> &sorted) {
    const auto high = [](double value) { return keyOf(value) >> 31; };
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        if (sorted[i - 1] <= sorted[i])
            continue;
        std::size_t first = i - 1, last = i + 1;
        while (first > 0 && high(sorted[first - 1]) == high(sorted[i]))
            --first;
        while (last < sorted.size() && high(sorted[last]) == high(sorted[i]))
            ++last;
        std::sort(sorted.begin() + std::ptrdiff_t(first), sorted.begin() + std::ptrdiff_t(last));
        i = last - 1;
    }
}

} // namespace

std::vector<double> sortedFinite(std::span<const double> values) {
    std::vector<double> sorted;
    if (values.size() < smallSample || values.size() > UINT32_MAX) {
        sorted.reserve(values.size());
        for (const double v : values)
            if (std::isfinite(v))
                sorted.push_back(v + 0.0); // −0 + 0 is +0: equal numbers must have equal keys
        std::sort(sorted.begin(), sorted.end());
        return sorted;
    }
    Keys keys(values.size());
    const auto counts = std::make_unique<Counts>();
    std::size_t finite = 0;
    for (const double v : values) {
        const std::uint64_t key = keyOf(v + 0.0);
        keys.data()[finite] = key; // of an infinite one: overwritten by the next
        if (!std::isfinite(v))
            continue;
        ++finite;
        for (std::size_t pass = 0; pass < shifts.size(); ++pass)
            ++(*counts)[pass][(key >> shifts[pass]) & (digits - 1)];
    }
    sorted.resize(finite);
    if (finite > 0)
        sortByHighBits(keys, *counts, sorted);
    sortRuns(sorted);
    return sorted;
}

} // namespace pilothouse::drift
