// SPDX-License-Identifier: GPL-3.0-or-later
// Failures of a request as an operator reads them.
#include "core/net/transfer_internal.h"

#include "core/base/redact.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cstring>

namespace pilothouse::net {

namespace {

bool hasControl(const QByteArray &bytes) {
    return std::any_of(bytes.begin(), bytes.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool isToken(const QByteArray &bytes) {
    return !bytes.isEmpty() && std::all_of(bytes.begin(), bytes.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::strchr("!#$%&'*+-.^_`|~", c);
    });
}

QString hostOf(const Request &request) {
    const QUrl url(request.url);
    return url.host() + QLatin1Char(':') + QString::number(url.port(url.scheme() == QLatin1String("https") ? 443 : 80));
}

/// How the errors begin after which nothing can have reached the server: neverSent() knows them by it.
const QString couldNot = QStringLiteral("Could not "), noSecure = QStringLiteral("No secure connection "), notTrusted = QStringLiteral("The certificate of "),
              tooLong = QStringLiteral("The reply is longer than ");

/// The texts of an error body in the shapes that the peers use.
struct BodyText {
    QString what, hint;
};

BodyText readBody(const Response &response) {
    const QJsonObject body = QJsonDocument::fromJson(response.body).object();
    const auto text = [](const QJsonObject &object, const char *key) { return object.value(QLatin1String(key)).toString(); };
    if (const QJsonValue error = body.value(QLatin1String("error")); error.isObject()) // our own servers; Kubernetes' and Azure's "message"
        return {text(error.toObject(), "what").isEmpty() ? text(error.toObject(), "message") : text(error.toObject(), "what"), text(error.toObject(), "hint")};
    else if (error.isString()) // KServe, Prometheus
        return {error.toString(), {}};
    for (const char *key : {"message", "detail", "msg"}) // MLflow {"error_code","message"}, GitHub; FastAPI
        if (!text(body, key).isEmpty())
            return {text(body, key), {}};
    return {};
}

Result<void> checkProxy(const Request &request) {
    if (request.proxy.isEmpty())
        return {};
    const QUrl proxy(request.proxy, QUrl::StrictMode);
    if (!proxy.isValid() || proxy.host().isEmpty() || !QStringList{QStringLiteral("http"), QStringLiteral("https"), QStringLiteral("socks5"), QStringLiteral("socks5h")}.contains(proxy.scheme()))
        return invalid(QStringLiteral("This is not the address of a proxy."), redact(request.proxy), QStringLiteral("Write it as http://host:port, https://host:port or socks5://host:port."));
    return {};
}

Result<void> checkTls(const Request &request) {
    if (!request.tls)
        return {};
    const Tls &tls = *request.tls;
    if (tls.certPem.isEmpty() != tls.keyPem.isEmpty())
        return invalid(tls.keyPem.isEmpty() ? QStringLiteral("There is a client certificate without its key.") : QStringLiteral("There is a client key without its certificate."), requestPlace(request));
    for (const auto &[pem, what] : {std::pair(&tls.caPem, "certificate of the authority"), std::pair(&tls.certPem, "client certificate"), std::pair(&tls.keyPem, "client key")})
        if (!pem->isEmpty() && !pem->contains("-----BEGIN "))
            return invalid(QStringLiteral("The %1 is not in PEM form.").arg(QLatin1String(what)), requestPlace(request), QStringLiteral("It begins with a line “-----BEGIN …-----”."));
    if (std::any_of(tls.serverName.begin(), tls.serverName.end(), [](QChar c) { return c.unicode() > 126 || (!c.isLetterOrNumber() && !QStringLiteral(".-_:").contains(c)); }))
        return invalid(QStringLiteral("“%1” is not a name that a server's certificate can have.").arg(redact(tls.serverName)), requestPlace(request));
    return {};
}

/// The proxy that a request goes by, without user and password.
QString proxyPlace(const Request &request) { return request.proxy.isEmpty() ? QStringLiteral("of the environment") : QUrl(request.proxy).toString(QUrl::RemoveUserInfo); }

} // namespace

QString requestPlace(const Request &request) {
    const QUrl url(request.url);
    return QString::fromLatin1(request.method) + QLatin1Char(' ') + url.toString(QUrl::RemoveQuery | QUrl::RemoveUserInfo | QUrl::RemoveFragment);
}

Result<void> checkRequest(const Request &request) {
    const QUrl url(request.url, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https")))
        return invalid(QStringLiteral("This is not an http or https address."), redact(request.url), QStringLiteral("Write it as http://host:port/path."));
    if (!isToken(request.method))
        return invalid(QStringLiteral("This is not an HTTP method."), QString::fromLatin1(request.method));
    for (const Header &header : request.headers)
        if (!isToken(header.name) || hasControl(header.value))
            return invalid(QStringLiteral("The header “%1” cannot be sent: its name or value holds a forbidden character.").arg(QString::fromLatin1(header.name)), requestPlace(request));
    if (request.aws && (request.aws->accessKey.isEmpty() || request.aws->secretKey.isEmpty() || request.aws->region.isEmpty()))
        return invalid(QStringLiteral("A request cannot be signed without an access key, its secret and a region."), requestPlace(request));
    // libcurl takes such parts out of a path, and newer ones sign no path that is to stay as it is.
    const QStringList parts = request.aws ? url.path(QUrl::FullyDecoded).split(QLatin1Char('/')) : QStringList();
    if (parts.contains(QLatin1String(".")) || parts.contains(QLatin1String("..")))
        return invalid(QStringLiteral("An object whose key has “.” or “..” between its slashes cannot be asked for."), requestPlace(request), QStringLiteral("Copy it to another key."));
    if (!request.bodyFile.isEmpty() && (!QFileInfo(request.bodyFile).isFile() || !QFileInfo(request.bodyFile).isReadable()))
        return invalid(QStringLiteral("The file to be sent cannot be read."), request.bodyFile);
    if (!request.bodyFile.isEmpty() && (request.aws || !request.body.isEmpty() || (request.method != "PUT" && request.method != "POST")))
        return invalid(QStringLiteral("A file is sent by PUT or POST, alone and not signed."), requestPlace(request));
    if (!request.caFile.isEmpty() && !QFileInfo(request.caFile).isReadable())
        return invalid(QStringLiteral("The file with the private CA cannot be read."), request.caFile, QStringLiteral("Name a PEM file in ca_file."));
    PH_TRY(checkProxy(request));
    return checkTls(request);
}

Error transferError(const Request &request, const Transfer &transfer) {
    Error error{ErrorKind::Unreachable, {}, requestPlace(request), {}, {}};
    const QString host = hostOf(request);
    const QString library = QString::fromUtf8(*transfer.errorText() ? transfer.errorText() : curl_easy_strerror(transfer.code));
    error.raw = redact(library);
    if (transfer.wasCancelled)
        return cancelled();
    switch (transfer.code) {
    case CURLE_WRITE_ERROR:
        if (transfer.tooLong)
            return invalid(tooLong + QStringLiteral("%1 bytes.").arg(request.maxBytes), error.where, QStringLiteral("Ask for less, or for a page at a time."));
        error.what = QStringLiteral("The reply of %1 could not be taken.").arg(host);
        break;
    case CURLE_COULDNT_RESOLVE_HOST:
        error.what = couldNot + QStringLiteral("find the host “%1”.").arg(QUrl(request.url).host());
        error.hint = QStringLiteral("Check the address and the network.");
        break;
    case CURLE_COULDNT_RESOLVE_PROXY:
        error.what = couldNot + QStringLiteral("find the proxy %1.").arg(proxyPlace(request));
        error.hint = request.proxy.isEmpty() ? QStringLiteral("Check http_proxy, https_proxy and NO_PROXY.") : QStringLiteral("Check the proxy of the connection.");
        break;
    case CURLE_PROXY:
        error.what = couldNot + QStringLiteral("get through the proxy %1 to %2.").arg(proxyPlace(request), host);
        error.hint = QStringLiteral("Does it speak this protocol, and may it go there?");
        break;
    case CURLE_COULDNT_CONNECT:
        error.what = couldNot + QStringLiteral("reach %1 — %2.").arg(host, transfer.systemError ? QString::fromLocal8Bit(std::strerror(int(transfer.systemError))).toLower() : library);
        error.hint = QStringLiteral("Start the server, or correct the address.");
        break;
    case CURLE_OPERATION_TIMEDOUT:
        error.kind = ErrorKind::TimedOut;
        error.what = QStringLiteral("%1 did not answer in time.").arg(host);
        error.hint = QStringLiteral("Try again, or look at the server.");
        break;
    case CURLE_SSL_CERTPROBLEM:
        return {ErrorKind::Invalid, QStringLiteral("The client certificate or its key could not be used."), error.where, QStringLiteral("Are both whole, and does the key belong to the certificate?"), error.raw};
    case CURLE_SSL_CACERT_BADFILE:
        if (request.tls && !request.tls->caPem.isEmpty())
            return {ErrorKind::Invalid, QStringLiteral("The certificate of the authority is not one."), error.where, QStringLiteral("Is it whole, and in PEM form?"), error.raw};
        return {ErrorKind::Invalid, QStringLiteral("The file with the private CA is not a PEM certificate."), request.caFile, QStringLiteral("Name a PEM file in ca_file."), error.raw};
    case CURLE_PEER_FAILED_VERIFICATION:
        error.what = notTrusted + QStringLiteral("%1 is not trusted.").arg(host);
        error.hint = !request.tls                       ? QStringLiteral("If it is signed by a private CA, name its file in ca_file.")
                     : request.tls->serverName.isEmpty() ? QStringLiteral("Is this the authority (CA) that signed it, and the name that it stands for?")
                                                         : QStringLiteral("Is this the authority (CA) that signed it, and does it stand for “%1”?").arg(request.tls->serverName);
        break;
    case CURLE_SSL_CONNECT_ERROR:
        error.what = noSecure + QStringLiteral("to %1 came about.").arg(host);
        error.hint = QStringLiteral("Does the server speak https on this port?");
        break;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
        if (transfer.connectStatus >= 400) {
            error.kind = transfer.connectStatus == 407 || transfer.connectStatus == 403 ? ErrorKind::Denied : ErrorKind::Unreachable;
            error.what = couldNot + QStringLiteral("get through the proxy %1 to %2: it answers %3.").arg(proxyPlace(request), host).arg(transfer.connectStatus);
            error.hint = QStringLiteral("May this user go there by it?");
            break;
        }
        error.what = QStringLiteral("The connection to %1 broke before the reply was complete.").arg(host);
        error.hint = QStringLiteral("Try again, or look at the server's log.");
        break;
    default:
        error.what = QStringLiteral("The reply of %1 was not understood.").arg(host);
        error.hint = QStringLiteral("Is this the address of an HTTP server?");
        break;
    }
    return error;
}

bool neverSent(const Error &error) {
    return (error.kind == ErrorKind::Invalid && !error.what.startsWith(tooLong)) || (error.kind == ErrorKind::Unreachable && (error.what.startsWith(couldNot) || error.what.startsWith(noSecure) || error.what.startsWith(notTrusted)));
}

Error statusError(const Request &request, const Response &response) {
    Error error{ErrorKind::Unreachable, {}, requestPlace(request), {}, {}};
    const int status = response.status;
    QString outcome = QStringLiteral("The server failed");
    if (status == 401 || status == 403 || status == 407) {
        error.kind = ErrorKind::Denied;
        outcome = QStringLiteral("Access was refused");
        error.hint = status == 401 ? QStringLiteral("Check the user and the secret of the connection.") : QStringLiteral("The user lacks the right to do this.");
    } else if (status == 404 || status == 410) {
        error.kind = ErrorKind::NotFound;
        outcome = QStringLiteral("There is no such object");
    } else if (status == 408 || status == 504) {
        error.kind = ErrorKind::TimedOut;
        outcome = QStringLiteral("The server did not answer in time");
    } else if (status == 409 || status == 412) {
        error.kind = ErrorKind::Conflict;
        outcome = QStringLiteral("The object has changed or is held by somebody else");
    } else if (status == 429) {
        outcome = QStringLiteral("The server asks to slow down");
        error.hint = QStringLiteral("Try again later.");
    } else if (status >= 400 && status < 500) {
        error.kind = ErrorKind::Invalid;
        outcome = QStringLiteral("The server did not accept the request");
    } else if (status == 503) {
        error.hint = QStringLiteral("The service is not ready; try again later.");
    }
    const BodyText body = readBody(response);
    error.what = QStringLiteral("%1 (HTTP %2)").arg(outcome).arg(status) + (body.what.isEmpty() ? QStringLiteral(".") : QStringLiteral(": ") + redact(body.what));
    if (!body.hint.isEmpty())
        error.hint = redact(body.hint);
    error.raw = redact(QString::fromUtf8(response.body.left(4096)));
    return error;
}

} // namespace pilothouse::net
