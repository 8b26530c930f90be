// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/labelled_rows.h"

namespace pilothouse::artifact {

/// An input that gives the target away: known with it, it says everything, so it was probably written down after the fact.
struct Leak {
    QString input;
    QString how; ///< "correlation 1.000", "each category has one class"
};

/// By one input at a time (a forecast's are its past and are not asked):
///   target a number   |Pearson correlation| or correlation ratio of a category (Pearson 1905) at 0.9999 or more
///   target a class    the ratio the other way round: a number that is constant within every class; a category whose rows
///                     have one class, where categories are at most a tenth of the rows
/// Fewer than `leakRows` rows tell nothing.
std::vector<Leak> leaksOf(const LabelledRows &rows, const Signature &signature);
inline constexpr std::size_t leakRows = 20;

} // namespace pilothouse::artifact
