// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace pilothouse::data {

namespace number_detail {

inline constexpr std::array<double, 23> exactTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
inline constexpr std::array<std::uint64_t, 9> wholeTen = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

/// Up to eight leading digits of eight bytes, all at once: their value, and how many they are.
inline std::uint64_t leadingDigits(const char *p, int &count) {
    std::uint64_t bytes;
    std::memcpy(&bytes, p, 8);
    const std::uint64_t offset = bytes ^ 0x3030303030303030ull; // a digit becomes 0 … 9
    const std::uint64_t notDigit = (((offset & 0x7f7f7f7f7f7f7f7full) + 0x7676767676767676ull) | offset) & 0x8080808080808080ull;
    count = std::countr_zero(notDigit) >> 3;
    if (count == 0)
        return 0;
    // Shifting the digits to the top leaves zeros below, which are leading zeros of the number.
    std::uint64_t v = offset << (64 - 8 * count);
    v = (v * 10) + (v >> 8);
    return (((v & 0x000000ff000000ffull) * 0x000f424000000064ull) + (((v >> 16) & 0x000000ff000000ffull) * 0x0000271000000001ull)) >> 32;
}

} // namespace number_detail

/// The usual number "-123.456" that fills [begin, end): at most fifteen digits, eight of them behind the
/// decimal mark. Exactly rounded, because digits < 2^53 and powers of ten ≤ 10^22 are exact doubles and one division
/// rounds once. false: not of that form, ask parseNumber(). Reads up to 16 bytes behind the end.
inline bool fastNumber(const char *begin, const char *end, char decimal, double &value) {
    using namespace number_detail;
    if constexpr (std::endian::native != std::endian::little)
        return false;
    const bool negative = *begin == '-';
    const char *q = begin + negative;
    int whole;
    std::uint64_t mantissa = leadingDigits(q, whole);
    q += whole;
    if (whole == 8 && q != end && unsigned(*q) - '0' < 10) {
        int more;
        const std::uint64_t rest = leadingDigits(q, more);
        if (more > 7)
            return false;
        mantissa = mantissa * wholeTen[std::size_t(more)] + rest;
        whole += more;
        q += more;
    }
    double digits;
    if (q == end) {
        if (whole == 0)
            return false;
        digits = double(mantissa);
    } else {
        const std::ptrdiff_t fraction = end - q - 1;
        if (*q != decimal || fraction > 8 || fraction < 1 || whole + fraction > 15)
            return false;
        int found;
        std::uint64_t rest = leadingDigits(q + 1, found);
        if (found != fraction)
            return false;
        mantissa = mantissa * wholeTen[std::size_t(fraction)] + rest;
        digits = double(mantissa) / exactTen[std::size_t(fraction)];
    }
    value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(digits) | std::uint64_t(negative) << 63);
    return true;
}

/// A finite number that fills the whole text (blanks around it allowed, also a plus sign); correctly rounded.
inline std::optional<double> parseNumber(std::string_view text, char decimal = '.') {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
        if (!text.empty() && text.front() == '-')
            return {};
    }
    if (text.empty() || text.size() > 400)
        return {};
    char changed[400];
    if (decimal != '.') {
        if (text.find('.') != text.npos)
            return {};
        std::memcpy(changed, text.data(), text.size());
        if (const auto at = text.find(decimal); at != text.npos)
            changed[at] = '.';
        text = {changed, text.size()};
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return {};
    return value;
}

} // namespace pilothouse::data
