// SPDX-License-Identifier: GPL-3.0-or-later
// pilot registry webhooks --connection NAME              {"webhooks":[{"id","name","address","events":[…],"status","description","created","updated"}]}
// pilot registry webhooks --connection NAME --test ID    an example event is sent: {"operation","summary","done","steps":[…]}; takes --plan
#include "app/pilot/registry_webhooks.h"

#include "app/pilot/operation_answer.h"

#include "core/base/clock.h"
#include "core/fleet/services.h"
#include "core/fleet/webhooks.h"

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string connection, test;
    bool plan = false;
};

Result<void> webhooks(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    const QString connection = QString::fromStdString(options.connection), id = QString::fromStdString(options.test);
    PH_ASSIGN(const registry::MlflowApi api, services->registries->mlflow(connection));
    PH_ASSIGN(const auto all, registry::mlflowWebhooks(api, context.stop()));
    if (!id.isEmpty()) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const registry::Webhook &w) { return w.id == id || w.name == id; });
        if (found == all.end())
            return notFound(QStringLiteral("%1 has no webhook “%2”.").arg(api.host(), id), {}, QStringLiteral("See “pilot registry webhooks --connection %1”.").arg(connection));
        return runAndAnswer(context, *services->operations, fleet::testWebhookOperation(api, *found, connection), options.plan);
    }
    QJsonArray array;
    QStringList lines;
    for (const registry::Webhook &w : all) {
        array.append(QJsonObject{{Q("id"), w.id}, {Q("name"), w.name}, {Q("address"), w.address}, {Q("events"), QJsonArray::fromStringList(w.events)}, {Q("status"), w.status}, {Q("description"), w.description},
                                 {Q("created"), isoUtc(w.created)}, {Q("updated"), isoUtc(w.updated)}});
        lines += QStringLiteral("%1  %2  %3  %4  %5").arg(w.id, w.name.leftJustified(20), w.status.toLower().leftJustified(8), w.address, w.events.join(QStringLiteral(", ")));
    }
    context.answer({{Q("webhooks"), array}}, lines.isEmpty() ? QStringLiteral("%1 has no webhooks.").arg(api.host()) : lines.join(QLatin1Char('\n')));
    return {};
}

} // namespace

void addRegistryWebhooks(CLI::App &registry, VerbBody &body) {
    auto options = std::make_shared<Options>();
    auto *add = registry.add_subcommand("webhooks", "The webhooks of an MLflow server (3.3 and later)");
    add->fallthrough();
    add->add_option("--connection", options->connection, "Connection of kind mlflow")->required();
    add->add_option("--test", options->test, "Send an example event to the webhook of this id or name");
    add->add_flag("--plan", options->plan, "Show the call, send nothing");
    add->callback([options, &body] { body = [options](Context &context) { return webhooks(context, *options); }; });
}

} // namespace pilothouse
