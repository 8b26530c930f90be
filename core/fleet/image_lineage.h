// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/image_registry.h"
#include "core/registry/registry.h"

#include <QJsonObject>

#include <optional>
#include <vector>

namespace pilothouse::fleet {

class ImageRegistries;

/// By what the digest of a running pod is the registry's image.
enum class ImageMatch {
    Index,    ///< the pod tells the index's digest, or there is none and it is the manifest's
    Platform, ///< the pod tells the digest of its platform's manifest in the index
    Config,   ///< the pod tells the id, which is the configuration's digest
    Other,    ///< the tag names other bytes by now
    Unknown,  ///< the pod or the registry does not say
};
QString imageMatchName(ImageMatch match); ///< for --json: index, platform, config, other, unknown

/// What runs ↔ what the registry has ↔ the commit it was built from ↔ the model version it was built for. What is not known is empty.
struct ImageLineage {
    QString image;         ///< as the pod's specification has it
    QString runningDigest; ///< as its status has it
    ImageMatch match = ImageMatch::Unknown;
    std::optional<cluster::ImageInfo> info; ///< of what runs, where the registry still has it; else of what the tag names
    QString problem;       ///< why the registry's part is missing
    QString commit, commitFrom; ///< commitFrom: "label" (org.opencontainers.image.revision), "tag" (a tag that is one)
    QString source;        ///< address of the sources, by its label
    std::optional<int> version;
    QString versionFrom;   ///< "image.digest", "image", "commit": which tag of the version says so
    bool sameBytes() const { return match == ImageMatch::Index || match == ImageMatch::Platform || match == ImageMatch::Config; }
    QString sentence() const;
    /// {"image","running","match","registry":{…ImageInfo}|null,"problem","commit","commitFrom","source","version"|null,"versionFrom","sentence"}
    QJsonObject toJson() const;
};

/// Joins plain values. A version is found by its tags, the surest first: "image.digest" (any digest of the image), "image" (the same name), then its commit
/// ("git.commit", "commit", "mlflow.source.git.commit", in a Git registry the commit that is the version); the newest of several.
ImageLineage joinImage(const QString &image, const QString &imageId, std::optional<cluster::ImageInfo> info, const std::vector<registry::Version> &versions);
/// The same, asking the registry: first for what runs, by its digest; if that is gone, for what the name means now. Blocking. An error is in `problem`.
ImageLineage imageLineage(ImageRegistries &registries, const QString &image, const QString &imageId, const std::vector<registry::Version> &versions, std::stop_token token = {});

} // namespace pilothouse::fleet
