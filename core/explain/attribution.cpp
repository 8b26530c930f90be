// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/attribution.h"

#include <cmath>

namespace pilothouse::explain {

std::vector<Importance> meanAbsolute(const std::vector<Attribution> &attributions) {
    std::vector<Importance> out(attributions.empty() ? 0 : attributions.front().values.size());
    const double n = double(attributions.size());
    for (std::size_t f = 0; f < out.size(); ++f) {
        Importance &i = out[f];
        for (const Attribution &a : attributions)
            i.mean += std::abs(a.values[f]) / n;
        double squares = 0;
        for (const Attribution &a : attributions)
            squares += (std::abs(a.values[f]) - i.mean) * (std::abs(a.values[f]) - i.mean);
        i.std = n > 1 ? std::sqrt(squares / (n - 1)) : 0;
        const double half = 1.959963984540054 * i.std / std::sqrt(n);
        i.low = i.mean - half;
        i.high = i.mean + half;
    }
    return out;
}

} // namespace pilothouse::explain
