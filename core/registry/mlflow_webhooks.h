// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/mlflow_api.h"

#include <QDateTime>
#include <QStringList>

#include <vector>

namespace pilothouse::registry {

/// What an MLflow server tells when its registry changes (3.3 and later; mlflow.org, "Webhooks").
struct Webhook {
    QString id, name, description, status; ///< status: ACTIVE or DISABLED
    QString address;                       ///< where it sends, without what may be a key: the query, and of the path all but its first part
    QStringList events;                    ///< "model_version_alias.created", …
    QDateTime created, updated;
};

/// What the receiver said to an example event.
struct WebhookTest {
    bool success = false;
    int status = 0;      ///< of its answer; 0: there was none
    QString answer, error;
};

/// All webhooks, by name. Refused: the server has none (before 3.3, or its store is a folder); else as MlflowApi::get().
Result<std::vector<Webhook>> mlflowWebhooks(const MlflowApi &api, std::stop_token stop = {});
/// Has the server send an example event now; each call sends one. NotFound: no such webhook; else as MlflowApi::send().
Result<WebhookTest> testMlflowWebhook(const MlflowApi &api, const QString &id);

} // namespace pilothouse::registry
