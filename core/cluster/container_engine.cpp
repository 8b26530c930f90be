// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/container_engine.h"

#include "core/base/harmless_text.h"
#include "core/base/json.h"
#include "core/cluster/image_reference.h"
#include "core/net/socket_http.h"

#include <QFileInfo>
#include <QRegularExpression>
#include <QUrl>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

constexpr int callMs = 10000, slowMs = 60000, pullMs = 30 * 60 * 1000;

QString path(const char *before, const QString &name, const char *after = "") {
    return Q(before) + QString::fromUtf8(QUrl::toPercentEncoding(name)) + Q(after);
}

/// Of `docker logs` without a terminal: frames of 8 bytes and their text (api: "Stream format").
QByteArray unframed(const QByteArray &bytes) {
    QByteArray out;
    for (qsizetype at = 0; at + 8 <= bytes.size();) {
        if (quint8(bytes[at]) > 2 || bytes[at + 1] || bytes[at + 2] || bytes[at + 3])
            return bytes; // of a terminal: as it was written
        const qsizetype size = (quint8(bytes[at + 4]) << 24) | (quint8(bytes[at + 5]) << 16) | (quint8(bytes[at + 6]) << 8) | quint8(bytes[at + 7]);
        out += bytes.mid(at + 8, size);
        at += 8 + size;
    }
    return out;
}

} // namespace

Result<ContainerEngine> ContainerEngine::find() {
    for (const char *variable : {"CONTAINER_HOST", "DOCKER_HOST"}) {
        const QString said = qEnvironmentVariable(variable);
        if (said.startsWith(Q("unix://")))
            return ContainerEngine(said.mid(7));
        if (!said.isEmpty())
            return invalid(QStringLiteral("%1 names no engine of this machine: %2").arg(Q(variable), said.left(100)), Q(variable), QStringLiteral("Write it as unix:///run/podman/podman.sock."));
    }
    const QStringList places{qEnvironmentVariable("XDG_RUNTIME_DIR") + QStringLiteral("/podman/podman.sock"), QStringLiteral("/run/podman/podman.sock"), QStringLiteral("/var/run/docker.sock")};
    for (const QString &place : places)
        if (QFileInfo::exists(place))
            return ContainerEngine(place);
    return Error{ErrorKind::Unreachable, QStringLiteral("No container engine listens on this machine."), places.join(QStringLiteral(", ")), QStringLiteral("Start one: systemctl --user start podman.socket; or set CONTAINER_HOST."), {}};
}

Result<QByteArray> ContainerEngine::call(const QByteArray &method, const QString &what, const QUrlQuery &query, const QJsonObject &body, int timeoutMs, std::stop_token token) const {
    net::Request request;
    request.method = method;
    request.url = QStringLiteral("http://engine/v1.40") + what + (query.isEmpty() ? QString() : QLatin1Char('?') + query.toString(QUrl::FullyEncoded));
    request.timeoutMs = timeoutMs;
    if (!body.isEmpty())
        request.body = compactJson(body);
    PH_ASSIGN(const net::Response reply, net::sendOverSocket(m_socket, request, token));
    if (reply.status < 400)
        return reply.body;
    Error error = net::statusError(request, reply);
    error.where = m_socket;
    if (reply.status == 500 && error.kind == ErrorKind::Unreachable) // it answers, and says no
        error.kind = ErrorKind::Refused;
    return error;
}

Result<QJsonObject> ContainerEngine::inspect(const QString &container, std::stop_token token) const {
    PH_ASSIGN(const QByteArray text, call("GET", path("/containers/", container, "/json"), {}, {}, callMs, token));
    return parseJsonObject(text, m_socket);
}

Result<QJsonArray> ContainerEngine::named(const QString &prefix, std::stop_token token) const {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("all"), QStringLiteral("true"));
    query.addQueryItem(QStringLiteral("filters"), QString::fromUtf8(QUrl::toPercentEncoding(QString::fromUtf8(compactJson(QJsonObject{{Q("name"), QJsonArray{prefix}}})))));
    PH_ASSIGN(const QByteArray text, call("GET", QStringLiteral("/containers/json"), query, {}, callMs, token));
    PH_ASSIGN(const QJsonObject wrapped, parseJsonObject("{\"items\":" + text + "}", m_socket));
    return wrapped.value(Q("items")).toArray();
}

Result<QJsonObject> ContainerEngine::image(const QString &name, std::stop_token token) const {
    PH_ASSIGN(const QByteArray text, call("GET", QStringLiteral("/images/%1/json").arg(name), {}, {}, callMs, token)); // its slashes are part of the path
    return parseJsonObject(text, m_socket);
}

Result<void> ContainerEngine::pull(const QString &name, std::stop_token token) const {
    PH_ASSIGN(const ImageReference reference, parseImage(name));
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("fromImage"), reference.digest.isEmpty() ? reference.name() : reference.name() + QLatin1Char('@') + reference.digest);
    if (reference.digest.isEmpty())
        query.addQueryItem(QStringLiteral("tag"), reference.wanted());
    PH_ASSIGN(const QByteArray lines, call("POST", QStringLiteral("/images/create"), query, {}, pullMs, token));
    for (const QByteArray &line : lines.split('\n')) // it answers 200 before it has tried
        if (const auto said = parseJsonObject(line, m_socket); said && said->contains(Q("error")))
            return Error{ErrorKind::Refused, QStringLiteral("%1 cannot be pulled: %2").arg(name, harmlessText(said->value(Q("error")).toString().left(500))), m_socket,
                         QStringLiteral("Is it pushed? Where its registry asks for a login: podman login, docker login."), {}};
    return {};
}

Result<QString> ContainerEngine::create(const QString &name, const QJsonObject &body, std::stop_token token) const {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("name"), name);
    PH_ASSIGN(const QByteArray text, call("POST", QStringLiteral("/containers/create"), query, body, slowMs, token));
    PH_ASSIGN(const QJsonObject made, parseJsonObject(text, m_socket));
    return made.value(Q("Id")).toString();
}

Result<void> ContainerEngine::start(const QString &container) const {
    PH_TRY(call("POST", path("/containers/", container, "/start"), {}, {}, slowMs, {}));
    return {};
}

Result<void> ContainerEngine::stop(const QString &container, int seconds) const {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("t"), QString::number(seconds));
    PH_TRY(call("POST", path("/containers/", container, "/stop"), query, {}, slowMs + seconds * 1000, {}));
    return {};
}

Result<void> ContainerEngine::rename(const QString &container, const QString &name) const {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("name"), name);
    PH_TRY(call("POST", path("/containers/", container, "/rename"), query, {}, callMs, {}));
    return {};
}

Result<void> ContainerEngine::remove(const QString &container) const {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("force"), QStringLiteral("true"));
    const auto done = call("DELETE", path("/containers/", container), query, {}, slowMs, {});
    if (!done && done.error().kind != ErrorKind::NotFound)
        return done.error();
    return {};
}

Result<QString> ContainerEngine::lastLines(const QString &container, int lines) const {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("stdout"), QStringLiteral("true"));
    query.addQueryItem(QStringLiteral("stderr"), QStringLiteral("true"));
    query.addQueryItem(QStringLiteral("tail"), QString::number(lines));
    PH_ASSIGN(const QByteArray text, call("GET", path("/containers/", container, "/logs"), query, {}, callMs, {}));
    return harmlessText(QString::fromUtf8(unframed(text)));
}

} // namespace pilothouse::cluster
