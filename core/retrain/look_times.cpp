// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/look_times.h"

#include "core/base/cron.h"
#include "core/retrain/decision_text.h"

#include <algorithm>

namespace pilothouse::retrain {

namespace {

/// Seconds between two looks; 0: it is a cron.
qint64 interval(const workspace::Model &model) {
    if (!model.retrain.check.isEmpty())
        return workspace::parseDuration(model.retrain.check).value_or(0);
    return std::clamp<qint64>(workspace::parseDuration(model.retrain.atMostEvery).value_or(3600), 600, 3600);
}

} // namespace

QDateTime nextLook(const workspace::Model &model, const QDateTime &last, const QTimeZone &zone) {
    if (const qint64 seconds = interval(model); seconds > 0)
        return last.addSecs(seconds);
    const auto cron = Cron::parse(model.retrain.check);
    return cron ? cron->next(last, zone) : QDateTime();
}

QString lookText(const workspace::Model &model) {
    const qint64 seconds = interval(model);
    return seconds > 0 ? QStringLiteral("every %1").arg(durationText(seconds)) : QStringLiteral("at %1").arg(model.retrain.check);
}

} // namespace pilothouse::retrain
