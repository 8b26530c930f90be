// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

namespace pilothouse::learn {

/// The best trials of a search as an aligned table, the best first, each line indented by four spaces and ended:
///     trial        r2  ± std     seconds  model
///         3  0.997864  ± 0.0002     0.16  decision_tree max_depth 6
/// Trials of a later round of halving come before those of an earlier one, whose figures are of fewer rows (then said). Of the parameters
/// only those that differ among the trials of an estimator. Failed trials are left out; empty if none is left.
/// @param search  as SearchResult::toJson() writes it
QString bestTrialsText(const QJsonObject &search, std::size_t most = 5);

} // namespace pilothouse::learn
