// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/manifest.h"

#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::cluster {

/// An image as a manifest writes it, in two parts: "ghcr.io/o/api" and ":v3", "@sha256:…" or nothing.
struct ImageParts {
    QString name, suffix;
    QString tag() const { return suffix.startsWith(QLatin1Char(':')) ? suffix.mid(1).section(QLatin1Char('@'), 0, 0) : QString(); }
};
ImageParts imageParts(const QString &image);

/// A container of an object, wherever its pod template stands in it.
struct ContainerImage {
    QString container, image;
    bool operator==(const ContainerImage &) const = default;
};
std::vector<ContainerImage> containerImages(const QJsonObject &object);

/// The tag that a build gave: `name` is a whole image name, the end of one ("mlops-api", "o/mlops-api") or a container's name; `tag` a tag or a digest.
struct ImageFill {
    QString name, tag;
};
/// "NAME=TAG"; "{commit}" in TAG is the first seven digits of `commit`, "{commit:40}" as many as it says. Invalid without "=", or if there is no commit.
Result<ImageFill> parseImageFill(const QString &text, const QString &commit);

/// What was filled in where.
struct FilledImage {
    QString place, object, container, before, after;
};
/// Puts the tags in. Invalid, with the images that are there, if a name fits none.
Result<std::vector<FilledImage>> fillImages(std::vector<Manifest> &manifests, const std::vector<ImageFill> &fills);

/// −1 if tag `a` is older than `b` by its numbers ("v33" before "v34", "1.9" before "1.10"), 0 if equal, 1 if newer; nothing if they say nothing (commits, words).
std::optional<int> tagOrder(const QString &a, const QString &b);

} // namespace pilothouse::cluster
