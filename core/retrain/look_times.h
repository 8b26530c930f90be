// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/workspace.h"

#include <QDateTime>
#include <QTimeZone>

namespace pilothouse::retrain {

/// When a model's policy is looked at next after it was at `last`: by `retrain: {check}`, a duration or a cron by the clocks of `zone`; without it as often as it may
/// retrain, but at least hourly and at most every ten minutes. Invalid: never.
QDateTime nextLook(const workspace::Model &model, const QDateTime &last, const QTimeZone &zone);

/// "every 10 min", "at 15 0 * * *".
QString lookText(const workspace::Model &model);

} // namespace pilothouse::retrain
