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
    const QByteArray region = aws.region.toUtf8(), service = aws.service.toUtf8(), scope = day + '/' + region + '/' + service + "/aws4_request";
    const QByteArray key = hmacSha256(hmacSha256(hmacSha256(hmacSha256("AWS4" + aws.secretKey.toUtf8(), day), region), service), "aws4_request");
    const QByteArray signature = hmacSha256(key, "AWS4-HMAC-SHA256\n" + time + '\n' + scope + '\n' + sha256Hex(canonical).toLatin1()).toHex();
    return {{"X-Amz-Date", time}, {"Authorization", "AWS4-HMAC-SHA256 Credential=" + aws.accessKey.toUtf8() + '/' + scope + ", SignedHeaders=" + names + ", Signature=" + signature}};
}

} // namespace pilothouse::net
