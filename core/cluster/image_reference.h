// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <optional>

namespace pilothouse::cluster {

/// The name of an image as kubelets, docker and crane read it (github.com/distribution/reference): host[:port]/path[:tag][@digest]. Without a host it is
/// Docker Hub's, and one part alone is below library/.
struct ImageReference {
    QString host;       ///< "docker.io", "ghcr.io", "127.0.0.1:5000", "[::1]:5000"
    QString repository; ///< "library/nginx"
    QString tag;        ///< empty: none is named
    QString digest;     ///< "sha256:…"; empty: none is named
    bool operator==(const ImageReference &) const = default;

    QString name() const;      ///< host/repository
    QString text() const;      ///< the normal form: "docker.io/library/nginx:1.27@sha256:…"
    QString familiar() const;  ///< as people write it: "nginx:1.27"
    QString shortText() const; ///< familiar, with the digest cut to 12 places
    /// What the registry is asked for: the digest if there is one (it counts, the tag is only told), else the tag, else "latest".
    QString wanted() const { return !digest.isEmpty() ? digest : tag.isEmpty() ? QStringLiteral("latest") : tag; }
    ImageReference withDigest(const QString &other) const { return {host, repository, tag, other}; }
    ImageReference withTag(const QString &other) const { return {host, repository, other, {}}; }
};

/// Invalid, with the rule that it breaks. An id (64 hex digits) and a name that begins with a scheme are none.
Result<ImageReference> parseImage(const QString &text);
/// "sha256:<64 hex>", sha384 or sha512, in small letters.
bool isImageDigest(const QString &text);
/// The digest in a pod's status.containerStatuses[].imageID: "docker-pullable://host/repo@sha256:…", "host/repo@sha256:…", "sha256:…" (then of the
/// configuration, which some runtimes tell instead), "docker://sha256:…". The name where there is one.
struct RunningImage {
    std::optional<ImageReference> reference; ///< with its digest; none: it is an image's id
    QString id;                              ///< digest of its configuration, if that is what the runtime tells
};
RunningImage runningImage(const QString &imageId);
/// True if both name the same bytes: the same repository, and the same digest where both have one, else the same tag ("latest" where none is).
bool sameImage(const ImageReference &a, const ImageReference &b);

} // namespace pilothouse::cluster
