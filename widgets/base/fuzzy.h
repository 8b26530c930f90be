// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>
#include <vector>

namespace pilothouse::ui {

struct FuzzyMatch {
    int score = 0;              ///< larger is better
    std::vector<int> positions; ///< of the pattern's letters in the text
};

/// The pattern's letters in order, any case, spaces skipped. Word starts and runs of neighbours count more, late and long texts
/// less. Empty pattern: matches with score 0.
std::optional<FuzzyMatch> fuzzyMatch(const QString &pattern, const QString &text);

} // namespace pilothouse::ui
