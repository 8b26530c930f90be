// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_socket.h"

#include <QJsonDocument>

namespace pilothouse::cluster {

namespace {

/// The server's Status, or what its plain text means.
Error refusalOf(const Error &error, const net::Response &reply, const QString &where) {
    const QJsonObject status = QJsonDocument::fromJson(reply.body).object();
    const QString text = status.value(QLatin1String("message")).toString(QString::fromUtf8(reply.body.left(1000)));
    const bool spdy = reply.status == 400 && (text.contains(QLatin1String("Upgrade request required")) || text.contains(QLatin1String("unable to upgrade"), Qt::CaseInsensitive));
    if (spdy || (reply.status > 0 && reply.status < 400) || reply.status == 426)
        return {ErrorKind::Refused, QStringLiteral("This server, or a proxy before it, takes no WebSocket here: it speaks SPDY only."), where,
                QStringLiteral("For this cluster use kubectl exec and kubectl port-forward (before 1.30 they speak SPDY); a service can be reached through the API server's proxy."), text};
    if (status.value(QLatin1String("kind")) == QLatin1String("Status")) {
        QJsonObject whole = status;
        if (!whole.contains(QLatin1String("code")))
            whole.insert(QStringLiteral("code"), reply.status);
        return statusObjectError(whole, where);
    }
    return error;
}

} // namespace

Result<std::unique_ptr<KubeSocket>> KubeSocket::open(const KubeApi &api, const QString &path, const QUrlQuery &query, const QByteArrayList &protocols, std::stop_token token) {
    PH_ASSIGN(net::Request request, api.request("GET", path, query, token));
    net::Response reply;
    auto socket = net::WebSocket::connect(request, protocols, token, &reply);
    if (!socket)
        return reply.status ? refusalOf(socket.error(), reply, net::requestPlace(request)) : socket.error();
    return std::unique_ptr<KubeSocket>(new KubeSocket(*std::move(socket)));
}

Result<std::optional<KubeSocket::Piece>> KubeSocket::receive(std::stop_token token, int limitMs) {
    for (;;) {
        PH_ASSIGN(auto message, m_socket->receive(token, limitMs));
        if (!message)
            return std::optional<Piece>();
        if (message->size() > 1)
            return std::optional<Piece>(Piece{static_cast<unsigned char>(message->front()), message->mid(1)});
    }
}

Result<void> KubeSocket::send(int channel, const QByteArray &bytes) { return m_socket->send(char(channel) + bytes); }

Result<bool> KubeSocket::endChannel(int channel) {
    if (protocol() != "v5.channel.k8s.io")
        return false;
    PH_TRY(m_socket->send(QByteArray("\xff", 1) + char(channel)));
    return true;
}

} // namespace pilothouse::cluster
