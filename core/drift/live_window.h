// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/drift/drift.h"

#include <limits>
#include <span>
#include <string_view>

namespace pilothouse::drift {

/// One value of a row as it comes in. A number that is not finite, and a text without data, is missing.
struct LiveValue {
    double number = std::numeric_limits<double>::quiet_NaN();
    std::string_view text = {};
};

/// The last rows that came in, against a reference: an older row goes when a newer one comes. Adding a row counts it in the reference's bins and uncounts the one that goes, so it
/// costs the same whatever the window holds. Not for several threads at once.
class LiveWindow {
public:
    /// @param reference  its columns, in their order, are those of a row
    /// @param rows       the most that the window holds, ≥ 1
    LiveWindow(Profile reference, std::size_t rows);
    ~LiveWindow();
    /// Invalid: not as many values as the reference has columns. Nothing is added then.
    Result<void> add(std::span<const LiveValue> row);
    std::size_t rows() const;
    std::size_t capacity() const { return m_capacity; }
    const Profile &reference() const { return m_reference; }
    /// The rows as a profile in the reference's bins: their counts are exact, and so are the quantiles.
    Profile profile() const;
    /// compare(reference, profile()).
    DriftReport score() const;

private:
    struct Column;
    Profile m_reference;
    std::size_t m_capacity, m_next = 0, m_rows = 0;
    std::vector<std::unique_ptr<Column>> m_columns;
};

} // namespace pilothouse::drift
