// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/sts_role.h"

#include "core/base/redact.h"
#include "core/cluster/eks_token.h"

#include <QMap>
#include <QUrl>
#include <QXmlStreamReader>

namespace pilothouse::cluster {

namespace {

/// Texts of all elements by name; STS answers have each but once.
QMap<QString, QString> elements(const QByteArray &xml) {
    QMap<QString, QString> all;
    QXmlStreamReader reader(xml);
    QString name;
    while (!reader.atEnd()) {
        const auto token = reader.readNext();
        if (token == QXmlStreamReader::StartElement)
            name = reader.name().toString();
        else if (token == QXmlStreamReader::Characters && !reader.isWhitespace())
            all[name] += reader.text();
    }
    return reader.hasError() ? QMap<QString, QString>() : all;
}

} // namespace

Result<RoleKeys> assumeRole(net::HttpClient &http, const QString &roleArn, const QString &region, const sources::AwsCredentials &credentials, std::stop_token token) {
    net::Request request;
    request.method = "POST";
    request.url = qEnvironmentVariable("AWS_ENDPOINT_URL_STS", QString::fromLatin1(stsUrl(region)));
    if (!request.url.endsWith(QLatin1Char('/')))
        request.url += QLatin1Char('/');
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    request.body = "Action=AssumeRole&Version=2011-06-15&RoleArn=" + QUrl::toPercentEncoding(roleArn) + "&RoleSessionName=pilothouse&DurationSeconds=3600";
    request.aws = net::AwsSigning{credentials.accessKey, credentials.secretKey, credentials.sessionToken, region, QStringLiteral("sts")};
    request.idempotent = true; // keys more do no harm
    PH_ASSIGN(const net::Response reply, http.send(request, token));
    const auto found = elements(reply.body);
    const auto said = [&](const char *name) { return found.value(QLatin1String(name)); };
    if (reply.status >= 400 && !said("Message").isEmpty())
        return Error{reply.status < 500 ? ErrorKind::Denied : ErrorKind::Unreachable, QStringLiteral("AWS does not give the role %1: %2").arg(roleArn, redact(said("Message"))), net::requestPlace(request),
                     said("Code") == QLatin1String("SignatureDoesNotMatch") || said("Code") == QLatin1String("RequestExpired") ? QStringLiteral("Are the keys and this machine's clock right?") : QStringLiteral("May these keys assume this role?"), redact(said("Code"))};
    if (reply.status >= 400)
        return net::statusError(request, reply);
    RoleKeys keys{{said("AccessKeyId"), said("SecretAccessKey"), said("SessionToken")}, QDateTime::fromString(said("Expiration"), Qt::ISODateWithMs)};
    if (keys.credentials.accessKey.isEmpty() || keys.credentials.secretKey.isEmpty() || !keys.expires.isValid())
        return invalid(QStringLiteral("The answer of AWS holds no keys of the role."), net::requestPlace(request));
    return keys;
}

} // namespace pilothouse::cluster
