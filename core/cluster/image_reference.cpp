// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/image_reference.h"

#include <QRegularExpression>

namespace pilothouse::cluster {

namespace {

const QString hub = QStringLiteral("docker.io"), official = QStringLiteral("library/");
constexpr qsizetype longestRepository = 255;

Error wrong(const QString &text, const QString &why) {
    return invalid(QStringLiteral("“%1” is no image: %2").arg(text.left(300), why), {}, QStringLiteral("Write it as host/repository:tag or host/repository@sha256:…."));
}

/// Host and the rest, as docker tells them apart: the first part is a host if it has a dot, a colon or a capital, or is localhost.
std::pair<QString, QString> splitHost(const QString &text) {
    const qsizetype slash = text.indexOf(QLatin1Char('/'));
    if (slash < 0)
        return {hub, official + text};
    QString first = text.left(slash), rest = text.mid(slash + 1);
    const bool isHost = first == QLatin1String("localhost") || first.contains(QLatin1Char('.')) || first.contains(QLatin1Char(':')) || first.toLower() != first;
    if (!isHost) {
        first = hub;
        rest = text;
    } else if (first == QLatin1String("index.docker.io")) {
        first = hub;
    }
    if (first == hub && !rest.contains(QLatin1Char('/')))
        rest = official + rest;
    return {first, rest};
}

} // namespace

bool isImageDigest(const QString &text) {
    static const QRegularExpression form(QStringLiteral("\\A(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})\\z"));
    return form.match(text).hasMatch();
}

Result<ImageReference> parseImage(const QString &text) {
    static const QRegularExpression id(QStringLiteral("\\A[a-f0-9]{64}\\z"));
    if (text.isEmpty())
        return wrong(text, QStringLiteral("it is empty."));
    if (id.match(text).hasMatch())
        return wrong(text, QStringLiteral("64 hexadecimal digits are the id of one."));
    if (text.contains(QLatin1String("://")))
        return wrong(text, QStringLiteral("it begins with a scheme."));
    auto [host, rest] = splitHost(text);
    static const QRegularExpression hostForm(QStringLiteral("\\A(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?\\z"));
    if (!hostForm.match(host).hasMatch())
        return wrong(text, QStringLiteral("“%1” is no host.").arg(host));
    // The tag's colon is the first one behind the host; a digest's stands behind the @.
    const qsizetype at = rest.indexOf(QLatin1Char('@'));
    ImageReference out;
    out.host = host;
    out.digest = at < 0 ? QString() : rest.mid(at + 1);
    out.repository = at < 0 ? rest : rest.left(at);
    const qsizetype colon = out.repository.indexOf(QLatin1Char(':'));
    const bool tagged = colon >= 0;
    if (tagged) {
        out.tag = out.repository.mid(colon + 1);
        out.repository.truncate(colon);
    }
    static const QRegularExpression repository(QStringLiteral("\\A[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*\\z"));
    static const QRegularExpression tag(QStringLiteral("\\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\\z"));
    if (out.repository.toLower() != out.repository)
        return wrong(text, QStringLiteral("the repository “%1” must be in small letters.").arg(out.repository));
    if (!repository.match(out.repository).hasMatch())
        return wrong(text, QStringLiteral("“%1” is no repository.").arg(out.repository));
    if (out.repository.size() > longestRepository)
        return wrong(text, QStringLiteral("its repository has more than %1 characters.").arg(longestRepository));
    if (tagged && !tag.match(out.tag).hasMatch())
        return wrong(text, QStringLiteral("“%1” is no tag.").arg(out.tag));
    if (at >= 0 && !isImageDigest(out.digest))
        return wrong(text, QStringLiteral("“%1” is no digest.").arg(out.digest));
    return out;
}

QString ImageReference::name() const { return host + QLatin1Char('/') + repository; }

QString ImageReference::text() const {
    return name() + (tag.isEmpty() ? QString() : QLatin1Char(':') + tag) + (digest.isEmpty() ? QString() : QLatin1Char('@') + digest);
}

QString ImageReference::familiar() const {
    QString base = name();
    if (host == hub) {
        base = repository;
        if (base.startsWith(official) && !base.mid(official.size()).contains(QLatin1Char('/')))
            base = base.mid(official.size());
    }
    return base + (tag.isEmpty() ? QString() : QLatin1Char(':') + tag) + (digest.isEmpty() ? QString() : QLatin1Char('@') + digest);
}

QString ImageReference::shortText() const {
    QString out = ImageReference{host, repository, tag, {}}.familiar();
    if (!digest.isEmpty())
        out += QLatin1Char('@') + digest.left(digest.indexOf(QLatin1Char(':')) + 13) + QStringLiteral("…");
    return out;
}

RunningImage runningImage(const QString &imageId) {
    QString text = imageId;
    if (const qsizetype scheme = text.indexOf(QLatin1String("://")); scheme >= 0)
        text = text.mid(scheme + 3);
    if (isImageDigest(text))
        return {{}, text};
    const auto parsed = parseImage(text);
    if (parsed && !parsed->digest.isEmpty())
        return {*parsed, {}};
    return {};
}

bool sameImage(const ImageReference &a, const ImageReference &b) {
    if (a.name() != b.name())
        return false;
    if (!a.digest.isEmpty() && !b.digest.isEmpty())
        return a.digest == b.digest;
    if (!a.digest.isEmpty() || !b.digest.isEmpty())
        return !a.tag.isEmpty() && a.tag == b.tag;
    return a.wanted() == b.wanted();
}

} // namespace pilothouse::cluster
