// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/registry.h"

#include <chrono>
#include <memory>
#include <mutex>

#include <QHash>

namespace pilothouse::fleet {

/// The commit that holds a version, where its registry is Git ("COMMIT:FOLDER" is its source); empty: it is another one.
QString commitOfSource(const registry::Version &version);

/// The image of a model version by deployment.image of the workspace, and back. {commit} is the tag mlflow.source.git.commit of the version or its run, else a
/// tag "commit" or "git.commit", else of a Git registry the commit that is the version. Any thread.
class ImagesOfVersions {
public:
    ImagesOfVersions(std::shared_ptr<registry::Registry> registry, QString model, QString image) : m_registry(std::move(registry)), m_model(std::move(model)), m_image(std::move(image)) {}
    /// Invalid: deployment.image is not set, or the version has no such tag; as the registry says.
    Result<QString> imageOf(int version) const;
    Result<QString> imageOf(const registry::Version &version) const;
    /// The newest version that has this image (a digest behind it is left aside); 0: none has. A miss is looked for again after a minute.
    int versionOf(const QString &image) const;

private:
    std::shared_ptr<registry::Registry> m_registry;
    QString m_model, m_image;
    mutable std::mutex m_mutex;
    mutable QHash<QString, int> m_known; ///< image → version
    mutable std::chrono::steady_clock::time_point m_listed{};
};

} // namespace pilothouse::fleet
