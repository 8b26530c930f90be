// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/table.h"

#include <cmath>

namespace pilothouse::test {

/// The rows of tests/unit/drift/multivariate_values.py: two columns that go together (their correlation), two that do not; the first is moved.
inline data::Table shiftedRows(int rows, double together, double shift, std::uint64_t seed) {
    std::uint64_t state = seed;
    const auto normal = [&] {
        double sum = 0;
        for (int i = 0; i < 12; ++i) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            sum += double(state >> 11) / double(1ULL << 53);
        }
        return sum - 6;
    };
    data::Table table;
    for (const char *name : {"a", "b", "c", "d"}) {
        table.columns.emplace_back();
        table.columns.back().name = QString::fromLatin1(name);
    }
    for (int i = 0; i < rows; ++i) {
        const double a = normal(), e = normal(), c = normal(), d = normal();
        table.columns[0].numbers.push_back(a + shift);
        table.columns[1].numbers.push_back(together * a + std::sqrt(1 - together * together) * e);
        table.columns[2].numbers.push_back(c);
        table.columns[3].numbers.push_back(d);
    }
    return table;
}

} // namespace pilothouse::test
