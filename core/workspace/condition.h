// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace pilothouse::workspace {

/// A condition of `retrain.when` in its parts: "mae@t2m > 1.5" is {"mae@t2m", ">", "1.5"}, "r2 drops by 0.1" is {"r2", "drops", "0.1"}.
struct Condition {
    QString left;  ///< a metric, of one of several targets "mae@t2m"; age; drift
    QString op;    ///< > >= < <= drops
    QString right; ///< a number or a duration, as written
};
/// Nothing for a text of another form (also for "data_changed").
std::optional<Condition> splitCondition(const QString &text);

} // namespace pilothouse::workspace
