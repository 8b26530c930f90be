// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/net/websocket.h"

namespace pilothouse::cluster {

/// A WebSocket of the API server with channels (k8s.io/apimachinery remotecommand and wsstream): the first byte of a message is the channel.
class KubeSocket {
public:
    enum Channel : char { Stdin = 0, Stdout = 1, Stderr = 2, Status = 3, Resize = 4 }; ///< of exec and attach; of port-forward 0 is data and 1 errors

    /// @param protocols "v5.channel.k8s.io" and older, in order of preference
    /// Errors: as KubeApi's; Refused with a remedy where the server, or a proxy before it, speaks SPDY only.
    static Result<std::unique_ptr<KubeSocket>> open(const KubeApi &api, const QString &path, const QUrlQuery &query, const QByteArrayList &protocols, std::stop_token token = {});

    struct Piece {
        int channel = 0;
        QByteArray bytes;
    };
    /// The next piece that is not empty; nothing when the server closed.
    Result<std::optional<Piece>> receive(std::stop_token token = {}, int limitMs = 0);
    Result<void> send(int channel, const QByteArray &bytes);
    /// Says that a channel has ended; false where the protocol cannot (before v5).
    Result<bool> endChannel(int channel);
    QByteArray protocol() const { return m_socket->protocol(); }
    void close() { m_socket->close(); }
    void abort() { m_socket->abort(); }

private:
    explicit KubeSocket(std::unique_ptr<net::WebSocket> socket) : m_socket(std::move(socket)) {}
    std::unique_ptr<net::WebSocket> m_socket;
};

} // namespace pilothouse::cluster
