// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/image_lineage.h"

#include "core/fleet/image_of_version.h"
#include "core/fleet/image_registries.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ImageLineage)
};

/// A commit that stands in a tag: "3f2a9c1", "sha-3f2a9c1", "main-3f2a9c1d…": at least seven hexadecimal digits, one of them a letter or all forty.
QString commitInTag(const QString &tag) {
    static const QRegularExpression form(QStringLiteral("(?:\\A|[-_.])(?:g|sha-)?([0-9a-f]{7,40})\\z"));
    const QString commit = form.match(tag).captured(1);
    static const QRegularExpression letter(QStringLiteral("[a-f]")), digit(QStringLiteral("[0-9]"));
    return commit.size() == 40 || (letter.match(commit).hasMatch() && digit.match(commit).hasMatch()) ? commit : QString();
}

bool sameCommit(const QString &a, const QString &b) {
    return a.size() >= 7 && b.size() >= 7 && (a.startsWith(b, Qt::CaseInsensitive) || b.startsWith(a, Qt::CaseInsensitive));
}

ImageMatch matchOf(const QString &digest, const QString &id, const cluster::ImageInfo &info) {
    if (!digest.isEmpty()) {
        if (digest == info.digest)
            return ImageMatch::Index;
        if (std::any_of(info.platforms.begin(), info.platforms.end(), [&](const auto &p) { return p.digest == digest; }) || digest == info.platformDigest)
            return ImageMatch::Platform;
        return digest == info.configDigest ? ImageMatch::Config : ImageMatch::Other;
    }
    if (!id.isEmpty()) // a bare id may be that of a manifest as well, as containerd tells it
        return id == info.configDigest ? ImageMatch::Config : id == info.digest ? ImageMatch::Index : info.isKnownAs(id) ? ImageMatch::Platform : ImageMatch::Other;
    return ImageMatch::Unknown;
}

void findVersion(ImageLineage &out, const std::vector<registry::Version> &versions) {
    const auto tag = [](const registry::Version &v, const char *name) { return v.tags.value(Q(name)).trimmed(); };
    const auto choose = [&](const char *from, auto fits) {
        const registry::Version *best = nullptr;
        for (const registry::Version &v : versions)
            if (fits(v) && (!best || v.version > best->version))
                best = &v;
        if (best && !out.version) {
            out.version = best->version;
            out.versionFrom = Q(from);
        }
    };
    choose("image.digest", [&](const registry::Version &v) {
        QString digest = tag(v, "image.digest");
        if (digest.contains(QLatin1Char('@')))
            digest = digest.section(QLatin1Char('@'), -1);
        return !digest.isEmpty() && (digest == out.runningDigest || (out.info && out.sameBytes() && out.info->isKnownAs(digest)));
    });
    const auto image = cluster::parseImage(out.image);
    choose("image", [&](const registry::Version &v) {
        const auto named = cluster::parseImage(tag(v, "image"));
        if (!named || !image || out.match == ImageMatch::Other || !tag(v, "image.digest").isEmpty()) // with a digest the name alone is no proof
            return false;
        return cluster::sameImage(*named, *image) && !(named->tag.isEmpty() && named->digest.isEmpty());
    });
    choose("commit", [&](const registry::Version &v) {
        for (const char *name : {"git.commit", "commit", "mlflow.source.git.commit"})
            if (sameCommit(tag(v, name), out.commit))
                return true;
        return sameCommit(commitOfSource(v), out.commit);
    });
}

} // namespace

QString imageMatchName(ImageMatch match) {
    switch (match) {
    case ImageMatch::Index: return QStringLiteral("index");
    case ImageMatch::Platform: return QStringLiteral("platform");
    case ImageMatch::Config: return QStringLiteral("config");
    case ImageMatch::Other: return QStringLiteral("other");
    case ImageMatch::Unknown: break;
    }
    return QStringLiteral("unknown");
}

ImageLineage joinImage(const QString &image, const QString &imageId, std::optional<cluster::ImageInfo> info, const std::vector<registry::Version> &versions) {
    ImageLineage out;
    out.image = image;
    const cluster::RunningImage running = cluster::runningImage(imageId);
    out.runningDigest = running.reference ? running.reference->digest : running.id;
    if (info) {
        out.match = matchOf(running.reference ? running.reference->digest : QString(), running.id, *info);
        if (out.match != ImageMatch::Other) { // what another image says is nothing about this one
            out.commit = info->revision;
            out.source = info->source;
        }
    }
    out.info = std::move(info);
    if (!out.commit.isEmpty()) {
        out.commitFrom = QStringLiteral("label");
    } else if (const auto parsed = cluster::parseImage(image); parsed && out.match != ImageMatch::Other) {
        out.commit = commitInTag(parsed->tag);
        if (!out.commit.isEmpty())
            out.commitFrom = QStringLiteral("tag");
    }
    findVersion(out, versions);
    return out;
}

ImageLineage imageLineage(ImageRegistries &registries, const QString &image, const QString &imageId, const std::vector<registry::Version> &versions, std::stop_token token) {
    const auto parsed = cluster::parseImage(image);
    const cluster::RunningImage running = cluster::runningImage(imageId);
    if (!parsed) {
        ImageLineage out = joinImage(image, imageId, {}, versions);
        out.problem = parsed.error().what;
        return out;
    }
    // By its name first: an index tells all its platforms, a platform's manifest does not tell its index.
    auto info = registries.image(image, token);
    const bool fits = info && matchOf(running.reference ? running.reference->digest : QString(), running.id, *info) != ImageMatch::Other;
    if (!fits && running.reference && (info || info.error().kind == ErrorKind::NotFound)) // moved or gone: what runs may be there all the same
        if (auto byDigest = registries.image(parsed->withDigest(running.reference->digest).text(), token))
            info = std::move(byDigest);
    if (info)
        return joinImage(image, imageId, *info, versions);
    ImageLineage out = joinImage(image, imageId, {}, versions);
    out.problem = info.error().text();
    return out;
}

QString ImageLineage::sentence() const {
    QStringList parts;
    switch (match) {
    case ImageMatch::Index:
    case ImageMatch::Platform:
    case ImageMatch::Config: parts << Text::tr("Its registry has the same bytes."); break;
    case ImageMatch::Other: parts << Text::tr("The tag names other bytes in the registry than run here."); break;
    case ImageMatch::Unknown: parts << (problem.isEmpty() ? Text::tr("Which bytes run is not known.") : Text::tr("The registry's part is not known: %1").arg(problem)); break;
    }
    if (!commit.isEmpty())
        parts << Text::tr("Built from commit %1.").arg(commit.left(12));
    if (version)
        parts << Text::tr("Built for version %1.").arg(*version);
    return parts.join(QLatin1Char(' '));
}

QJsonObject ImageLineage::toJson() const {
    return {{Q("image"), image}, {Q("running"), runningDigest}, {Q("match"), imageMatchName(match)}, {Q("registry"), info ? QJsonValue(info->toJson()) : QJsonValue()}, {Q("problem"), problem},
            {Q("commit"), commit}, {Q("commitFrom"), commitFrom}, {Q("source"), source}, {Q("version"), version ? QJsonValue(*version) : QJsonValue()}, {Q("versionFrom"), versionFrom},
            {Q("sentence"), sentence()}};
}

} // namespace pilothouse::fleet
