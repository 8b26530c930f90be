// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/net/http.h"
#include "core/pipelines/state.h"
#include "core/workspace/workspace.h"

namespace pilothouse::pipelines {

/// A word of Azure ML for a job: Queued is waiting: for a cluster that starts from zero nodes that is minutes. What it does not know is Unknown.
State azureState(const QString &word);
/// A refusal of ARM ({"error":{"code","message","details":[…]}}) in plain words.
Error azureError(const net::Request &request, const net::Response &response);

/// Where a workspace is reached.
struct AzurePlace {
    QString arm;    ///< "https://management.azure.com"; of the national clouds their own; the address's own where it is none of Azure's (a gateway, a server of a test)
    QString data;   ///< "https://REGION.api.azureml.ms"
    QString scope;  ///< "/subscriptions/…/workspaces/NAME"
};
/// From url (the MLflow tracking address) or region, subscription, resource_group and workspace. Invalid: something is missing, or the token would travel in the open.
Result<AzurePlace> azurePlace(const workspace::Connection &connection);

/// Whether a page that a reply names lies where the one before did: the token goes to no other scheme, host or port.
bool isSamePlace(const QString &next, const QString &asked);

} // namespace pilothouse::pipelines
