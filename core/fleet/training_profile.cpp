// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/training_profile.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <QFileInfo>

namespace pilothouse::fleet {

namespace {

Result<drift::Profile> profileIn(const QString &file) {
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
    return drift::Profile::fromJson(object, file);
}

} // namespace

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
    PH_ASSIGN(drift::Profile profile, profileIn(folder + QStringLiteral("/profile.json")));
    const QString predictions = folder + QStringLiteral("/predictions.json");
    if (!QFileInfo::exists(predictions))
        return profile;
    PH_ASSIGN(const drift::Profile predicted, profileIn(predictions));
    profile.columns.insert(profile.columns.end(), predicted.columns.begin(), predicted.columns.end());
    return profile;
}

} // namespace pilothouse::fleet
