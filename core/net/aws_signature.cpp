// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/aws_signature.h"

#include "core/base/hash.h"

#include <QMap>
#include <QUrl>

#include <algorithm>

namespace pilothouse::net {

namespace {

/// As libcurl sends it: without the port that the scheme has by itself.
QByteArray hostHeader(const QUrl &url) {
    QByteArray host = url.host(QUrl::FullyEncoded).toLatin1();
    if (host.contains(':'))
        host = '[' + host + ']';
    const int usual = url.scheme() == QLatin1String("https") ? 443 : 80;
    return url.port(usual) == usual ? host : host + ':' + QByteArray::number(url.port());
}

/// The key of one day, region and service, and its signature of a text.
QByteArray signature(const AwsSigning &aws, const QByteArray &day, const QByteArray &text) {
    const QByteArray key = hmacSha256(hmacSha256(hmacSha256(hmacSha256("AWS4" + aws.secretKey.toUtf8(), day), aws.region.toUtf8()), aws.service.toUtf8()), "aws4_request");
    return hmacSha256(key, text).toHex();
}

QByteArray scopeOf(const AwsSigning &aws, const QByteArray &day) { return day + '/' + aws.region.toUtf8() + '/' + aws.service.toUtf8() + "/aws4_request"; }

} // namespace

bool needsOwnSignature(const Request &request) {
    const qsizetype query = request.url.indexOf(QLatin1Char('?'));
    return request.aws && query >= 0 && request.url.indexOf(QLatin1String("%2B"), query, Qt::CaseInsensitive) >= 0;
}

QList<Header> awsSignature(const Request &request, const QDateTime &now) {
    const AwsSigning &aws = *request.aws;
    const QByteArray time = now.toUTC().toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'")).toLatin1(), day = time.left(8), digest = sha256Hex(request.body).toLatin1();
    // Path and query exactly as they stand in the URL: the caller encoded and sorted them.
    const QByteArray url = request.url.toUtf8();
    const qsizetype path = url.indexOf('/', url.indexOf("://") + 3), mark = url.indexOf('?');
    QMap<QByteArray, QByteArray> signedHeaders{{"host", hostHeader(QUrl(request.url))}, {"x-amz-content-sha256", digest}, {"x-amz-date", time}};
    if (!aws.sessionToken.isEmpty())
        signedHeaders.insert("x-amz-security-token", aws.sessionToken.toUtf8());
    for (const Header &header : request.headers)
        if (const QByteArray name = header.name.toLower(); name.startsWith("x-amz-") || name == "content-md5")
            signedHeaders.insert(name, header.value.simplified());
    QByteArray headers;
    for (auto it = signedHeaders.begin(); it != signedHeaders.end(); ++it)
        headers += it.key() + ':' + it.value() + '\n';
    const QByteArray names = QByteArrayList(signedHeaders.keys()).join(';');
    QByteArrayList query = mark < 0 ? QByteArrayList() : url.mid(mark + 1).split('&');
    std::sort(query.begin(), query.end());
    const QByteArray canonical = request.method + '\n' + (mark < 0 ? url.mid(path) : url.mid(path, mark - path)) + '\n' + query.join('&') + '\n' + headers + '\n' + names + '\n' + digest;
    const QByteArray scope = scopeOf(aws, day), text = "AWS4-HMAC-SHA256\n" + time + '\n' + scope + '\n' + sha256Hex(canonical).toLatin1();
    return {{"X-Amz-Date", time}, {"Authorization", "AWS4-HMAC-SHA256 Credential=" + aws.accessKey.toUtf8() + '/' + scope + ", SignedHeaders=" + names + ", Signature=" + signature(aws, day, text)}};
}

QByteArray awsPresignedUrl(const QByteArray &method, const QByteArray &url, const QList<Header> &headers, const AwsSigning &aws, const QDateTime &now, int seconds, const QByteArray &digest) {
    const QByteArray time = now.toUTC().toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'")).toLatin1(), day = time.left(8), scope = scopeOf(aws, day);
    const qsizetype mark = url.indexOf('?'), path = url.indexOf('/', url.indexOf("://") + 3);
    QMap<QByteArray, QByteArray> signedHeaders{{"host", hostHeader(QUrl(QString::fromUtf8(url)))}};
    for (const Header &header : headers)
        signedHeaders.insert(header.name.toLower(), header.value.simplified());
    const QByteArray names = QByteArrayList(signedHeaders.keys()).join(';');
    QByteArrayList query = mark < 0 ? QByteArrayList() : url.mid(mark + 1).split('&');
    const auto add = [&](const QByteArray &name, const QByteArray &value) { query << name + '=' + value.toPercentEncoding(); };
    add("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
    add("X-Amz-Credential", aws.accessKey.toUtf8() + '/' + scope);
    add("X-Amz-Date", time);
    add("X-Amz-Expires", QByteArray::number(seconds));
    add("X-Amz-SignedHeaders", names);
    if (!aws.sessionToken.isEmpty())
        add("X-Amz-Security-Token", aws.sessionToken.toUtf8());
    std::sort(query.begin(), query.end());
    QByteArray canonical = method + '\n' + (mark < 0 ? url.mid(path) : url.mid(path, mark - path)) + '\n' + query.join('&') + '\n';
    for (auto it = signedHeaders.begin(); it != signedHeaders.end(); ++it)
        canonical += it.key() + ':' + it.value() + '\n';
    canonical += '\n' + names + '\n' + digest;
    const QByteArray text = "AWS4-HMAC-SHA256\n" + time + '\n' + scope + '\n' + sha256Hex(canonical).toLatin1();
    return (mark < 0 ? url : url.left(mark)) + '?' + query.join('&') + "&X-Amz-Signature=" + signature(aws, day, text);
}

} // namespace pilothouse::net
