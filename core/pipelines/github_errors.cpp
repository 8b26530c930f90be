// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/github_api.h"

#include "core/base/redact.h"

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

/// {"message", "errors": [{"resource","field","code","message"} | "text"]}
QString wordsOf(const QJsonObject &body) {
    QStringList words{body.value(Q("message")).toString()};
    for (const QJsonValue &error : body.value(Q("errors")).toArray())
        words << (error.isString() ? error.toString() : error.toObject().value(Q("message")).toString(error.toObject().value(Q("field")).toString() + QLatin1Char(' ') + error.toObject().value(Q("code")).toString()));
    words.removeAll(QString());
    return redact(words.join(Q(": "))).left(500);
}

/// GitHub names the right that a fine-grained token lacks: "x-accepted-github-permissions: actions=write".
QString rightOf(const net::Response &response) {
    if (const QByteArray sso = response.header("X-GitHub-SSO"); sso.startsWith("required"))
        return QStringLiteral("The organisation wants the token authorised for its single sign-on: Settings ▸ Developer settings ▸ the token ▸ Configure SSO.");
    const QString named = QString::fromUtf8(response.header("x-accepted-github-permissions")).left(200);
    if (!named.isEmpty())
        return QStringLiteral("The token needs the right %1 for this repository.").arg(QString(named).replace(QLatin1Char('='), Q(": ")));
    const QString scopes = QString::fromUtf8(response.header("x-accepted-oauth-scopes")).left(200);
    return scopes.isEmpty() ? QStringLiteral("Give the token Actions: read and write, Contents: read, Deployments: read and write for this repository.")
                            : QStringLiteral("A classic token needs the scope %1.").arg(scopes);
}

} // namespace

Error githubError(const net::Request &request, const net::Response &response) {
    const QString where = redact(net::requestPlace(request));
    const QByteArray begin = response.body.left(512).trimmed().toLower();
    const QString raw = redact(QString::fromUtf8(response.body.left(2000)));
    if (begin.startsWith("<!doctype html") || begin.startsWith("<html")) {
        if (response.status >= 500)
            return {ErrorKind::Unreachable, QStringLiteral("GitHub answered with an error page (%1).").arg(response.status), where, QStringLiteral("Try again later; githubstatus.com says what is wrong."), raw};
        if (response.status < 400)
            return {ErrorKind::Invalid, QStringLiteral("A web page came instead of GitHub's answer."), where, QStringLiteral("Is a login page of a proxy in front of it? Of an Enterprise server the address ends in /api/v3."), raw};
    }
    const QString words = wordsOf(QJsonDocument::fromJson(response.body).object());
    const auto sentence = [&](const QString &own) { return words.isEmpty() ? own : own.chopped(own.endsWith(QLatin1Char('.')) ? 1 : 0) + Q(": ") + words; };
    switch (response.status) {
    case 401: return {ErrorKind::Denied, sentence(QStringLiteral("GitHub does not take the token.")), where, QStringLiteral("It may have expired or been revoked: make a new one and keep it with “pilot secrets set”."), raw};
    case 403: return {ErrorKind::Denied, sentence(QStringLiteral("GitHub does not allow this.")), where, rightOf(response), raw};
    case 404: return {ErrorKind::NotFound, sentence(QStringLiteral("GitHub does not have this, or the token may not see it.")), where, QStringLiteral("Check owner, repository and name. ") + rightOf(response), raw};
    case 409: return {ErrorKind::Conflict, sentence(QStringLiteral("It has changed meanwhile.")), where, QStringLiteral("Look again and decide anew."), raw};
    case 410: return {ErrorKind::NotFound, sentence(QStringLiteral("GitHub does not keep this any more.")), where, QStringLiteral("Logs and artifacts are kept for 90 days, or as the repository's settings say."), raw};
    case 422: return {ErrorKind::Invalid, sentence(QStringLiteral("GitHub refused what was sent.")), where, {}, raw};
    default: break;
    }
    if (response.status >= 500)
        return {ErrorKind::Unreachable, sentence(QStringLiteral("GitHub answered with error %1.").arg(response.status)), where, QStringLiteral("Try again later; githubstatus.com says what is wrong."), raw};
    if (response.status >= 400)
        return net::statusError(request, response);
    return {ErrorKind::Invalid, QStringLiteral("GitHub's answer (%1) is not JSON.").arg(response.status), where, QStringLiteral("Is it GitHub that answers at this address?"), raw};
}

bool githubReplyLost(const Error &error) {
    return (error.kind == ErrorKind::TimedOut || error.kind == ErrorKind::Unreachable) && !net::neverSent(error) && !error.what.startsWith(Q("GitHub asks to wait"));
}

} // namespace pilothouse::pipelines
