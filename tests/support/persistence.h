// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/windows.h"

#include <cmath>

namespace pilothouse::support {

/// "The value `step` hours later is the value now".
struct Persistence {
    qint64 pairs = 0;
    double mae = 0, rmse = 0;
};

/// Of windows with any of their targets, from the target time `from` on (ms since 1970 UTC), for one of several targets.
inline Persistence persistence(const data::Windows &windows, std::size_t step, std::int64_t from, std::size_t which = 0) {
    Persistence p;
    for (std::size_t row = 0; row < windows.count(); ++row) {
        const double target = windows.y[row * windows.outputs() + which * windows.horizon + step - 1];
        if (std::isnan(target) || windows.targetTime(row, step - 1) < from)
            continue;
        const double error = target - windows.x.row(row)[(which + 1) * windows.window - 1];
        ++p.pairs;
        p.mae += std::abs(error);
        p.rmse += error * error;
    }
    p.mae /= double(p.pairs);
    p.rmse = std::sqrt(p.rmse / double(p.pairs));
    return p;
}

} // namespace pilothouse::support
