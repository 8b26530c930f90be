// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/telemetry/alert_store.h"

namespace pilothouse::fleet {

/// Silences a rule or a model in alerts.db; undone by ending it. `made` gets the silence with its id.
operations::Operation silenceOperation(std::shared_ptr<telemetry::AlertStore> store, const telemetry::AlertSilence &silence, std::shared_ptr<telemetry::AlertSilence> made);
/// Ends one before its time: what still fires is told then.
operations::Operation endSilenceOperation(std::shared_ptr<telemetry::AlertStore> store, const QString &id, const QDateTime &now);

} // namespace pilothouse::fleet
