// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/registry/mlflow_webhooks.h"

namespace pilothouse::fleet {

/// The operation that has a server send an example event to a webhook's receiver. It changes nothing at the server and cannot be undone; a
/// receiver that does not take the event is an error of the step (Unreachable without an answer, Refused with another than 2xx).
/// @param connection the workspace's name for the server
operations::Operation testWebhookOperation(const registry::MlflowApi &api, const registry::Webhook &webhook, const QString &connection);

} // namespace pilothouse::fleet
