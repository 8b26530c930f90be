// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/azureml_blobs.h"

#include "core/base/hash.h"
#include "core/base/redact.h"
#include "core/net/directory_token.h"

#include <QUrl>
#include <QXmlStreamReader>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
constexpr const char *version = "2021-08-06";

QString encoded(const QString &text, const QByteArray &but = {}) { return QString::fromLatin1(QUrl::toPercentEncoding(text, but)); }

/// <Error><Code>…</Code><Message>…</Message></Error>
Error blobError(const net::Request &request, const net::Response &response) {
    Error error = net::statusError(request, response);
    QXmlStreamReader xml(response.body);
    QString code, message;
    while (!xml.atEnd())
        if (xml.readNext() == QXmlStreamReader::StartElement) {
            if (xml.name() == Q("Code"))
                code = xml.readElementText();
            else if (xml.name() == Q("Message"))
                message = xml.readElementText().section(QLatin1Char('\n'), 0, 0);
        }
    if (!code.isEmpty())
        error.what = QStringLiteral("The blob store: %1 (%2)").arg(redact(message.left(300)), code);
    if (response.status == 403)
        error.hint = QStringLiteral("The signature has run out, or the network rules of the storage account keep this computer out.");
    return error;
}

} // namespace

QString AzureContainer::address(const QString &blob) const { return url + QLatin1Char('/') + encoded(blob, "/") + QLatin1Char('?') + sas; }

Result<AzureContainer> azureContainer(const QString &signedAddress, const QString &caFile) {
    AzureContainer container{signedAddress.section(QLatin1Char('?'), 0, 0), signedAddress.section(QLatin1Char('?'), 1), caFile};
    while (container.url.endsWith(QLatin1Char('/')))
        container.url.chop(1);
    if (!net::isSafeForSecrets(container.url))
        return refused(QStringLiteral("Azure ML names an address that is not safe to follow."), QUrl(container.url).host(), QStringLiteral("Only https:// is followed."));
    return container;
}

QString azureSignature(const QString &account, const QString &container, const QByteArray &key, const QDateTime &until) {
    const QString end = until.toUTC().toString(QStringLiteral("yyyy-MM-ddTHH:mm:ssZ"));
    // permissions, start, expiry, resource, identifier, addresses, protocol, version, kind, snapshot, encryption scope, and five response headers
    const QStringList said{QStringLiteral("rl"), {}, end, QStringLiteral("/blob/%1/%2").arg(account, container), {}, {}, {}, Q(version), QStringLiteral("c"), {}, {}, {}, {}, {}, {}, {}};
    const QByteArray signature = hmacSha256(QByteArray::fromBase64(key), said.join(QLatin1Char('\n')).toUtf8()).toBase64();
    return QStringLiteral("sp=rl&se=%1&sv=%2&sr=c&sig=%3").arg(encoded(end), Q(version), encoded(QString::fromLatin1(signature)));
}

Result<std::vector<AzureBlob>> azureBlobs(net::HttpClient &http, const AzureContainer &container, const QString &prefix, std::stop_token token) {
    std::vector<AzureBlob> all;
    QString marker;
    for (int pages = 0; pages < 200; ++pages) {
        net::Request request;
        request.url = QStringLiteral("%1?restype=container&comp=list&prefix=%2%3&%4").arg(container.url, encoded(prefix), marker.isEmpty() ? QString() : QStringLiteral("&marker=") + encoded(marker), container.sas);
        request.caFile = container.caFile;
        request.headers << net::Header{"x-ms-version", version};
        PH_ASSIGN(const net::Response reply, http.send(request, token));
        if (reply.status >= 300)
            return blobError(request, reply);
        QXmlStreamReader xml(reply.body);
        marker.clear();
        while (!xml.atEnd()) {
            if (xml.readNext() != QXmlStreamReader::StartElement)
                continue;
            if (xml.name() == Q("Blob"))
                all.push_back({});
            else if (xml.name() == Q("Name") && !all.empty())
                all.back().name = xml.readElementText();
            else if (xml.name() == Q("Content-Length") && !all.empty())
                all.back().bytes = xml.readElementText().toLongLong();
            else if (xml.name() == Q("Content-MD5") && !all.empty())
                all.back().md5 = QString::fromLatin1(QByteArray::fromBase64(xml.readElementText().toLatin1()).toHex());
            else if (xml.name() == Q("NextMarker"))
                marker = xml.readElementText();
        }
        if (xml.hasError())
            return invalid(QStringLiteral("The blob store sent a list that cannot be read: %1.").arg(xml.errorString()), net::requestPlace(request));
        if (marker.isEmpty())
            break;
    }
    const auto isFolder = [names = [&] { std::vector<QString> n; for (const AzureBlob &blob : all) n.push_back(blob.name); std::sort(n.begin(), n.end()); return n; }()](const AzureBlob &blob) {
        const auto below = std::lower_bound(names.begin(), names.end(), blob.name + QLatin1Char('/'));
        return blob.bytes == 0 && (blob.name.endsWith(QLatin1Char('/')) || (below != names.end() && below->startsWith(blob.name + QLatin1Char('/'))));
    };
    std::erase_if(all, isFolder);
    return all;
}

Result<void> putAzureBlob(net::HttpClient &http, const AzureContainer &container, const QString &name, const QString &file, const QByteArray &md5, std::stop_token token) {
    net::Request request;
    request.method = "PUT";
    request.url = container.address(name);
    request.bodyFile = file;
    request.caFile = container.caFile;
    request.idempotent = true;
    request.timeoutMs = 0;
    request.stallSeconds = 60;
    request.headers = {net::Header{"x-ms-version", version}, net::Header{"x-ms-blob-type", "BlockBlob"}, net::Header{"Content-Type", "application/octet-stream"}, net::Header{"Content-MD5", md5.toBase64()}};
    PH_ASSIGN(const net::Response reply, http.send(request, token));
    return reply.status >= 300 ? Result<void>(blobError(request, reply)) : Result<void>();
}

} // namespace pilothouse::pipelines
