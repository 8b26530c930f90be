// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/s3.h"
#include "core/sources/s3_xml.h"

#include "core/base/hash.h"

#include <QLocale>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace pilothouse::sources {

namespace {

QString withoutQuotes(QString etag) {
    etag = etag.trimmed();
    return etag.size() > 1 && etag.startsWith(QLatin1Char('"')) && etag.endsWith(QLatin1Char('"')) ? etag.mid(1, etag.size() - 2) : etag;
}

/// "Sat, 21 Nov 2026 15:00:00 GMT" of a header.
QDateTime headerTime(const QByteArray &text) {
    QDateTime time = QLocale::c().toDateTime(QString::fromLatin1(text), QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
    time.setTimeSpec(Qt::UTC);
    return time;
}

S3Object objectOf(const S3Location &location, const net::Response &response) {
    S3Object object;
    object.key = location.key;
    object.etag = withoutQuotes(QString::fromLatin1(response.header("ETag")));
    object.versionId = QString::fromLatin1(response.header("x-amz-version-id"));
    object.lastModified = headerTime(response.header("Last-Modified"));
    object.bytes = response.header("Content-Length").toLongLong();
    return object;
}

/// Names in a listing come url-encoded (asked for: a key may hold what XML cannot) if the page says so; a space as "+" or "%20", a plus as
/// "%2B".
QString decodedKey(const QString &text, const XmlElement &page) {
    return page.value("EncodingType") == QLatin1String("url") ? QString::fromUtf8(QByteArray::fromPercentEncoding(text.toUtf8().replace('+', ' '))) : text;
}

S3Object objectOf(const XmlElement &entry, const XmlElement &page) {
    S3Object object;
    object.key = decodedKey(entry.value("Key"), page);
    object.versionId = entry.value("VersionId");
    object.etag = withoutQuotes(entry.value("ETag"));
    object.lastModified = QDateTime::fromString(entry.value("LastModified"), Qt::ISODateWithMs);
    object.bytes = entry.value("Size").toLongLong();
    object.latest = entry.value("IsLatest") != QLatin1String("false");
    object.deleted = entry.name == QLatin1String("DeleteMarker");
    return object;
}

/// What the server compares the bytes with that arrive.
QByteArray contentMd5(const QByteArray &bytes) {
    Hasher hasher(Hasher::Kind::Md5);
    hasher.add(bytes);
    return hasher.raw().toBase64();
}

Error endless(const S3Location &where) {
    return invalid(QStringLiteral("The listing does not end: the server names a next page that was there already."), where.text());
}

} // namespace

Result<S3Location> parseS3Url(const QString &url) {
    static const QRegularExpression form(QStringLiteral("^s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?$"), QRegularExpression::DotMatchesEverythingOption);
    const auto match = form.match(url);
    if (!match.hasMatch())
        return invalid(QStringLiteral("“%1” is not the address of an S3 object.").arg(url), {}, QStringLiteral("Write s3://BUCKET/KEY; a bucket's name has 3 to 63 of a–z, 0–9, - and the dot."));
    return S3Location{match.captured(1), match.captured(2)};
}

net::Request S3Client::request(const QByteArray &method, const S3Location &object, Query query, const QByteArray &body) const {
    QUrl base(m_endpoint.url.isEmpty() ? QStringLiteral("https://s3.%1.amazonaws.com").arg(m_endpoint.region) : m_endpoint.url);
    QString path = base.path(QUrl::FullyEncoded);
    while (path.endsWith(QLatin1Char('/')))
        path.chop(1);
    // A dot in the name breaks the wildcard certificate of bucket.host.
    const bool hostStyle = !m_endpoint.pathStyle && !object.bucket.contains(QLatin1Char('.')) && !object.bucket.isEmpty();
    if (hostStyle)
        base.setHost(object.bucket + QLatin1Char('.') + base.host());
    else if (!object.bucket.isEmpty())
        path += QLatin1Char('/') + object.bucket;
    path += QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(object.key, "/"));
    std::sort(query.begin(), query.end());
    QByteArrayList fields;
    for (const auto &[key, value] : query)
        fields << QUrl::toPercentEncoding(QString::fromLatin1(key)) + '=' + QUrl::toPercentEncoding(value);
    net::Request request;
    request.method = method;
    request.url = base.scheme() + QStringLiteral("://") + base.authority(QUrl::FullyEncoded) + path;
    if (!fields.isEmpty())
        request.url += QLatin1Char('?') + QString::fromLatin1(fields.join('&'));
    request.body = body;
    request.caFile = m_endpoint.caFile;
    request.rawBytes = true;
    request.headers = {{"Content-Type", "application/octet-stream"}};
    if (!m_endpoint.credentials.isAnonymous())
        request.aws = net::AwsSigning{m_endpoint.credentials.accessKey, m_endpoint.credentials.secretKey, m_endpoint.credentials.sessionToken, m_endpoint.region};
    return request;
}

Result<net::Response> S3Client::send(const net::Request &request, const S3Location &object, std::stop_token stop) const {
    PH_ASSIGN(net::Response response, m_http->send(request, stop));
    if (response.status < 300)
        return response;
    if (request.method == "HEAD" && (response.status == 400 || response.status == 403)) { // it has no body; a GET says whether it is the secret, the clock or a right
        net::Request ask = request;
        ask.method = "GET";
        if (object.key.isEmpty())
            ask.url += QStringLiteral("?max-keys=1"); // of a bucket GET is a listing
        else
            ask.headers.append(net::Header{"Range", "bytes=0-0"});
        if (const auto told = m_http->send(ask, stop); told && told->status >= 400 && !told->body.isEmpty())
            return s3Error(object, m_endpoint, ask, *told);
    }
    return s3Error(object, m_endpoint, request, response);
}

net::Request S3Client::getRequest(const S3Location &object, const QString &version) const {
    net::Request get = request("GET", object, version.isEmpty() ? Query{} : Query{{"versionId", version}});
    get.timeoutMs = 0;
    get.stallSeconds = 60;
    return get;
}

Result<S3Object> S3Client::head(const S3Location &object, const QString &version, std::stop_token stop) const {
    const net::Request ask = request("HEAD", object, version.isEmpty() ? Query{} : Query{{"versionId", version}});
    PH_ASSIGN(const net::Response response, send(ask, object, stop));
    return objectOf(object, response);
}

Result<std::vector<S3Object>> S3Client::list(const QString &bucket, const QString &prefix, std::stop_token stop) const {
    std::vector<S3Object> all;
    QString next;
    for (;;) {
        Query query{{"list-type", QStringLiteral("2")}, {"encoding-type", QStringLiteral("url")}, {"prefix", prefix}};
        if (!next.isEmpty())
            query.push_back({"continuation-token", next});
        const net::Request ask = request("GET", {bucket, {}}, query);
        PH_ASSIGN(const net::Response response, send(ask, {bucket, {}}, stop));
        PH_ASSIGN(const XmlElement page, parseXml(response.body, ask.url));
        for (const XmlElement &entry : page.children)
            if (entry.name == QLatin1String("Contents"))
                all.push_back(objectOf(entry, page));
        const QString following = page.value("NextContinuationToken");
        if (page.value("IsTruncated") != QLatin1String("true") || following.isEmpty())
            return all;
        if (following == next)
            return endless({bucket, prefix});
        next = following;
    }
}

Result<std::vector<S3Object>> S3Client::versions(const S3Location &object, std::stop_token stop) const {
    std::vector<S3Object> all;
    QString nextKey, nextVersion;
    for (;;) {
        Query query{{"versions", {}}, {"encoding-type", QStringLiteral("url")}, {"prefix", object.key}};
        if (!nextKey.isEmpty())
            query.push_back({"key-marker", nextKey});
        if (!nextVersion.isEmpty())
            query.push_back({"version-id-marker", nextVersion});
        const net::Request ask = request("GET", {object.bucket, {}}, query);
        PH_ASSIGN(const net::Response response, send(ask, {object.bucket, {}}, stop));
        PH_ASSIGN(const XmlElement page, parseXml(response.body, ask.url));
        for (const XmlElement &entry : page.children)
            if (entry.name == QLatin1String("Version") || entry.name == QLatin1String("DeleteMarker"))
                if (S3Object version = objectOf(entry, page); version.key == object.key)
                    all.push_back(std::move(version));
        const QString key = decodedKey(page.value("NextKeyMarker"), page), version = page.value("NextVersionIdMarker");
        // Keys come sorted: once the marker is past ours, no version of it follows.
        if (page.value("IsTruncated") != QLatin1String("true") || key.isEmpty() || key.toUtf8() > object.key.toUtf8())
            break;
        if (key == nextKey && version == nextVersion)
            return endless(object);
        nextKey = key;
        nextVersion = version;
    }
    if (all.empty())
        return notFound(QStringLiteral("There is no object “%1” in the bucket “%2”.").arg(object.key, object.bucket), object.text(),
                        QStringLiteral("List what is there with `pilot data list s3://%1/`.").arg(object.bucket));
    std::stable_sort(all.begin(), all.end(), [](const S3Object &a, const S3Object &b) { return a.latest != b.latest ? a.latest : a.lastModified > b.lastModified; });
    return all;
}

Result<S3Object> S3Client::put(const S3Location &object, const QByteArray &bytes, std::stop_token stop) const {
    net::Request write = request("PUT", object, {}, bytes);
    write.headers.append({"Content-MD5", contentMd5(bytes)});
    write.timeoutMs = 0;
    write.stallSeconds = 60;
    PH_ASSIGN(const net::Response response, send(write, object, stop));
    S3Object written = objectOf(object, response);
    written.bytes = bytes.size();
    return written;
}

Result<QStringList> S3Client::buckets(std::stop_token stop) const {
    const net::Request ask = request("GET", {});
    PH_ASSIGN(const net::Response response, send(ask, {}, stop));
    PH_ASSIGN(const XmlElement reply, parseXml(response.body, ask.url));
    QStringList names;
    for (const XmlElement &list : reply.children)
        for (const XmlElement &bucket : list.name == QLatin1String("Buckets") ? list.children : std::vector<XmlElement>())
            names << bucket.value("Name");
    return names;
}

Result<bool> S3Client::bucketExists(const QString &bucket, std::stop_token stop) const {
    const auto seen = send(request("HEAD", {bucket, {}}), {bucket, {}}, stop);
    if (!seen && seen.error().kind != ErrorKind::NotFound)
        return seen.error();
    return seen.has_value();
}

Result<void> S3Client::createBucket(const QString &bucket, std::stop_token stop) const {
    QByteArray body; // us-east-1 is the one region that must not be named
    if (m_endpoint.region != QLatin1String("us-east-1"))
        body = "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>" + m_endpoint.region.toHtmlEscaped().toUtf8() +
               "</LocationConstraint></CreateBucketConfiguration>";
    PH_ASSIGN(const net::Response made, send(request("PUT", {bucket, {}}, {}, body), {bucket, {}}, stop));
    (void)made;
    return {};
}

Result<void> S3Client::remove(const S3Location &object, const QString &version, std::stop_token stop) const {
    PH_ASSIGN(const net::Response gone, send(request("DELETE", object, version.isEmpty() ? Query{} : Query{{"versionId", version}}), object, stop));
    (void)gone;
    return {};
}

} // namespace pilothouse::sources
