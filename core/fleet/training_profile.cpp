// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/training_profile.h"

#include "core/base/file.h"
#include "core/base/json.h"

namespace pilothouse::fleet {

Result<QString> packageHere(const Services &services, const workspace::Model &model, int version) {
    QString folder;
    if (const QString connection = services.workspace.registryConnection(model); !connection.isEmpty())
        folder = services.remote->keptPackage(connection, model.registry.name, version);
    else if (const auto registered = services.registry->version(model.registry.name, version))
        folder = registered->source;
    if (folder.isEmpty())
        return notFound(QStringLiteral("The package of version %1 is not on this machine.").arg(version), model.name, QStringLiteral("`pilot registry export` fetches it."));
    return folder;
}

Result<drift::Profile> trainingProfile(const Services &services, const workspace::Model &model, int version) {
    PH_ASSIGN(const QString folder, packageHere(services, model, version));
    const QString file = folder + QStringLiteral("/profile.json");
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
    return drift::Profile::fromJson(object, file);
}

} // namespace pilothouse::fleet
