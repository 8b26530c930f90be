// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

#include <optional>

namespace pilothouse::cluster {

/// Who keeps an object as a repository or chart says: a change made beside it does not last.
struct Manager {
    enum class Tool { ArgoCd, Flux, Helm, ConfigSync };
    Tool tool = Tool::Helm;
    QString name, space; ///< of the application, kustomization or release; may be empty
    bool reverts = false; ///< puts the object back by itself; Helm does so at its next upgrade only
    QString evidence;     ///< what says so: "annotation argocd.argoproj.io/tracking-id"
    QString toolName() const; ///< "Argo CD"
    /// "Argo CD keeps this object as the application shop says: a change here is put back. Change it in Git."
    QString sentence() const;
};

/// By labels, annotations and managedFields, most telling first: the tracking of Argo CD, Flux's labels, Config Sync, Helm's annotations; then who last applied it.
std::optional<Manager> managedBy(const QJsonObject &object);

} // namespace pilothouse::cluster
