// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/webhooks.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

using operations::Operation;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Webhooks)
};

} // namespace

Operation testWebhookOperation(const registry::MlflowApi &api, const registry::Webhook &webhook, const QString &connection) {
    operations::Operation operation;
    operation.kind = QStringLiteral("test-webhook");
    operation.object = QStringLiteral("webhook ") + webhook.name;
    operation.summary = Text::tr("Send an example event to the webhook %1").arg(webhook.name);
    operation.connection = connection;
    operation.details = {{QStringLiteral("webhook"), webhook.id}, {QStringLiteral("address"), webhook.address}};
    const auto result = std::make_shared<registry::WebhookTest>();
    operations::Step step;
    step.call = {QStringLiteral("POST"), QStringLiteral("/api/2.0/mlflow/webhooks/%1/test").arg(webhook.id), Text::tr("an example event goes to %1").arg(webhook.address), {},
                 QStringLiteral("pilot registry webhooks --connection %1 --test %2").arg(connection, webhook.id)};
    step.guard = [api, id = webhook.id, name = webhook.name]() -> Result<void> {
        PH_ASSIGN(const auto all, registry::mlflowWebhooks(api));
        for (const registry::Webhook &now : all)
            if (now.id == id)
                return {};
        return notFound(Text::tr("The webhook %1 is gone.").arg(name), {}, Text::tr("Nothing was sent. Look again."));
    };
    step.execute = [api, id = webhook.id, address = webhook.address, result]() -> Result<void> {
        PH_ASSIGN(*result, registry::testMlflowWebhook(api, id));
        if (result->success)
            return {};
        if (result->status == 0)
            return Error{ErrorKind::Unreachable, Text::tr("The server could not deliver the event to %1.").arg(address), {}, Text::tr("Check the webhook's address, and that the server may reach it."), result->error};
        return Error{ErrorKind::Refused, Text::tr("The receiver at %1 did not take the event: it answered %2.").arg(address).arg(result->status), {}, Text::tr("Look at the receiver's log and at the webhook's secret."), result->answer};
    };
    step.readBack = [result]() -> Result<QJsonObject> { return QJsonObject{{QStringLiteral("status"), result->status}}; };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::fleet
