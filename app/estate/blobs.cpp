// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/blobs.h"

#include "app/estate/wire.h"

#include <QCryptographicHash>
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
    const QString until = call.query.queryItemValue(QStringLiteral("se"), QUrl::FullyDecoded);
    if (call.query.queryItemValue(QStringLiteral("sig")) != signatureOf(path, until) || QDateTime::fromString(until, Qt::ISODate) < now())
        return refused(403, "AuthenticationFailed", "Server failed to authenticate the request. Signature not valid in the specified time frame.");
    const auto found = m_kept.find(path);
    if (found == m_kept.end())
        return refused(404, "BlobNotFound", "The specified blob does not exist.");
    Answer answer = Answer::text(found->second, 200, m_types[path]);
    answer.headers.emplace_back("Content-MD5", m_sums[path]);
    answer.headers.emplace_back("x-ms-blob-type", "BlockBlob");
    return answer;
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
