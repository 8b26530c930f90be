// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/image_registry.h"

#include "core/base/clock.h"
#include "core/base/json.h"

#include <QCryptographicHash>
#include <QUrl>

#include <algorithm>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

const char *const acceptedManifests = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "
                                      "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
constexpr int pageSize = 1000, mostPages = 500;

QString digestOf(const QByteArray &bytes, const QString &like) {
    const QString algorithm = like.section(QLatin1Char(':'), 0, 0);
    const auto kind = algorithm == Q("sha512") ? QCryptographicHash::Sha512 : algorithm == Q("sha384") ? QCryptographicHash::Sha384 : QCryptographicHash::Sha256;
    return (like.isEmpty() ? QStringLiteral("sha256") : algorithm) + QLatin1Char(':') + QString::fromLatin1(QCryptographicHash::hash(bytes, kind).toHex());
}

bool isIndex(const QString &mediaType, const QJsonObject &object) {
    return mediaType.contains(Q("image.index")) || mediaType.contains(Q("manifest.list")) || (object.contains(Q("manifests")) && !object.contains(Q("layers")));
}

std::vector<ImagePlatform> platformsOf(const QJsonObject &index) {
    std::vector<ImagePlatform> out;
    for (const QJsonValue &value : index.value(Q("manifests")).toArray()) {
        const QJsonObject one = value.toObject(), platform = one.value(Q("platform")).toObject();
        const bool attestation = one.value(Q("annotations")).toObject().contains(Q("vnd.docker.reference.type")) || platform.value(Q("os")).toString() == Q("unknown");
        if (!attestation && isImageDigest(one.value(Q("digest")).toString()))
            out.push_back({platform.value(Q("os")).toString(), platform.value(Q("architecture")).toString(), platform.value(Q("variant")).toString(), one.value(Q("digest")).toString(), one.value(Q("size")).toInteger()});
    }
    return out;
}

const ImagePlatform &chosen(const std::vector<ImagePlatform> &platforms, const QString &wanted) {
    const auto fits = std::find_if(platforms.begin(), platforms.end(), [&](const ImagePlatform &p) { return p.text() == wanted || p.os + QLatin1Char('/') + p.architecture == wanted; });
    return fits == platforms.end() ? platforms.front() : *fits;
}

void readLabels(ImageInfo &info, const QJsonObject &config, const QJsonObject &manifest, const QJsonObject &index) {
    const QJsonObject labels = config.value(Q("config")).toObject().value(Q("Labels")).toObject();
    for (auto it = labels.begin(); it != labels.end(); ++it)
        info.labels.insert(it.key(), it.value().toString());
    const auto text = [&](const char *name) {
        const QString key = QStringLiteral("org.opencontainers.image.") + Q(name);
        for (const QJsonObject &from : {labels, manifest.value(Q("annotations")).toObject(), index.value(Q("annotations")).toObject()})
            if (const QString value = from.value(key).toString(); !value.isEmpty())
                return value;
        return QString();
    };
    info.revision = text("revision");
    info.version = text("version");
    info.source = text("source");
    const auto time = [](const QString &t) { return QDateTime::fromString(t, Qt::ISODateWithMs).toUTC(); };
    info.created = time(config.value(Q("created")).toString());
    if (!info.created.isValid() || info.created.date().year() < 2000)
        info.created = time(text("created"));
    if (info.created.isValid() && info.created.date().year() < 2000)
        info.created = {};
}

QJsonValue scanJson(const std::optional<ScanSummary> &scan) {
    if (!scan)
        return QJsonValue::Null;
    QJsonObject counts;
    for (auto it = scan->counts.begin(); it != scan->counts.end(); ++it)
        counts.insert(it.key(), it.value());
    return QJsonObject{{Q("status"), scan->status}, {Q("scanner"), scan->scanner}, {Q("counts"), counts}, {Q("completed"), scan->completed.isValid() ? QJsonValue(isoUtc(scan->completed)) : QJsonValue()}};
}

QJsonValue timeJson(const QDateTime &time) { return time.isValid() ? QJsonValue(isoUtc(time)) : QJsonValue(); }

/// As people order versions: runs of digits by their value, all else by its characters. Below, at or above zero.
int compareNames(const QString &a, const QString &b) {
    qsizetype i = 0, j = 0;
    const auto digits = [](const QString &text, qsizetype &at) { // without leading zeros
        const qsizetype from = at;
        while (at < text.size() && text[at].isDigit())
            ++at;
        QString out = text.mid(from, at - from);
        while (out.size() > 1 && out.startsWith(QLatin1Char('0')))
            out.remove(0, 1);
        return out;
    };
    while (i < a.size() && j < b.size()) {
        if (a[i].isDigit() && b[j].isDigit()) {
            const QString left = digits(a, i), right = digits(b, j);
            if (left.size() != right.size())
                return left.size() < right.size() ? -1 : 1;
            if (const int order = left.compare(right); order != 0)
                return order;
        } else if (a[i] != b[j]) {
            return a[i] < b[j] ? -1 : 1;
        } else {
            ++i;
            ++j;
        }
    }
    return int(i < a.size()) - int(j < b.size());
}

void sortTags(std::vector<ImageTag> &tags) {
    std::sort(tags.begin(), tags.end(), [](const ImageTag &a, const ImageTag &b) {
        if (a.pushed.isValid() != b.pushed.isValid())
            return a.pushed.isValid();
        if (a.pushed != b.pushed)
            return a.pushed > b.pushed;
        const int byName = compareNames(a.name, b.name);
        return byName != 0 ? byName > 0 : a.name > b.name;
    });
}

} // namespace

QString ScanSummary::text() const {
    QStringList parts;
    for (const char *severity : {"critical", "high", "medium", "low", "informational", "unknown"})
        if (const int n = counts.value(Q(severity)); n > 0)
            parts << QStringLiteral("%1 %2").arg(n).arg(Q(severity));
    if (!parts.isEmpty())
        return parts.join(QStringLiteral(", "));
    static const QStringList complete{QStringLiteral("complete"), QStringLiteral("success"), QStringLiteral("active")};
    return complete.contains(status.toLower()) ? QStringLiteral("nothing found") : QStringLiteral("scan %1").arg(status.toLower());
}

QString ImagePlatform::text() const { return os + QLatin1Char('/') + architecture + (variant.isEmpty() ? QString() : QLatin1Char('/') + variant); }

QStringList ImageInfo::digests() const {
    QStringList out{digest};
    for (const ImagePlatform &p : platforms)
        out << p.digest;
    out << platformDigest << configDigest;
    out.removeAll(QString());
    out.removeDuplicates();
    return out;
}

QJsonObject ImageInfo::toJson() const {
    QJsonArray all;
    for (const ImagePlatform &p : platforms)
        all.append(QJsonObject{{Q("platform"), p.text()}, {Q("digest"), p.digest}});
    QJsonObject names;
    for (auto it = labels.begin(); it != labels.end(); ++it)
        names.insert(it.key(), it.value());
    return {{Q("reference"), reference.text()}, {Q("digest"), digest}, {Q("mediaType"), mediaType}, {Q("platforms"), all}, {Q("platform"), platform}, {Q("platformDigest"), platformDigest},
            {Q("configDigest"), configDigest}, {Q("labels"), names}, {Q("revision"), revision}, {Q("version"), version}, {Q("source"), source}, {Q("created"), timeJson(created)},
            {Q("bytes"), bytes}, {Q("pushed"), timeJson(pushed)}, {Q("scan"), scanJson(scan)}, {Q("tags"), QJsonArray::fromStringList(tags)}};
}

QJsonObject ImageTag::toJson() const {
    return {{Q("tag"), name}, {Q("digest"), digest}, {Q("bytes"), bytes}, {Q("pushed"), timeJson(pushed)}, {Q("scan"), scanJson(scan)}};
}

ImageRegistry::ImageRegistry(RegistryAccess access, std::shared_ptr<net::HttpClient> http, std::shared_ptr<ImageFactsSource> facts, std::shared_ptr<const Clock> clock)
    : m_session(std::make_shared<RegistrySession>(std::move(access), http, std::move(clock))), m_http(std::move(http)), m_facts(std::move(facts)) {}

/// Harbor is known by its challenge only, so after the first answer.
std::shared_ptr<ImageFactsSource> ImageRegistry::factsSource() {
    if (m_facts)
        return m_facts;
    if (access().host == Q("docker.io") && access().url.isEmpty())
        return dockerHubFacts(m_http);
    if (m_session->service() == Q("harbor-registry"))
        return harborFacts(access(), m_http);
    return {};
}

Result<void> ImageRegistry::check(std::stop_token token) {
    RegistrySession::Call call;
    call.path = QStringLiteral("/v2/");
    PH_ASSIGN(const net::Response reply, m_session->send(call, token));
    if (reply.status != 200)
        return invalid(QStringLiteral("What answers at %1 is no image registry (HTTP %2).").arg(access().apiUrl()).arg(reply.status), {}, QStringLiteral("Check url of the connection; /v2/ is added to it."));
    return {};
}

Result<QStringList> ImageRegistry::pages(QString path, const QString &repository, const QString &scope, const char *key, std::stop_token token) {
    QStringList out;
    const QUrl home(access().apiUrl() + QLatin1Char('/'));
    for (int page = 0; !path.isEmpty(); ++page) {
        if (page == mostPages)
            return invalid(QStringLiteral("The list of %1 does not end after %2 pages.").arg(access().host).arg(mostPages));
        RegistrySession::Call call;
        call.path = path;
        call.repository = repository;
        call.scope = scope;
        PH_ASSIGN(const net::Response reply, m_session->send(call, token));
        const QString where = access().apiUrl() + path;
        PH_ASSIGN(const QJsonObject body, parseJsonObject(reply.body, where));
        for (const QJsonValue &value : body.value(Q(key)).toArray()) // null where a repository has no tag left
            out << value.toString();
        const QString next = nextPage(reply.header("link"));
        if (next.isEmpty())
            break;
        const QUrl url = QUrl(where).resolved(QUrl(next));
        if (url.host() != home.host()) // the credential goes to the registry only
            return invalid(QStringLiteral("The registry %1 names its next page on another host.").arg(access().host), url.host());
        const QString further = url.toString(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::FullyEncoded);
        if (further == path)
            return invalid(QStringLiteral("The registry %1 names the same page as its next.").arg(access().host), where);
        path = further;
        if (const QString prefix = home.path().chopped(1); !prefix.isEmpty() && path.startsWith(prefix))
            path = path.mid(prefix.size());
    }
    return out;
}

Result<QStringList> ImageRegistry::repositories(std::stop_token token) {
    PH_ASSIGN(QStringList all, pages(QStringLiteral("/v2/_catalog?n=%1").arg(pageSize), {}, QStringLiteral("registry:catalog:*"), "repositories", token));
    all.removeDuplicates();
    all.sort();
    return all;
}

Result<std::vector<ImageTag>> ImageRegistry::tags(const QString &repository, std::stop_token token) {
    PH_ASSIGN(QStringList names, pages(QStringLiteral("/v2/%1/tags/list?n=%2").arg(repository).arg(pageSize), repository, {}, "tags", token));
    names.removeDuplicates();
    std::vector<ImageTag> out;
    for (const QString &name : std::as_const(names))
        out.push_back({name, {}, 0, {}, {}});
    if (const auto source = factsSource()) {
        if (const auto known = source->all(repository, token)) {
            QHash<QString, const ImageFacts *> byTag;
            for (const ImageFacts &facts : *known)
                for (const QString &tag : facts.tags)
                    byTag.insert(tag, &facts);
            for (ImageTag &tag : out)
                if (const ImageFacts *facts = byTag.value(tag.name))
                    tag = {tag.name, facts->digest, facts->bytes, facts->pushed, facts->scan};
        } else if (known.error().kind == ErrorKind::Cancelled) {
            return known.error();
        }
    }
    sortTags(out);
    return out;
}

Result<QString> ImageRegistry::digest(const ImageReference &image, std::stop_token token) {
    RegistrySession::Call call;
    call.method = "HEAD";
    call.path = QStringLiteral("/v2/%1/manifests/%2").arg(image.repository, image.wanted());
    call.repository = image.repository;
    call.accept = acceptedManifests;
    const auto reply = m_session->send(call, token);
    if (!reply && reply.error().kind == ErrorKind::NotFound) // a HEAD has no words
        return notFound(QStringLiteral("%1 has no image %2.").arg(access().host, image.withDigest(image.digest).text()), {}, QStringLiteral("See “pilot images list %1”.").arg(image.name()));
    if (!reply)
        return reply.error();
    const QString told = QString::fromLatin1(reply->header("docker-content-digest"));
    if (isImageDigest(told) && (image.digest.isEmpty() || told == image.digest))
        return told;
    PH_ASSIGN(const Manifest read, manifest(image.repository, image.wanted(), token)); // it does not say, or something else
    return read.digest;
}

Result<ImageRegistry::Manifest> ImageRegistry::manifest(const QString &repository, const QString &wanted, std::stop_token token) {
    RegistrySession::Call call;
    call.path = QStringLiteral("/v2/%1/manifests/%2").arg(repository, wanted);
    call.repository = repository;
    call.accept = acceptedManifests;
    PH_ASSIGN(const net::Response reply, m_session->send(call, token));
    Manifest out;
    out.mediaType = QString::fromLatin1(reply.header("content-type")).section(QLatin1Char(';'), 0, 0).trimmed();
    if (out.mediaType.contains(Q("distribution.manifest.v1+")))
        return invalid(QStringLiteral("%1/%2 is an image of Docker's first form (schema 1), which is no longer read.").arg(access().host, repository), wanted, QStringLiteral("Push it anew with a builder of today."));
    const QString told = QString::fromLatin1(reply.header("docker-content-digest"));
    out.digest = digestOf(reply.body, isImageDigest(wanted) ? wanted : isImageDigest(told) ? told : QString());
    if ((isImageDigest(wanted) && out.digest != wanted) || (isImageDigest(told) && !isImageDigest(wanted) && out.digest != told))
        return invalid(QStringLiteral("The registry %1 gave other bytes than the digest %2 says: they have %3.").arg(access().host, isImageDigest(wanted) ? wanted : told, out.digest), repository,
                       QStringLiteral("Something on the way changes them, or the registry is broken: do not deploy this."));
    PH_ASSIGN(out.object, parseJsonObject(reply.body, access().apiUrl() + call.path));
    if (const QString own = out.object.value(Q("mediaType")).toString(); !own.isEmpty())
        out.mediaType = own;
    return out;
}

Result<QByteArray> ImageRegistry::blob(const QString &repository, const QString &digest, std::stop_token token) {
    RegistrySession::Call call;
    call.path = QStringLiteral("/v2/%1/blobs/%2").arg(repository, digest);
    call.repository = repository;
    PH_ASSIGN(const net::Response reply, m_session->send(call, token));
    if (digestOf(reply.body, digest) != digest)
        return invalid(QStringLiteral("The registry %1 gave other bytes than the digest %2 says.").arg(access().host, digest), repository, QStringLiteral("Do not deploy this."));
    return reply.body;
}

Result<ImageInfo> ImageRegistry::image(const ImageReference &image, std::stop_token token, const QString &platform) {
    PH_ASSIGN(const Manifest top, manifest(image.repository, image.wanted(), token));
    ImageInfo info;
    info.reference = image;
    info.digest = top.digest;
    info.mediaType = top.mediaType;
    Manifest one = top;
    if (isIndex(top.mediaType, top.object)) {
        info.platforms = platformsOf(top.object);
        if (info.platforms.empty())
            return invalid(QStringLiteral("%1 is an index without an image.").arg(image.text()), access().host);
        const ImagePlatform &wanted = chosen(info.platforms, platform);
        info.platform = wanted.text();
        PH_ASSIGN(one, manifest(image.repository, wanted.digest, token));
    }
    info.platformDigest = one.digest;
    const QJsonObject config = one.object.value(Q("config")).toObject();
    info.configDigest = config.value(Q("digest")).toString();
    info.bytes = config.value(Q("size")).toInteger();
    for (const QJsonValue &layer : one.object.value(Q("layers")).toArray())
        info.bytes += layer.toObject().value(Q("size")).toInteger();
    QJsonObject read;
    if (const QString type = config.value(Q("mediaType")).toString(); type.contains(Q("image.config")) || type.contains(Q("container.image"))) { // another artifact has none
        PH_ASSIGN(const QByteArray bytes, blob(image.repository, info.configDigest, token));
        PH_ASSIGN(read, parseJsonObject(bytes, info.configDigest));
    }
    if (info.platform.isEmpty() && read.contains(Q("architecture")))
        info.platform = read.value(Q("os")).toString() + QLatin1Char('/') + read.value(Q("architecture")).toString();
    readLabels(info, read, one.object, info.platforms.empty() ? QJsonObject() : top.object);
    if (const auto source = factsSource()) {
        if (const auto facts = source->facts(image.withDigest(image.digest), token)) {
            info.pushed = facts->pushed;
            info.scan = facts->scan;
            info.tags = facts->tags;
        } else if (facts.error().kind == ErrorKind::Cancelled) {
            return facts.error();
        }
    }
    return info;
}

} // namespace pilothouse::cluster
