// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/registry_copy.h"

#include "app/pilot/operation_answer.h"

#include "core/fleet/environments.h"
#include "core/fleet/model_place.h"
#include "core/workspace/environment.h"

namespace pilothouse {

namespace {

struct Options {
    std::string name, to, connection, toConnection, alias;
    bool sameConnection = true, plan = false;
    int version = 0;
};

Result<void> copy(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    const auto connection = [&](const std::string &name) { return workspace::registryConnection(services->workspace, QString::fromStdString(name)); };
    promotion::VersionCopy wish;
    PH_ASSIGN(const fleet::ModelPlace from, fleet::placeOf(*services, QString::fromStdString(options.name), QString::fromStdString(options.connection)));
    wish.fromConnection = from.key.connection;
    wish.fromModel = from.key.name;
    wish.version = options.version;
    wish.toConnection = options.sameConnection ? wish.fromConnection : connection(options.toConnection);
    wish.toModel = QString::fromStdString(options.to);
    wish.alias = QString::fromStdString(options.alias);
    PH_ASSIGN(operations::Operation operation, promotion::copyVersionOperation(fleet::registryOf(*services), services->workspace, wish, services->operations->actor()));
    return runAndAnswer(context, *services->operations, std::move(operation), options.plan);
}

} // namespace

void addRegistryCopy(CLI::App &app, VerbBody &body) {
    static Options options;
    auto *sub = app.add_subcommand("copy", "Make a version the next one of another registered model, there or in another registry");
    sub->fallthrough();
    sub->add_option("NAME", options.name, "Registered model, or the workspace's name for it")->required();
    sub->add_option("VERSION", options.version, "Version number")->required()->check(CLI::Range(1, 1'000'000'000));
    sub->add_option("--to", options.to, "Registered model that gets it; made if new")->required();
    sub->add_option("--connection", options.connection, "Registry it is in (kind mlflow); default: the one that the workspace names for the model, else the local one");
    auto *other = sub->add_option("--to-connection", options.toConnection, "Registry it goes to; default: the one it is in");
    sub->add_option("--alias", options.alias, "Set this alias on the copy; no champion");
    sub->add_flag("--plan", options.plan, "Show the calls, change nothing");
    sub->callback([&body, other] {
        options.sameConnection = other->count() == 0;
        body = [](Context &context) { return copy(context, options); };
    });
}

} // namespace pilothouse
