// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/manifest.h"

#include <optional>

namespace pilothouse::cluster {

/// What is to stand in a manifest.
struct ManifestEdit {
    QString kind, name, space;  ///< of the object; a file that names no namespace fits any
    QString container, image;   ///< container: empty: the only one. Empty image: as it is
    std::optional<int> replicas;
};

/// The file with the values exchanged where they stand: comments, order, quotes and all else stay as they are. Nothing if the object is not in it.
/// Invalid: no YAML, no such container (the ones there are), no place for replicas (an object that writes none gets a line of its own).
Result<std::optional<QByteArray>> editedManifest(const QByteArray &bytes, const QString &file, const ManifestEdit &edit);

} // namespace pilothouse::cluster
