// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/cluster/image_reference.h"

#include <QStringList>

#include <functional>
#include <stop_token>
#include <vector>

namespace pilothouse::rollouts {

/// Asks the registry of an image for the digest that it has now; NotFound where it is not there. fleet::ImageRegistries::digest is one.
using ImageLook = std::function<Result<QString>(const QString &image, std::stop_token token)>;

/// What a registry says of an image that a rollout is about to go (back) to.
enum class ImageState {
    There,
    Moved,   ///< its tag names other bytes now than when it ran
    Gone,    ///< deleted, or cleaned away by a rule of the registry
    Unknown, ///< the registry could not be asked
};
struct ImageCheck {
    QString image, digest; ///< digest: now; empty if gone or unknown
    ImageState state = ImageState::Unknown;
    QString sentence;      ///< for a plan: what was found, and what it means
    QString hint;
};

/// Looks whether an image can still be pulled. `ranAs`: the digest that it ran with, if that is known (a pod's imageID).
ImageCheck checkImage(const QString &image, const QString &ranAs, const ImageLook &look, std::stop_token token = {});
/// The guard of a step that brings images back: Conflict for one that is gone, or whose tag names other bytes than `ranAs` says. A registry that cannot be asked
/// is no reason to refuse a rollback: its nodes may hold the image, or reach what this machine does not; checkImage() says so in the plan.
Result<void> imageExists(const QString &image, const ImageLook &look, const QString &ranAs = {}, std::stop_token token = {});
/// The same for all images of a pod template, as Step::guard takes it. An empty `look` lets everything pass.
std::function<Result<void>()> imagesGuard(QStringList images, ImageLook look);

} // namespace pilothouse::rollouts
