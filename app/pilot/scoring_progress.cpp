// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/scoring_progress.h"

#include "core/base/pace.h"

#include <algorithm>

namespace pilothouse {

learn::ScoringProgress scoringProgress(Context &context) {
    return [&context, pace = Pace()](qint64 rows, qint64 bytes, qint64 ofBytes) mutable {
        if (!pace.due(bytes, ofBytes))
            return;
        const double left = pace.secondsLeft(bytes, ofBytes);
        if (rows > 0)
            context.events().progress(rows, std::max(rows, qint64(double(rows) / double(bytes) * double(ofBytes))), QStringLiteral("rows"), left, QStringLiteral("score"));
        else
            context.events().progress(bytes, ofBytes, QStringLiteral("bytes"), left, QStringLiteral("read"));
    };
}

} // namespace pilothouse
