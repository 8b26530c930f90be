// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/model_place.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ModelPlace)
};

Result<registry::Version> withPackage(registry::Registry &registry, Result<registry::Version> version, std::stop_token stop) {
    if (version) {
        PH_ASSIGN(version->source, registry.packageFolder(*version, std::move(stop)));
    }
    return version;
}

} // namespace

Result<registry::Version> ModelPlace::packaged(int version, std::stop_token stop) const {
    return withPackage(*registry, registry->version(key.name, version), std::move(stop));
}

Result<registry::Version> ModelPlace::packagedByAlias(const QString &alias, std::stop_token stop) const {
    return withPackage(*registry, registry->versionByAlias(key.name, alias), std::move(stop));
}

Result<ModelPlace> placeOf(const Services &services, const workspace::Model &model) {
    ModelPlace place;
    place.declared = services.workspace.model(model.name);
    place.key = {services.workspace.registryConnection(model), model.registry.name};
    place.champion = model.registry.champion;
    PH_ASSIGN(place.registry, services.registries->of(place.key.connection));
    return place;
}

Result<ModelPlace> placeOf(const Services &services, const QString &name, const QString &connection) {
    const workspace::Workspace &workspace = services.workspace;
    ModelPlace place;
    PH_ASSIGN(place.registry, services.registries->of(connection));
    place.key = {place.registry == services.registry ? QString() : connection, name};
    const auto wanted = [&](const workspace::Model &model) { return connection.isEmpty() || workspace.registryConnection(model) == place.key.connection; };
    if (const workspace::Model *own = workspace.model(name); own && wanted(*own))
        return placeOf(services, *own);
    const workspace::Model *found = nullptr;
    for (const workspace::Model &model : workspace.models) {
        if (model.registry.name != name || !wanted(model))
            continue;
        if (found)
            return invalid(Text::tr("“%1” is registered for two models of the workspace: %2 and %3.").arg(name, found->name, model.name), workspace.file, Text::tr("Give the workspace's name of the one that is meant."));
        found = &model;
    }
    return found ? placeOf(services, *found) : Result<ModelPlace>(std::move(place));
}

} // namespace pilothouse::fleet
