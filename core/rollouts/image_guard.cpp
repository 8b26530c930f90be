// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/image_guard.h"

namespace pilothouse::rollouts {

namespace {

QString shortDigest(const QString &digest) { return digest.left(digest.indexOf(QLatin1Char(':')) + 13) + QStringLiteral("…"); }

} // namespace

ImageCheck checkImage(const QString &image, const QString &ranAs, const ImageLook &look, std::stop_token token) {
    ImageCheck out;
    out.image = image;
    const auto parsed = cluster::parseImage(image);
    if (!parsed) {
        out.sentence = parsed.error().what;
        out.hint = parsed.error().hint;
        return out;
    }
    const QString name = parsed->shortText();
    const auto found = look(image, token);
    if (found) {
        out.digest = *found;
        out.state = ImageState::There;
        out.sentence = QStringLiteral("%1 is in its registry (%2).").arg(name, shortDigest(out.digest));
        const bool byTag = parsed->digest.isEmpty();
        if (byTag && !ranAs.isEmpty() && ranAs != out.digest) {
            // A pod may have told the digest of its platform's manifest instead of the index's: the registry is asked for that one too.
            const auto older = look(parsed->withDigest(ranAs).text(), token);
            out.state = ImageState::Moved;
            out.sentence = QStringLiteral("The tag of %1 names %2 now; it ran as %3.").arg(name, shortDigest(out.digest), shortDigest(ranAs));
            out.hint = older ? QStringLiteral("Those bytes are still there: set the image by its digest, %1.").arg(parsed->withDigest(ranAs).text())
                             : QStringLiteral("Its tag was pushed anew. Look whether it is the same build; if so, set the image by its digest.");
        }
        return out;
    }
    if (found.error().kind == ErrorKind::NotFound) {
        out.state = ImageState::Gone;
        out.sentence = QStringLiteral("%1 is no longer in its registry: new pods could not pull it.").arg(name);
        out.hint = QStringLiteral("Push it again from its commit, or choose another revision. Registries with a clean-up rule (ECR's lifecycle policies, Harbor's retention) keep a number of images only.");
        return out;
    }
    out.sentence = QStringLiteral("Whether %1 is still there is not known: %2").arg(name, found.error().what);
    out.hint = found.error().hint;
    return out;
}

Result<void> imageExists(const QString &image, const ImageLook &look, const QString &ranAs, std::stop_token token) {
    if (!look)
        return {};
    const ImageCheck check = checkImage(image, ranAs, look, token);
    if (check.state == ImageState::Gone || check.state == ImageState::Moved)
        return Error{ErrorKind::Conflict, check.sentence, image, check.hint, {}};
    return {};
}

std::function<Result<void>()> imagesGuard(QStringList images, ImageLook look) {
    images.removeDuplicates();
    return [images, look]() -> Result<void> {
        for (const QString &image : images)
            PH_TRY(imageExists(image, look));
        return {};
    };
}

} // namespace pilothouse::rollouts
