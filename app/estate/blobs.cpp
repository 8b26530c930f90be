// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/blobs.h"

#include "app/estate/wire.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QUrl>

namespace pilothouse::estate {

namespace {

Answer refused(int status, const char *code, const char *message)
{
    return Answer::text(QByteArray("<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>") + code + "</Code><Message>" + message + "</Message></Error>", status, "application/xml");
}

QString signatureOf(const QString &path, const QString &until)
{
    return hexName(QStringLiteral("estate %1 %2").arg(path, until), 40);
}

} // namespace

void BlobStandIn::keep(const QString &path, const QByteArray &bytes, const QByteArray &type)
{
    m_kept[path] = bytes;
    m_types[path] = type;
    m_sums[path] = QCryptographicHash::hash(bytes, QCryptographicHash::Md5).toBase64();
    if (m_damaged.count(path) && !bytes.isEmpty())
        m_kept[path][0] = static_cast<char>(bytes[0] ^ 1);
}

QString BlobStandIn::signedUrl(const QString &base, const QString &path, int seconds)
{
    const QString until = now().addSecs(seconds).toUTC().toString(Qt::ISODate);
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("sv"), QStringLiteral("2024-11-04"));
    query.addQueryItem(QStringLiteral("sp"), QStringLiteral("r"));
    query.addQueryItem(QStringLiteral("se"), QString::fromLatin1(QUrl::toPercentEncoding(until)));
    query.addQueryItem(QStringLiteral("sig"), signatureOf(path, until));
    return base + QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(path, "/")) + QLatin1Char('?') + query.toString(QUrl::FullyEncoded);
}

Answer BlobStandIn::answer(const Call &call)
{
    if (!call.header("authorization").isEmpty()) // BACKEND_APIS.md §3: Authorization and a signature at once
        return refused(400, "InvalidArgument", "Only one auth mechanism allowed; only the signature query parameters or the Authorization header should be specified");
    const QString path = QUrl::fromPercentEncoding(call.path.mid(1).toUtf8());
    if (path.startsWith(QLatin1String("estatestore/")))
        return account(call, path);
    const QString until = call.query.queryItemValue(QStringLiteral("se"), QUrl::FullyDecoded);
    if (call.query.queryItemValue(QStringLiteral("sig")) != signatureOf(path, until) || QDateTime::fromString(until, Qt::ISODate) < now())
        return refused(403, "AuthenticationFailed", "Server failed to authenticate the request. Signature not valid in the specified time frame.");
    return given(call, path);
}

Answer BlobStandIn::given(const Call &call, const QString &path) const
{
    const auto found = m_kept.find(path);
    if (found == m_kept.end())
        return refused(404, "BlobNotFound", "The specified blob does not exist.");
    const QByteArray range = call.header("range"), &all = found->second;
    const QByteArray type = m_types.count(path) ? m_types.at(path) : QByteArray("application/octet-stream");
    if (range.startsWith("bytes=")) { // of a piece the store tells the length, and no digest
        const qsizetype dash = range.indexOf('-');
        const bool tail = dash == 6;
        const qint64 from = tail ? std::max<qint64>(0, all.size() - range.mid(7).toLongLong()) : range.mid(6, dash - 6).toLongLong();
        const qint64 to = tail || dash + 1 == range.size() ? all.size() - 1 : std::min<qint64>(all.size() - 1, range.mid(dash + 1).toLongLong());
        if (from >= all.size())
            return refused(416, "InvalidRange", "The range specified is invalid for the current size of the resource.");
        Answer piece = Answer::text(all.mid(from, to - from + 1), 206, type);
        piece.headers.emplace_back("Content-Range", "bytes " + QByteArray::number(from) + "-" + QByteArray::number(to) + "/" + QByteArray::number(all.size()));
        return piece;
    }
    Answer answer = Answer::text(all, 200, type);
    answer.headers.emplace_back("Content-MD5", m_sums.at(path));
    answer.headers.emplace_back("x-ms-blob-type", "BlockBlob");
    return answer;
}

QByteArray BlobStandIn::accountKey() { return QByteArray("the key of the estate's storage account, for nothing else").toBase64(); }

namespace {

/// What a container's signature is made of (learn.microsoft.com, "Create a service SAS", version 2020-12-06 and later).
QString containerSignatureOf(const QString &container, const QString &permissions, const QString &start, const QString &until, const QString &version)
{
    const QString said = QStringLiteral("%1\n%2\n%3\n/blob/estatestore/%4\n\n\n\n%5\nc\n\n\n\n\n\n\n").arg(permissions, start, until, container, version);
    return QString::fromLatin1(QMessageAuthenticationCode::hash(said.toUtf8(), QByteArray::fromBase64(BlobStandIn::accountKey()), QCryptographicHash::Sha256).toBase64());
}

} // namespace

QString BlobStandIn::containerSignature(const QString &container, const QString &permissions, int seconds) const
{
    const QString until = now().addSecs(seconds).toUTC().toString(Qt::ISODate), version = QStringLiteral("2021-08-06");
    const auto encoded = [](const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); };
    return QStringLiteral("sv=%1&sr=c&sp=%2&se=%3&sig=%4").arg(version, permissions, encoded(until), encoded(containerSignatureOf(container, permissions, {}, until, version)));
}

Answer BlobStandIn::account(const Call &call, const QString &path)
{
    const auto value = [&](const char *key) { return call.query.queryItemValue(QLatin1String(key), QUrl::FullyDecoded); };
    const QString container = path.section(QLatin1Char('/'), 1, 1), blob = path.section(QLatin1Char('/'), 2), permissions = value("sp");
    if (value("sr") != QLatin1String("c") || value("sig") != containerSignatureOf(container, permissions, value("st"), value("se"), value("sv")) || QDateTime::fromString(value("se"), Qt::ISODate) < now())
        return refused(403, "AuthenticationFailed", "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.");
    const bool list = blob.isEmpty() && value("comp") == QLatin1String("list");
    const char needed = list ? 'l' : call.method == "PUT" ? 'w' : 'r';
    if (!permissions.contains(QLatin1Char(needed)))
        return refused(403, "AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.");
    if (list)
        return listed(call, container);
    if (call.method != "PUT")
        return given(call, path);
    if (call.header("x-ms-blob-type") != "BlockBlob")
        return refused(400, "MissingRequiredHeader", "An HTTP header that's mandatory for this request is not specified.");
    const QByteArray told = call.header("content-md5");
    if (!told.isEmpty() && QCryptographicHash::hash(call.body, QCryptographicHash::Md5).toBase64() != told)
        return refused(400, "Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server.");
    keep(path, call.body, call.header("content-type"));
    Answer made = Answer::text({}, 201);
    made.headers.emplace_back("Content-MD5", m_sums[path]);
    return made;
}

Answer BlobStandIn::listed(const Call &call, const QString &container) const
{
    const auto value = [&](const char *key) { return call.query.queryItemValue(QLatin1String(key), QUrl::FullyDecoded); };
    const QString folder = QStringLiteral("estatestore/%1/").arg(container), prefix = folder + value("prefix"), marker = value("marker");
    const int most = value("maxresults").isEmpty() ? 5000 : value("maxresults").toInt();
    QString blobs, next;
    int count = 0;
    for (const auto &[path, bytes] : m_kept) {
        if (!path.startsWith(prefix) || path < marker)
            continue;
        if (count++ == most) {
            next = path;
            break;
        }
        blobs += QStringLiteral("<Blob><Name>%1</Name><Properties><Content-Length>%2</Content-Length><Content-MD5>%3</Content-MD5><BlobType>BlockBlob</BlobType></Properties></Blob>")
                     .arg(path.mid(folder.size()).toHtmlEscaped()).arg(bytes.size()).arg(QString::fromLatin1(m_sums.at(path)));
    }
    return Answer::text(QStringLiteral("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"%1\"><Blobs>%2</Blobs><NextMarker>%3</NextMarker></EnumerationResults>").arg(container, blobs, next).toUtf8(), 200, "application/xml");
}

QJsonObject BlobStandIn::control(const QString &verb, const QJsonObject &details)
{
    if (verb == QLatin1String("kept")) {
        QJsonArray paths;
        for (const auto &[path, bytes] : m_kept)
            paths.append(QJsonObject{{QStringLiteral("path"), path}, {QStringLiteral("size"), bytes.size()}});
        return {{QStringLiteral("kept"), paths}};
    }
    if (verb == QLatin1String("keep")) {
        keep(details[QStringLiteral("path")].toString(), QByteArray::fromBase64(details[QStringLiteral("base64")].toString().toLatin1()), details[QStringLiteral("type")].toString(QStringLiteral("text/plain")).toLatin1());
        return {{QStringLiteral("path"), details[QStringLiteral("path")]}};
    }
    if (verb == QLatin1String("digest")) { // as the service makes it: how many, each name and size, then all bytes; by name in lower case
        const QString folder = details[QStringLiteral("path")].toString() + QLatin1Char('/');
        std::map<QString, std::pair<QString, QByteArray>> files;
        for (const auto &[path, bytes] : m_kept)
            if (path.startsWith(folder))
                files[path.mid(folder.size()).toLower()] = {path.mid(folder.size()), bytes};
        QCryptographicHash hash(QCryptographicHash::Sha256);
        hash.addData(QByteArray::number(qsizetype(files.size())));
        for (const auto &[lower, file] : files)
            hash.addData("#" + file.first.toUtf8() + "#" + QByteArray::number(file.second.size()));
        for (const auto &[lower, file] : files)
            hash.addData(file.second);
        return {{QStringLiteral("sha256"), QString::fromLatin1(hash.result().toHex())}, {QStringLiteral("files"), qint64(files.size())}};
    }
    if (verb == QLatin1String("damage")) {
        const auto found = m_kept.find(details[QStringLiteral("path")].toString());
        if (found == m_kept.end() || found->second.isEmpty())
            return {{QStringLiteral("error"), QStringLiteral("nothing is kept there")}};
        if (m_damaged.insert(found->first).second)
            found->second[0] = static_cast<char>(found->second[0] ^ 1);
        return {{QStringLiteral("path"), found->first}};
    }
    return StandIn::control(verb, details);
}

} // namespace pilothouse::estate
