// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/limit_option.h"

#include "core/workspace/workspace.h"

namespace pilothouse {

Result<double> limitSeconds(const std::string &text, const char *option) {
    if (text.empty())
        return 0.0;
    const Result<qint64> seconds = workspace::parseDuration(QString::fromStdString(text));
    if (!seconds || *seconds <= 0)
        return invalid(QStringLiteral("%1 is “%2”; a time such as 90s, 30m or 2h was expected.").arg(QLatin1String(option), QString::fromStdString(text)));
    return double(*seconds);
}

} // namespace pilothouse
