// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/retrain/policy.h"

#include <functional>

namespace pilothouse::retrain {

/// What a model's endpoint answered on the last whole day; nullopt: it has no log here.
using YesterdayReader = std::function<Result<std::optional<Yesterday>>(const workspace::Model &model, const QDateTime &now, const QTimeZone &zone)>;

/// Reads the prediction log of local serving, <root>/<deployment.target>/serving.db, by the time of the predictions; of labels the newest counts. All versions that answered count:
/// it is about what was served. Metrics that need probabilities are absent, the log keeps none.
YesterdayReader localYesterdayReader(const QString &root);

} // namespace pilothouse::retrain
