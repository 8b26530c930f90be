// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/sorted_sample.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
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

/// Stable passes over bits 31 … 63; a digit that all keys share is skipped.
void sortByHighBits(std::vector<std::uint64_t> &keys) {
    constexpr std::array<int, 3> shifts{31, 42, 53};
    std::vector<std::array<std::uint32_t, digits>> counts(shifts.size());
    for (const std::uint64_t key : keys)
        for (std::size_t pass = 0; pass < shifts.size(); ++pass)
            ++counts[pass][(key >> shifts[pass]) & (digits - 1)];
    std::vector<std::uint64_t> other(keys.size());
    for (std::size_t pass = 0; pass < shifts.size(); ++pass) {
        auto &count = counts[pass];
        if (count[(keys.front() >> shifts[pass]) & (digits - 1)] == keys.size())
            continue;
        std::uint32_t start = 0;
        for (auto &c : count)
            start += std::exchange(c, start);
        for (const std::uint64_t key : keys)
            other[count[(key >> shifts[pass]) & (digits - 1)]++] = key;
        keys.swap(other);
    }
}

/// Keys are in order of their high bits; those that agree there form short runs as a rule. Each run is sorted by itself,
/// so the worst case (all values within a hair) is an ordinary sort, not a quadratic one.
void sortRuns(std::vector<std::uint64_t> &keys) {
    const auto high = [](std::uint64_t key) { return key >> 31; };
    for (std::size_t i = 1; i < keys.size(); ++i) {
        if (keys[i - 1] <= keys[i])
            continue;
        std::size_t first = i - 1, last = i + 1;
        while (first > 0 && high(keys[first - 1]) == high(keys[i]))
            --first;
        while (last < keys.size() && high(keys[last]) == high(keys[i]))
            ++last;
        std::sort(keys.begin() + std::ptrdiff_t(first), keys.begin() + std::ptrdiff_t(last));
        i = last - 1;
    }
}

} // namespace

std::vector<double> sortedFinite(std::span<const double> values) {
    std::vector<double> sorted;
    sorted.reserve(values.size());
    for (const double v : values)
        if (std::isfinite(v))
            sorted.push_back(v + 0.0); // −0 + 0 is +0: equal numbers must have equal keys
    if (sorted.size() < smallSample || sorted.size() > UINT32_MAX) {
        std::sort(sorted.begin(), sorted.end());
        return sorted;
    }
    std::vector<std::uint64_t> keys(sorted.size());
    std::transform(sorted.begin(), sorted.end(), keys.begin(), keyOf);
    sortByHighBits(keys);
    sortRuns(keys);
    std::transform(keys.begin(), keys.end(), sorted.begin(), valueOf);
    return sorted;
}

} // namespace pilothouse::drift
