// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

#include <QJsonObject>

namespace pilothouse {

/// `pilot retrain … --there`: the policy that the service has which serves the model, by its own /retrain routes.
Result<void> checkThere(Context &context, const QString &model); ///< {"model","url",…EndpointPolicy::toJson()}
Result<void> runThere(Context &context, const QString &model, bool force, bool plan); ///< as runAndAnswer(), with the run in the text
/// @param change  empty: only shows
Result<void> configThere(Context &context, const QString &model, const QJsonObject &change, bool plan); ///< {"model","url","config"}
Result<void> logThere(Context &context, const QString &model, int limit); ///< {"decisions":[as the service says them]}

} // namespace pilothouse
