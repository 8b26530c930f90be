// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/answer.h"

#include <algorithm>

namespace pilothouse::drift {

QString answerOf(const DriftReport &report) {
    if (report.referenceRows == 0 || report.currentRows == 0)
        return QStringLiteral("no rows");
    if (report.drifted)
        return QStringLiteral("drift");
    const bool none = std::all_of(report.columns.begin(), report.columns.end(), [](const ColumnDrift &c) { return c.tooFewRows; });
    return none ? QStringLiteral("cannot tell") : QStringLiteral("no drift");
}

QString answerText(const DriftReport &report) {
    const QString answer = answerOf(report);
    if (answer == QLatin1String("no rows"))
        return QStringLiteral("Nothing can be said of drift: the %1 data have no rows.").arg(report.referenceRows == 0 ? QStringLiteral("reference") : QStringLiteral("current"));
    if (answer == QLatin1String("cannot tell"))
        return QStringLiteral("Nothing can be said of drift: every column has too few rows.");
    const auto few = std::count_if(report.columns.begin(), report.columns.end(), [](const ColumnDrift &c) { return c.tooFewRows; });
    const QString found = answer == QLatin1String("drift") ? QStringLiteral("Drift found") : QStringLiteral("No drift found");
    return few == 0 ? found + QLatin1Char('.') : QStringLiteral("%1; of %2 of %3 columns nothing can be said, they have too few rows.").arg(found).arg(few).arg(report.columns.size());
}

} // namespace pilothouse::drift
