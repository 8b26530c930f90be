// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/model_ref.h"

#include "core/artifact/pickle_facts.h"
#include "core/fleet/model_place.h"

#include <QFileInfo>

namespace pilothouse {

namespace {

ModelRef fromVersion(const registry::Version &version) {
    ModelRef ref;
    ref.folder = version.source;
    ref.name = version.model;
    ref.version = version.version;
    return ref;
}

} // namespace

QString ModelRef::label() const {
    if (!version)
        return QStringLiteral("folder %1").arg(name);
    const QString text = QStringLiteral("%1 version %2").arg(name).arg(*version);
    return alias.isEmpty() ? text : text + QStringLiteral(" (@%1)").arg(alias);
}

Result<ModelRef> resolveModel(Context &context, const QString &text) {
    if (QFileInfo(text).isDir()) {
        ModelRef ref;
        ref.folder = QFileInfo(text).absoluteFilePath();
        ref.name = QFileInfo(ref.folder).fileName();
        return ref;
    }
    if (QFileInfo(text).isFile()) {
        PH_ASSIGN(const bool pickled, artifact::looksLikePickle(text));
        if (pickled)
            return artifact::pickleRefusal(QFileInfo(text).absoluteFilePath());
    }
    const qsizetype at = text.lastIndexOf(QLatin1Char('@')), slash = text.lastIndexOf(QLatin1Char('/'));
    bool isNumber = false;
    const int version = text.mid(slash + 1).toInt(&isNumber);
    if (at <= 0 && !(slash > 0 && isNumber))
        return notFound(QStringLiteral("“%1” is no folder here, and no model of a registry by its form.").arg(text), {},
                        QStringLiteral("Give a package folder, NAME@ALIAS or NAME/VERSION."));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*services, text.left(at > 0 ? at : slash)));
    if (at > 0) {
        PH_ASSIGN(const registry::Version found, place.packagedByAlias(text.mid(at + 1), context.stop()));
        ModelRef ref = fromVersion(found);
        ref.alias = text.mid(at + 1);
        return ref;
    }
    PH_ASSIGN(const registry::Version found, place.packaged(version, context.stop()));
    return fromVersion(found);
}

} // namespace pilothouse
