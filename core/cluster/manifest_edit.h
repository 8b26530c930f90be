// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/manifest.h"
#include "core/cluster/workload_change.h"

#include <optional>

namespace pilothouse::cluster {

/// What is to stand in a manifest.
struct ManifestEdit {
    QString kind, name, space;  ///< of the object; a file that names no namespace fits any
    QString container, image;   ///< container: empty: the only one. Empty image: as it is
    std::optional<int> replicas;
    Settings environment = {}, requests = {}, limits = {}; ///< of that container, as environmentPatch() and resourcesPatch() take them
    /// "image ghcr.io/o/api:v2, 3 replicas, variable MODE": names of variables, never values.
    QString text() const;
};

/// The file with the values exchanged where they stand: comments, order, quotes and all else stay as they are. Nothing if the object is not in it.
/// Invalid: no YAML, no such container (the ones there are), no place for replicas (an object that writes none gets a line of its own), no quantity, no name of a
/// variable. Refused: the value of a variable that is a credential by its name, which does not belong into Git.
Result<std::optional<QByteArray>> editedManifest(const QByteArray &bytes, const QString &file, const ManifestEdit &edit);

} // namespace pilothouse::cluster
